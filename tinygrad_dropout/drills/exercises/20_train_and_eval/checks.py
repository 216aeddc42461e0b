"""Inverted dropout while training, the identity in eval mode, and back again."""

from tinygrad_dropout.drills.grader.dropout_checks import examine
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 12
KINDS = ("modes", "mask", "rescaling", "independence", "averaging")

ASKED = ("ownership", "precision", "forward", "scale", "structure", "rate", "calls", "backward", "state", "eval")


def check(judge: Judge) -> None:
    make = judge.make("Dropout", "p", "rng")
    layer = make(0.35, judge.rng)
    with judge.claim("a new layer is in training mode"):
        refuse_mode(judge, layer)
    with judge.claim("forward and backward can be called"):
        for training in (True, False):
            set_mode(judge, layer, training)
            for method, name in (("forward", "x"), ("backward", "grad")):
                judge.method(layer, method, name)(judge.numbers(2, 3), may_change=True)
    examine(judge, make.function, ASKED)


def mode_of(judge: Judge, layer):
    """Its attribute; a property may raise whatever it likes."""
    try:
        return layer.training
    except AttributeError:
        judge.reject(
            "no-mode",
            "A new layer has no attribute training.",
            "How is forward to know which mode it is in?",
            kind="modes",
        )
    except Exception as error:
        judge.reject("mode-cannot-be-read", f"`training` cannot be read: {type(error).__name__}: {error}.",
                     "Does `training` have to be more than a plain attribute?", kind="modes")  # fmt: skip


def set_mode(judge: Judge, layer, training: bool) -> None:
    question = "What does `layer.training = False` do? Does `training` have to be more than a plain attribute?"
    try:
        layer.training = training
    except Exception as error:
        message = f"`training` cannot be set: {type(error).__name__}: {error}."
        judge.reject("training-cannot-be-set", message, question, kind="modes")
    if bool(mode_of(judge, layer)) is not training:
        message = f"`training` was set to {training}, and does not stay so."
        judge.reject("training-does-not-stay", message, question, kind="modes")


def refuse_mode(judge: Judge, layer) -> None:
    mode = mode_of(judge, layer)
    if callable(mode):
        judge.reject(
            "mode-is-a-method",
            "training is a method; expected an attribute that is True or False.",
            "What does `layer.training = False` do to a method of that name?",
            kind="modes",
        )
    if mode is not True:
        judge.reject(
            "starts-in-eval-mode",
            f"In a new layer training is {mode!r}; expected True.",
            "Which mode does a user expect who has set none?",
            kind="modes",
        )


def layers(judge: Judge, p: float):
    """Two layers of the learner's, each with the backward of its last forward."""
    made = [judge.make("Dropout", "p", "rng")(p, rng) for rng in judge.rng.spawn(2)]
    return [lambda x, layer=layer: (layer.forward(x), layer.backward) for layer in made]

"""Inverted dropout while training, the identity in eval mode, and back again."""

import numpy as np

from tinygrad_dropout.drills.grader.dropout_checks import examine, refuse_unseeded
from tinygrad_dropout.drills.grader.dropout_corners import Corners
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 12
KINDS = ("modes", "mask", "rescaling", "independence", "averaging")

ASKED = (
    *("ownership", "precision", "forward", "scale", "structure", "rate", "randomness", "calls", "backward", "state"),
    "eval",
)


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
    refuse_an_altered_identity(judge, make.function)
    examine(judge, make.function, ASKED)
    x = judge.numbers(20, 30)
    refuse_unseeded(judge, lambda rng: np.asarray(make(0.35, rng).forward(x.copy())) != 0)
    refuse_corners(judge, make)


def refuse_an_altered_identity(judge: Judge, make) -> None:
    """Reject an eval mode that is almost the identity; the kit names those that are far from it."""
    with judge.claim("eval mode: every number comes back unchanged, large or small, NaN or infinite"):
        for dtype in (np.float64, np.float32):
            x = judge.numbers(4, 6).astype(dtype)
            x[0] = [0, 1e-300 if dtype is np.float64 else 1e-30, np.finfo(dtype).max, np.inf, -np.inf, np.nan]
            layer = make(0.35, judge.rng.spawn(1)[0])
            layer.training = False
            for name, out in (("y", layer.forward(x.copy())), ("dx", layer.backward(x.copy()))):
                if np.shape(out) != x.shape or not np.allclose(out[1:], x[1:], rtol=1e-5, atol=0):
                    return
                same = (out == x) | (np.isnan(out) & np.isnan(x))
                if not same.all() and np.allclose(out[~same], x[~same], rtol=1e-5, atol=0):
                    judge.reject(
                        "eval-is-rounded",
                        f"In eval mode {name} is right only up to rounding; expected exactly the same numbers.",
                        "Do you have to compute anything in eval mode?",
                        kind="modes",
                    )
                if not same.all():
                    given, got = x[~same][0], out[~same][0]
                    judge.reject(
                        "eval-alters-extreme-values",
                        f"In eval mode {given:g} came back as {got:g}; expected it unchanged.",
                        "Do you have to compute anything in eval mode?",
                        kind="modes",
                    )


def refuse_corners(judge: Judge, make) -> None:
    def forward(p, rng, training=True):
        layer = make(p, rng)
        layer.training = training
        return lambda x: (layer.forward(x), layer.backward)

    training, evaluation = Corners(judge, forward), Corners(judge, lambda p, rng: forward(p, rng, training=False))
    training.refuse_inexact_numbers()
    training.refuse_unusual_shapes()
    training.refuse_wrong_zeros()
    training.refuse_wrong_near_the_ends()
    training.refuse_a_fixed_count()
    training.refuse_overwritten_results()
    evaluation.refuse_overwritten_results("results in eval mode: a later call does not change them")


def mode_of(judge: Judge, layer):
    """The attribute `training`; if it is a property, it may raise any exception."""
    try:
        return layer.training
    except AttributeError:
        judge.reject(
            "no-mode",
            "A new layer has no attribute `training`; expected True.",
            "How does forward know which mode it is in?",
            kind="modes",
        )
    except Exception as error:
        judge.reject("mode-cannot-be-read", f"`training` cannot be read: {type(error).__name__}: {error}.",
                     "Does `training` need to be more than a plain attribute?", kind="modes")  # fmt: skip


def set_mode(judge: Judge, layer, training: bool) -> None:
    question = "What does `layer.training = False` do? Does `training` need to be more than a plain attribute?"
    try:
        layer.training = training
    except Exception as error:
        message = f"`training` cannot be set: {type(error).__name__}: {error}."
        judge.reject("training-cannot-be-set", message, question, kind="modes")
    if bool(mode_of(judge, layer)) is not training:
        message = f"`training` was set to {training}, but does not keep that value."
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
            f"In a new layer `training` is {mode!r}; expected True.",
            "Which mode does a user expect before setting it?",
            kind="modes",
        )


def layers(judge: Judge, p: float):
    """Two layers of the learner's, each with the backward of its last forward."""
    made = [judge.make("Dropout", "p", "rng")(p, rng) for rng in judge.rng.spawn(2)]
    return [lambda x, layer=layer: (layer.forward(x), layer.backward) for layer in made]

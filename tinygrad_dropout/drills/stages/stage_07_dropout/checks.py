"""Dropout, examined by the conformance kit, and the switch between training and eval mode."""

import numpy as np

from tinygrad_dropout.conformance import GraphLayer
from tinygrad_dropout.drills.grader.answer import reject_errors
from tinygrad_dropout.drills.grader.dropout_checks import examine, refuse_unseeded
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 15
KINDS = ("mask", "rescaling", "modes", "state", "rate", "independence", "edges", "randomness")
ASKS = ("Module.train", "Module.eval", "Dropout")

FAMILIES = ("ownership", "precision", "forward", "scale", "structure", "rate", "randomness", "calls", "backward",
            "state", "eval", "edges")  # fmt: skip
CLAIMS = {"forward": "forward: it returns a Tensor of x's shape, with zeros in it"}


class Switch:
    """Lets the kit switch the learner's layer by its own train() and eval()."""

    def __init__(self, layer):
        self.layer = layer

    @property
    def training(self):
        return self.layer.training

    def train(self, mode):
        self.layer.train() if mode else self.layer.eval()


def check(judge: Judge) -> None:
    names = judge.namespace
    make = judge.make("Dropout", "p", "rng")
    with judge.claim("train() and eval() switch a module and all modules in it, and return it"):
        refuse_wrong_switches(judge, names)
    with judge.claim("Dropout is a Module; the default of p is 0.5"):
        layer = make.function()
        if not isinstance(layer, names["Module"]):
            judge.reject(
                "dropout-is-no-module", "Dropout() is not a Module.", "How would model.eval() reach it?", kind="modes"
            )
        if getattr(layer, "p", None) != 0.5:
            judge.reject(
                "other-defaults",
                f"Dropout().p is {getattr(layer, 'p', None)!r}; expected 0.5.",
                "What does the task say?",
            )

    class Layer(GraphLayer):
        """The learner's layer, on arrays."""

        def __init__(self, p, rng):
            self.theirs = make.function(p, rng)
            super().__init__(Switch(self.theirs))

        def record(self, x):
            return on_arrays(names, self.theirs, x)

    examine(judge, Layer, FAMILIES, claims=CLAIMS, dtypes=("float64", "float32"))
    with judge.claim("a p that is NaN or not between 0 and 1 raises ValueError"):
        for p in (-0.1, 1.5, -1e-9, float("nan")):
            if not judge.raises(make, (p, judge.rng), ValueError):
                question = "When should you find out that you typed 50 instead of 0.5?"
                if p != p:
                    question = "Is NaN below 0? Is it above 1? Which comparison is false for NaN?"
                judge.reject("accepts-a-bad-p", f"Dropout({p}) raised nothing; expected ValueError.", question,
                             kind="edges")  # fmt: skip
    with judge.claim("p = 1 gives zeros, with a gradient of zeros; p = 0 gives x"):
        refuse_wrong_limits(judge, names, make)
    x = judge.numbers(20, 30)
    refuse_unseeded(judge, lambda rng: make(0.35, rng)(names["Tensor"](x.copy())).data != 0)
    with judge.claim("in eval mode nothing is drawn from rng"):
        refuse_draws_in_eval(judge, names, make)
    with judge.claim("without a generator: the layer has its own, which does not depend on np.random.seed"):
        refuse_no_own_generator(judge, names)
    with judge.claim(
        "in a model: dropped units pass no gradient to the previous layer, and two forwards keep their masks"
    ):
        refuse_wrong_models(judge, names)
    with judge.claim("the mode may change between a forward and its backward"):
        refuse_late_modes(judge, names)


def on_arrays(names, layer, x):
    """y, and a function that runs backward through this forward."""
    given = names["Tensor"](x, True)
    result = layer(given)

    def backward(grad):
        given.grad = None
        result.backward(grad)
        return given.grad

    return result.data, backward


def refuse_wrong_switches(judge, names):
    class Block(names["Module"]):
        def __init__(self, *inside):
            super().__init__()
            self.first, self.more = inside[0], list(inside[1:])

        def forward(self, x):
            return x

    leaves = [names["ReLU"]() for _ in range(4)]
    model = Block(Block(leaves[0], [leaves[1], (leaves[2],)]), {"head": leaves[3]})
    model.first.owner = model  # two modules may refer to each other
    places = ("model", "model.first", "model.first.first", "model.first.more[0][0]", "model.first.more[0][1][0]",
              "model.more[0]['head']")  # fmt: skip
    everything = [model, model.first, *leaves]
    if not all(one.training for one in everything):
        judge.reject(
            "starts-in-eval-mode",
            "A new module's training is not True.",
            "What is a new model used for first?",
            kind="modes",
        )
    for act, wanted in (("eval", False), ("train", True), ("eval", False)):
        returned = reject_errors(getattr(model, act), act, f"{act}() of a model of modules in lists of lists")
        modes = [bool(one.training) for one in everything]
        if modes != [wanted] * len(modes):
            judge.reject(
                "mode-does-not-reach-all",
                f"After model.{act}(), training is still {not wanted} in "
                f"{', '.join(place for place, mode in zip(places, modes) if mode != wanted)}; expected {wanted} in all "
                "modules: search the lists, tuples and dictionaries in a model, too.",
                "parameters() finds what is in lists of lists. Does this search go as far?",
                kind="modes",
            )
        if returned is not model:
            judge.reject(
                "returns-none",
                f"model.{act}() returned {returned!r}; expected the model, so that model.{act}()(x) can be written.",
                "What does the last line of the method return?",
            )


def refuse_draws_in_eval(judge, names, make):
    rng = judge.rng.spawn(1)[0]
    layer = make.function(0.5, rng)
    layer.eval()
    before = str(rng.bit_generator.state)
    reject_errors(lambda: layer(names["Tensor"](np.ones((3, 4)))), "Dropout", "Dropout(0.5, rng)(x) in eval mode")
    if str(rng.bit_generator.state) != before:
        judge.reject(
            "draws-in-eval",
            "In eval mode, the forward drew from rng; expected draws only in training mode.",
            "You measure a network in the middle of its training. Which masks come after that?",
            kind="randomness",
        )


def refuse_no_own_generator(judge, names):
    x = names["Tensor"](np.ones((20, 30)))
    masks = []
    for _ in range(2):
        np.random.seed(3)  # noqa: NPY002, the user's own state, which is restored after grading
        masks.append(names["Dropout"](0.5)(x).data != 0)
    if np.array_equal(*masks):
        judge.reject(
            "draws-from-the-global-state",
            "Two new Dropout layers drew the same mask.",
            "Where is the generator created if none is given, and with which seed?",
            kind="randomness",
        )


def refuse_wrong_limits(judge, names, make):
    for p, factor in ((1, 0.0), (1.0, 0.0), (0, 1.0), (0.0, 1.0)):
        x, upstream = judge.numbers(3, 4), judge.numbers(3, 4)
        y, backward = reject_errors(
            lambda p=p, x=x: on_arrays(names, make.function(p, judge.rng), x), "Dropout", f"Dropout({p}, rng)(x)"
        )
        gradient = reject_errors(lambda backward=backward, upstream=upstream: backward(upstream), "backward")
        for name, found, wanted in (("y", y, x * factor), ("x.grad", gradient, upstream * factor)):
            if found is None or not np.array_equal(found, wanted):
                judge.reject(
                    "wrong-at-p-0-or-1",
                    f"With p = {p}, {name} is not {'all zeros' if p else 'unchanged'}.",
                    "How many elements does this p drop? What is 1 / (1 - p), and where do you need it?",
                    kind="edges",
                    shown={"yours": found, "expected": wanted},
                )


def refuse_late_modes(judge, names):
    layer = names["Dropout"](0.3, judge.rng.spawn(1)[0])
    for switch, other in ((layer.train, layer.eval), (layer.eval, layer.train)):
        x, upstream = judge.numbers(4, 6), judge.numbers(4, 6)
        switch()
        y, backward = on_arrays(names, layer, x)
        other()
        found = reject_errors(
            lambda backward=backward, upstream=upstream: backward(upstream), "backward", "y.backward(grad)"
        )
        wanted = upstream * y / x
        if found is None or not np.allclose(found, wanted, rtol=1e-9):
            judge.reject(
                "backward-follows-the-mode",
                f"A forward in {'training' if switch == layer.train else 'eval'} mode, then {other.__name__}(), then "
                "backward: the gradient does not match the forward.",
                "When must it be decided what this backward does: in its forward, or when it is called?",
                kind="modes",
                shown={"yours": found, "expected": wanted},
            )


def refuse_wrong_models(judge, names):
    first = names["Linear"](6, 20)
    model = names["Sequential"](first, names["Dropout"](0.3, judge.rng.spawn(1)[0]))
    batches = [names["Tensor"](judge.numbers(4, 6)) for _ in range(2)]
    results = [
        reject_errors(lambda batch=batch: model(batch), "model(x)", "a model with Dropout(x)") for batch in batches
    ]
    for result, batch in zip(results, batches):
        upstream = judge.numbers(4, 20)
        for one in model.parameters():
            one.grad = None
        reject_errors(
            lambda result=result, upstream=upstream: result.backward(upstream), "backward", "result.backward(gradient)"
        )
        wanted = (upstream * (result.data != 0) / 0.7).T @ batch.data
        if first.weight.grad is None or not np.allclose(first.weight.grad, wanted, rtol=1e-9):
            judge.reject(
                "backward-uses-another-mask",
                "After two forwards of a model, the gradient of the weights below "
                "dropout does not match the mask of its own forward.",
                "Which object keeps the mask: the layer, or the result of this forward?",
                kind="state",
            )


def layers(judge: Judge, p: float):
    """The learner's layer, twice."""
    names, layer = judge.namespace, judge.make("Dropout", "p", "rng")(p, judge.rng)

    return [lambda x: on_arrays(names, layer, x)] * 2

"""dx = grad * mask / (1 - p), with the given mask."""

import numpy as np

from tinygrad_dropout.drills.grader.bug import bug_of
from tinygrad_dropout.drills.grader.dropout_checks import examine
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 4
KINDS = ("mask", "rescaling", "chain-rule", "ownership", "precision", "averaging")

SHAPES = ((4,), (2, 5), (3, 2, 4))
CORNERS = ((2, 1, 3, 2, 2), (1,), (), (0, 3), (1, 6), (6, 1), (5, 5))


def check(judge: Judge) -> None:
    backward = judge.function("dropout_backward", "grad", "mask", "p")
    with judge.claim("grad and mask are not modified"):
        runs = judge.run(
            backward, [(judge.numbers(*shape), some_mask(judge, shape), 0.3) for shape in SHAPES], repeat=False
        )
    with judge.claim("the shape: that of grad"):
        for run in runs:
            shape, got = run.arguments[0].shape, np.shape(run.value)
            if got != shape:
                judge.reject("wrong-shape", f"dx has shape {got}; expected {shape}.", kind="shapes",
                             shown=dict(run.shown) | {"yours": run.value})  # fmt: skip

    class Layer:
        """A layer with the learner's backward and a correct forward."""

        training = True

        def __init__(self, p, rng):
            if not 0 <= p < 1:  # the task allows no others
                raise ValueError(p)
            self.p, self.rng = p, rng

        def forward(self, x):
            self.mask = self.rng.random(x.shape) >= self.p if self.training else None
            return x if self.mask is None else x * self.mask / (1 - self.p)

        def backward(self, grad):
            return grad if self.mask is None else backward.function(grad, self.mask, self.p)

    def right(grad, mask, p):
        return grad * mask / (1 - p)

    def example(finding):
        """A small call, and the right result."""
        p = 0.35
        grad, mask = judge.numbers(2, 4), some_mask(judge, (2, 4))
        return {
            "grad": grad,
            "mask": mask,
            "p": p,
            "your dx": backward.function(grad.copy(), mask, p),
            "expected dx": right(grad, mask, p),
        }

    refuse_a_remembered_mask(judge, backward, runs)
    claims = {
        "precision": "the dtype: that of grad",
        "forward": "dropout_backward: it takes arrays of any shape and layout, and numbers of any size",
        "ownership": "results: a later call does not change what an earlier one returned",
    }
    words = {"dx": "dx", "backward": "dropout_backward"}
    asked = ("precision", "forward", "backward", "ownership")
    examine(judge, Layer, asked, claims=claims, words=words, example=example)
    some = [case for run in runs for case in [run.arguments, *judge.layouts(run.arguments)]]
    some += [(np.asarray(judge.numbers(*shape)), some_mask(judge, shape), 0.7) for shape in CORNERS]
    grad, mask, _ = runs[1].arguments
    some += [(grad, mask, 0.0), (grad, mask, 0.999), (grad, mask, 0), (grad, np.ones_like(mask), 0.3),
             (grad, np.zeros_like(mask), 0.3), (grad * mask, ~mask, 0.3), (0 * grad, mask, 0.3)]  # fmt: skip
    judge.compare(
        "dx is grad * mask / (1 - p), exactly, whatever the shape, the layout, the mask and p",
        judge.run(backward, some),
        right,
        name="dx",
        question="Given its mask, dropout is linear: y = x * mask/(1 - p). What is dy/dx?",
        kind="mask",
        rtol=1e-13,
        atol=0,
    )


def some_mask(judge: Judge, shape):
    """A mask with both values, whose rate is not p."""
    mask = np.asarray(judge.rng.random(shape) < 0.5)
    if mask.size > 1:
        mask.flat[0], mask.flat[1] = True, False
    return mask


def refuse_a_remembered_mask(judge: Judge, backward, runs) -> None:
    with judge.claim("every call: no state is kept from an earlier one"):
        again = [backward(grad, ~mask, p) for grad, mask, p in (run.arguments for run in runs)]
        first = runs[0].arguments[1]
        if all(
            np.array_equal(dx != 0, run.arguments[1]) and np.array_equal(np.asarray(run.value) != 0, run.arguments[1])
            for dx, run in zip(again, runs, strict=True)
        ):
            judge.reject(
                "uses-an-earlier-mask",
                "The second call used the mask of the first call, although it was given another one.",
                "What does your function keep from one call to the next? Does it have to?",
                kind="mask",
                shown={"the first mask": first, "the second mask": ~first, "your dx of the second call": again[0]},
            )


def bug(judge: Judge):
    """The learner's backward instead of that of the framework's dropout."""
    theirs = judge.function("dropout_backward", "grad", "mask", "p")

    def backward(grad, x, mask, p, scaling):
        return (theirs(grad, mask, p),)

    return bug_of("dropout", backward, theirs)

"""dx = grad * mask / (1 - p), with the mask that is given."""

import numpy as np

from tinygrad_dropout.drills.battery import examine
from tinygrad_dropout.drills.judge import Judge
from tinygrad_dropout.study import Bug

TOPIC, MINUTES = "dropout", 4
TRAINS = ("mask", "rescaling", "ownership", "precision")

SHAPES = ((4,), (2, 5), (3, 2, 4))


def check(judge: Judge) -> None:
    backward = judge.function("dropout_backward", "grad", "mask", "p")
    with judge.claim("grad and mask stay as they are"):
        runs = judge.run(backward, [(judge.numbers(*shape), some_mask(judge, shape), 0.3) for shape in SHAPES])
    with judge.claim("dx has the shape of grad"):
        for run in runs:
            shape, got = run.arguments[0].shape, np.shape(run.value)
            if got != shape:
                judge.reject("wrong-shape", f"dx has shape {got}; expected {shape}.", theme="shapes",
                             shown=dict(run.shown) | {"yours": run.value})  # fmt: skip

    class Layer:
        """The learner's backward, completed to a layer by a right forward."""

        training = True

        def __init__(self, p, rng):
            if not 0 <= p <= 1:  # so that nobody is asked why our forward accepts it
                raise ValueError(p)
            self.p, self.rng = p, rng

        def forward(self, x):
            self.mask = self.rng.random(x.shape) >= self.p if self.training else None
            return x if self.mask is None else x * self.mask / (1 - self.p)

        def backward(self, grad):
            return grad if self.mask is None else backward.function(grad, self.mask, self.p)

    refuse_the_masks_own_rate(judge, runs)
    refuse_a_remembered_mask(judge, backward, runs)
    asked = ("precision", "backward", "forward", "ownership")
    claims = {
        "precision": "dx has the dtype of grad",
        "ownership": "dx is a new array",
        "forward": "dx is an array, whatever is asked",
    }
    examine(judge, Layer, asked, claims=claims)


def some_mask(judge: Judge, shape):
    """Of both kinds, and not of a fraction p."""
    mask = judge.rng.random(shape) < 0.5
    mask.flat[0], mask.flat[1] = True, False
    return mask


def refuse_the_masks_own_rate(judge: Judge, runs) -> None:
    """Wrong for every mask but the few whose rate is p; the kit would say no more than that it is wrong."""
    with judge.claim("the scale is that of the forward"):
        if all(np.allclose(run.value, grad_over_own_rate(*run.arguments)) for run in runs):
            judge.reject(
                "scale-from-the-mask",
                "dx is divided by the fraction that this mask keeps; expected 1 - p.",
                "The forward divided by something that was known before any mask was drawn. What was it?",
                theme="rescaling",
                shown=dict(runs[0].shown) | {"yours": runs[0].value},
            )


def grad_over_own_rate(grad, mask, p):
    return grad * mask / mask.mean()


def refuse_a_remembered_mask(judge: Judge, backward, runs) -> None:
    with judge.claim("every call uses the mask that it is given"):
        again = [backward(grad, ~mask, p) for grad, mask, p in (run.arguments for run in runs)]
        first = runs[0].arguments[1]
        if all(
            np.array_equal(dx != 0, run.arguments[1]) and np.array_equal(np.asarray(run.value) != 0, run.arguments[1])
            for dx, run in zip(again, runs, strict=True)
        ):
            judge.reject(
                "uses-an-earlier-mask",
                "The second call used the mask of the first, although it was given another.",
                "What does your function keep from call to call? Does it have to?",
                theme="mask",
                shown={"the first mask": first, "the second mask": ~first, "your dx of the second call": again[0]},
            )


def bug(judge: Judge) -> Bug:
    """The learner's backward in place of the framework's dropout."""
    theirs = judge.function("dropout_backward", "grad", "mask", "p")

    def backward(grad, x, mask, p, scaling):
        return (theirs(grad, mask, p),)

    return Bug("dropout", backward, "your dropout_backward", "yours")

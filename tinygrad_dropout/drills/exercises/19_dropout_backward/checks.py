"""dx = grad * mask / (1 - p), with the mask that is given."""

import numpy as np

from tinygrad_dropout.drills.battery import examine
from tinygrad_dropout.drills.judge import Judge, Slip
from tinygrad_dropout.study import Bug

TOPIC, MINUTES = "dropout", 4
TRAINS = ("mask", "rescaling", "ownership", "precision", "averaging")

SHAPES = ((4,), (2, 5), (3, 2, 4))
RATES = (0.3, 0.35, 0.7)

SLIPS = (
    Slip(
        "backward-is-the-identity",
        lambda grad, mask, p: grad,
        "dx is grad: neither mask nor scale.",
        "A unit was 0 in the forward, whatever x was. How much does its x move the loss?",
        "mask",
    ),
    Slip(
        "backward-forgets-the-scale",
        lambda grad, mask, p: grad * mask,
        "dx is grad where kept: the scale is missing.",
        "y = x/(1 - p) where kept. What is dy/dx there?",
        "rescaling",
    ),
    Slip(
        "backward-forgets-the-mask",
        lambda grad, mask, p: grad / (1 - p),
        "dx is grad / (1 - p) everywhere: the mask is missing.",
        "A unit was 0 in the forward, whatever x was. How much does its x move the loss?",
        "mask",
    ),
    Slip(
        "backward-scales-twice",
        lambda grad, mask, p: grad * mask / (1 - p) ** 2,
        "dx is divided by (1 - p) twice.",
        "Does the mask that you are given hold the scale already? Look at it.",
        "rescaling",
    ),
    Slip(
        "backward-scales-by-1/p",
        lambda grad, mask, p: grad * mask / p,
        "dx is grad / p where kept.",
        "p is the probability of dropping. How large was the scale of the forward?",
        "rescaling",
    ),
    Slip(
        "backward-scales-by-1-p",
        lambda grad, mask, p: grad * mask * (1 - p),
        "dx is grad times 1 - p where kept.",
        "Was y larger than x where kept, or smaller?",
        "rescaling",
    ),
    Slip(
        "backward-inverts-the-mask",
        lambda grad, mask, p: grad * ~mask / (1 - p),
        "dx is 0 where kept, and scaled where dropped.",
        "What does True mean in mask?",
        "mask",
    ),
    Slip(
        "backward-ignores-g",
        lambda grad, mask, p: mask / (1 - p),
        "dx is 1/(1 - p) where kept, whatever grad is.",
        "That is dy/dx. What does the chain rule multiply it by?",
        "mask",
    ),
    Slip(
        "scale-from-the-mask",
        lambda grad, mask, p: grad * mask / mask.mean(),
        "dx is divided by the fraction that this mask keeps; expected 1 - p.",
        "The forward divided by something that was known before any mask was drawn. What was it?",
        "rescaling",
    ),
    Slip(
        "dropped-units-keep-grad",
        lambda grad, mask, p: np.where(mask, grad / (1 - p), grad),
        "Where a unit was dropped, dx is grad; expected 0.",
        "How much does the x of a dropped unit move the loss?",
        "mask",
    ),
    Slip(
        "brackets-missing",
        lambda grad, mask, p: grad * (mask - p),
        "Where a unit was dropped, dx is -p * grad; expected 0: brackets are missing.",
        "In which order does Python compute mask / 1 - p?",
        "rescaling",
    ),
    Slip(
        "p-is-subtracted",
        lambda grad, mask, p: grad * mask - p,
        "Where a unit was dropped, dx is -p; expected 0: brackets are missing.",
        "In which order does Python compute grad * mask / 1 - p?",
        "rescaling",
    ),
    Slip(
        "divided-by-the-batch",
        lambda grad, mask, p: grad * mask / (1 - p) / len(grad),
        "dx is divided by the number of rows.",
        "Whose factor is 1/N: that of a mean in the loss, or that of dropout? Is it in grad already?",
        "averaging",
    ),
    Slip(
        "divided-by-the-size",
        lambda grad, mask, p: grad * mask / (1 - p) / grad.size,
        "dx is divided by the number of elements.",
        "Whose factor is 1/N: that of a mean in the loss, or that of dropout? Is it in grad already?",
        "averaging",
    ),
)


def check(judge: Judge) -> None:
    backward = judge.function("dropout_backward", "grad", "mask", "p")
    with judge.claim("grad and mask stay as they are"):
        runs = judge.run(
            backward,
            [(judge.numbers(*shape), some_mask(judge, shape), p) for shape, p in zip(SHAPES, RATES, strict=True)],
        )
    with judge.claim("the shape: that of grad"):
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

    refuse_a_draw(judge, backward, runs)
    judge.compare(
        "the gradient: dx is grad * mask / (1 - p)",
        runs,
        lambda grad, mask, p: grad * mask / (1 - p),
        name="dx",
        slips=SLIPS,
        think="Given the mask, y = x * mask / (1 - p). What is dy/dx, where kept and where dropped?",
        theme="mask",
    )
    judge.compare(
        "p = 0: the scale is 1",
        judge.run(backward, [(*run.arguments[:2], 0.0) for run in runs]),
        lambda grad, mask, p: grad * mask,
        name="dx",
        think="What is 1/(1 - p) at p = 0? The mask that is given counts, whatever p is.",
        theme="rescaling",
    )
    refuse_a_remembered_mask(judge, backward, runs)
    claims = {"precision": "the dtype: that of grad", "ownership": "dx: an array of its own, in every call"}
    words = {"dL/dx": "dx", "backward after a forward in training mode": "dropout_backward"}
    examine(judge, Layer, ("precision", "backward", "ownership"), claims=claims | {
        "backward": "other sizes and values of p: the same gradient"}, words=words)  # fmt: skip


def some_mask(judge: Judge, shape):
    """Of both kinds, and not of a fraction p."""
    mask = judge.rng.random(shape) < 0.5
    mask.flat[0], mask.flat[1] = True, False
    return mask


def refuse_a_draw(judge: Judge, backward, runs) -> None:
    """Twice the same arguments."""
    with judge.claim("no chance: the same arguments give the same dx"):
        for run in runs:
            again = backward(*run.arguments)
            if not np.array_equal(np.asarray(run.value) != 0, np.asarray(again) != 0):
                judge.reject(
                    "backward-uses-another-mask",
                    "Two calls with the same arguments gave a dx with other zeros: a mask was drawn.",
                    "The gradient of this forward needs this forward's mask. Is it drawn anew?",
                    theme="mask",
                    shown=dict(run.shown) | {"your dx": run.value, "your dx again": again},
                )


def refuse_a_remembered_mask(judge: Judge, backward, runs) -> None:
    with judge.claim("every call: nothing is remembered from an earlier one"):
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

"""True with probability 1 - p, drawn for every element in every call."""

import numpy as np

from tinygrad_dropout.drills.grader.dropout_checks import examine, refuse_unseeded
from tinygrad_dropout.drills.grader.dropout_corners import (
    CALLS,
    MANY,
    MANY_AXES,
    SMALL_P,
    refuse_equal_counts,
    refuse_small_rate,
    shared_axis,
)
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 4
KINDS = ("rate", "independence", "randomness", "rescaling", "mask", "edges")

WORDS = {
    "forwards": "calls",
    "two_layers": "two calls gave",
    "forward": "bernoulli_mask",
    "output": "the mask",
}
SHAPES = ((5,), (2, 3), (4, 1, 3), MANY_AXES)


def check(judge: Judge) -> None:
    draw = judge.function("bernoulli_mask", "shape", "p", "rng")
    runs = judge.run(draw, [(shape, 0.35, judge.rng) for shape in SHAPES])
    with judge.claim("the mask has the given shape"):
        for run in runs:
            refuse_shape(judge, run)
    with judge.claim("every element is True or False"):
        for run in runs:
            refuse_values(judge, np.asarray(run.value), run.arguments[1])

    class Layer:
        """A layer that uses the learner's mask."""

        training = True

        def __init__(self, p, rng):
            self.p, self.rng = p, rng

        def forward(self, x):
            if not self.training or not x.size:  # the task asks for no mask without elements
                return x
            kept = np.asarray(draw.function(x.shape, self.p, self.rng)).astype(x.dtype)
            return x * kept / x.dtype.type(1 - self.p or 1)

    refuse_an_overwritten_mask(judge, draw)
    refuse_fixed(judge, draw)
    asked = ("forward", "structure", "rate", "randomness", "calls")

    def example(finding):
        return {"shape": (3, 4), "p": 0.35, "your mask": np.asarray(draw((3, 4), 0.35, judge.rng.spawn(1)[0]))}

    claims = {"forward": "some elements are kept and some dropped"}
    examine(judge, Layer, asked, claims=claims, words=WORDS, example=example, forward_only=True)
    refuse_a_shared_axis(judge, runs[-1])
    refuse_unseeded(judge, lambda rng: draw((20, 30), 0.35, rng))
    with judge.claim("large masks: how many elements are kept is left to chance"):
        refuse_equal_counts(judge, [np.asarray(draw((40, 60), 0.35, judge.rng)) for _ in range(CALLS)])
    with judge.claim("the ends of p: at p = 0 everything is kept, and at p = 1 nothing is"):
        for p in (0.0, 1.0):
            mask = np.asarray(draw((200, 30), p, judge.rng))
            if (mask != (p == 0)).any():
                judge.reject(
                    "ends-of-p",
                    f"At p = {p:g}, {np.mean(mask != 0):.4g} of the elements are kept; expected {1 - p:g}.",
                    "Which numbers can rng.random() return, and what does your comparison give for the smallest of "
                    "them?",
                    kind="edges",
                )
    with judge.claim("a small p: a fraction p is dropped"):
        refuse_small_rate(judge, float(np.mean(np.asarray(draw(MANY, SMALL_P, judge.rng)) == 0)))


def refuse_fixed(judge: Judge, draw) -> None:
    """Reject equal masks from generators with different seeds, unless all or nothing is kept."""
    with judge.claim("the mask depends on rng"):
        one, other = (np.asarray(draw((20, 30), 0.35, rng)) for rng in judge.rng.spawn(2))
        if 0 < one.mean() < 1 and np.array_equal(one, other):
            judge.reject(
                "mask-does-not-depend-on-rng",
                "Two generators with different seeds gave the same mask.",
                "What do you draw from, and what is rng for?",
                kind="randomness",
                shown={"with one": one, "with the other": other},
            )


def refuse_a_shared_axis(judge: Judge, run) -> None:
    with judge.claim("many axes: no two elements share a draw"):
        axis = shared_axis(np.asarray(run.value) != 0)
        if axis is not None:
            judge.reject(
                "shared-along-an-axis",
                f"In a mask of shape {run.arguments[0]}, all elements along axis {axis} share a draw.",
                "How many random numbers do you draw for a mask with five axes?",
                kind="independence",
                shown={"shape": run.arguments[0]},
            )


def refuse_an_overwritten_mask(judge: Judge, draw) -> None:
    with judge.claim("masks: a later call does not change what an earlier one returned"):
        masks = [np.asarray(draw((4, 5), 0.35, judge.rng)) for _ in range(2)]
        if np.may_share_memory(*masks):
            judge.reject(
                "mask-is-overwritten",
                "Two calls returned the same array: the second call overwrote the first mask.",
                "The caller needs the first mask until its backward has run. Where is the array made?",
                kind="ownership",
            )


def refuse_shape(judge: Judge, run) -> None:
    shape, got = run.arguments[0], np.shape(run.value)
    if got == shape:
        return
    shown = {"shape": shape, "yours": run.value}
    if len(shape) > 1 and got == shape[-1:]:
        judge.reject(
            "one-row-of-the-mask",
            f"The mask has shape {got}, one row; expected {shape}.",
            "If the rows of a batch share a mask, how many different subnetworks does the batch train?",
            kind="independence",
            shown=shown,
        )
    judge.reject("wrong-shape", f"The mask has shape {got}; expected {shape}.", kind="shapes", shown=shown)


def refuse_values(judge: Judge, mask, p: float) -> None:
    if mask.dtype.kind not in "biuf":
        judge.reject("wrong-type", f"The mask is an array of {mask.dtype}; expected booleans.", shown={"yours": mask})
    if mask.dtype.kind != "b":
        judge.note("float-mask" if mask.dtype.kind == "f" else "integer-mask")
    values = set(np.unique(mask).tolist())
    if values <= {0, 1}:
        return
    scaled = {0.0, 1 / (1 - p)}
    if all(any(abs(value - wanted) < 1e-6 for wanted in scaled) for value in values):
        judge.reject(
            "mask-is-scaled",
            f"The mask holds 0 and {max(values):.5g} = 1/(1 - p); expected False and True.",
            "Scaling comes later, when the mask is applied. What does this task ask for?",
            kind="rescaling",
            shown={"p": p, "yours": mask},
        )
    if mask.min() >= 0 and mask.max() < 1:
        judge.reject(
            "uniform-numbers",
            f"The mask holds numbers such as {mask.ravel()[0]:.4g}; expected True and False.",
            "A random number is not a decision yet. What turns it into a yes with probability 1 - p?",
            kind="mask",
            shown={"p": p, "yours": mask},
        )
    judge.reject(
        "not-a-mask",
        f"The mask holds {len(values)} different values, such as {mask.ravel()[0]:.4g}; expected True and False.",
        "A mask answers one question for each unit: is it kept? Which answers are possible?",
        kind="mask",
        shown={"p": p, "yours": mask},
    )

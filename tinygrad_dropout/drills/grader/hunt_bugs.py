"""The bugs in bug hunts: their names, what a network with the bug does, and what a network without it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Bug(NamedTuple):
    """A bug.

    Attributes:
        kind: the kind of mistake, from `mistakes.KINDS`.
        does: what a network with it does.
        otherwise: what every network without it does, for learners who name this bug by mistake.
    """

    kind: str
    does: str
    otherwise: str


BUGS = {
    "keep-and-drop-swapped": Bug(
        "rate",
        "a unit is kept with probability p, and dropped with 1 - p",
        "a unit is dropped with probability p",
    ),
    "scale-is-one-over-p": Bug(
        "rescaling",
        "kept units are divided by p",
        "kept units are divided by 1 - p",
    ),
    "mask-shared-by-rows": Bug(
        "independence",
        "one mask is drawn for the whole batch",
        "every row of the batch has its own draws",
    ),
    "mask-inferred-from-the-output": Bug(
        "mask",
        "dropout's backward treats a unit as dropped where its output is 0",
        "dropout's backward does not look at dropout's output",
    ),
    "mask-redrawn-in-backward": Bug(
        "mask",
        "dropout's backward draws its own mask",
        "dropout's backward draws no random numbers",
    ),
    "eval-mode-scales": Bug(
        "modes",
        "with training=False dropout multiplies by 1 - p",
        "with training=False dropout returns its input unchanged",
    ),
    "relu-gradient-one-at-zero": Bug(
        "kinks",
        "the gradient of ReLU is 1 where its input is exactly 0",
        "the gradient is right where the input is exactly 0",
    ),
    "relu-mask-from-the-gradient": Bug(
        "chain-rule",
        "ReLU's backward looks at the sign of the upstream gradient instead of the sign of its input",
        "no backward looks at the sign of the upstream gradient",
    ),
    "max-over-the-whole-batch": Bug(
        "stability",
        "before exp, the largest score of the whole batch is subtracted from every row",
        "no row's loss depends on the scores of another row",
    ),
    "bias-gradient-averaged": Bug(
        "averaging",
        "a bias gets the mean of the upstream gradient over the batch",
        "a bias gets the sum of the upstream gradient over the batch",
    ),
    "loss-gradient-not-divided-by-n": Bug(
        "averaging",
        "the loss is a mean over the batch, but its gradient is the gradient of the sum",
        "the loss is a mean over the batch, and its gradient includes the 1/N",
    ),
    "later-use-overwrites-the-gradient": Bug(
        "accumulation",
        "only one use of a parameter that is used several times contributes to its gradient",
        "every use of a parameter contributes to its gradient",
    ),
    "weight-gradient-forgets-the-mask": Bug(
        "mask",
        "the gradient of the weights after dropout uses the activations before dropout",
        "the gradient of the weights after dropout uses what dropout returned",
    ),
}


def table(names: Sequence[str]) -> str:
    """The names and what they mean, as the task lists them."""
    return "\n".join(
        ["| name | what it means |", "|---|---|", *(f"| `{name}` | {BUGS[name].does} |" for name in names)]
    )

"""Reasons why a bug cannot be seen on an input, which several hunts have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
PAIRED = 40  # runs, where the two networks draw the same random numbers
DRAWN = (60, 500)  # runs, where the bug is in the drawing: the grader looks after so many


@dataclass(frozen=True)
class Hiding:
    """A reason why the bug cannot be seen.

    Attributes:
        code: its name: `p-of-one-half`.
        applies: of the input and of what the right network returned: whether this is the reason.
        description: what hides the bug, in a sentence.
        question: a question.
    """

    code: str
    applies: Callable[[Mapping[str, Any], Mapping[str, Array]], bool]
    description: str
    question: str


EVAL_MODE = Hiding(
    "eval-mode-hides-it",
    lambda given, seen: not given["training"],
    "With training=False nothing is dropped, and the line with the bug does no harm.",
    "In which mode does the wrong line matter?",
)
TRAINING_MODE = Hiding(
    "training-mode-hides-it",
    lambda given, seen: given["training"],
    "With training=True the wrong line, or the wrong part of it, is not reached.",
    "Which tests does a layer need that behaves in two ways?",
)
ALL_DROPPED = Hiding(
    "p-close-to-one-hides-it",
    lambda given, seen: given["training"] and given["p"] > 0.95,
    f"With p this close to 1, what would show the bug was dropped in every one of {PAIRED} runs.",
    "For which p does the gradient get through dropout at all?",
)
NO_MASK = Hiding(
    "p-of-zero-hides-it",
    lambda given, seen: given["p"] < 1e-6,
    "With p = 0, or next to it, nothing is dropped or scaled: the wrong line gives what the right one gives.",
    "For which p does it matter whether a line knows of p, and of the mask?",
)
ONE_HALF = Hiding(
    "p-of-one-half-hides-it",
    lambda given, seen: given["p"] == 0.5,
    "With p = 0.5, p and 1 - p are the same number.",
    "For which p do p and 1 - p differ most?",
)
CLOSE_TO_ONE_HALF = Hiding(
    "p-close-to-one-half-hides-it",
    lambda given, seen: abs(given["p"] - 0.5) < 0.1,
    f"With p this close to 0.5, {DRAWN[-1]} runs do not tell p from 1 - p.",
    "For which p do p and 1 - p differ most?",
)
CLOSE_TO_AN_END = Hiding(
    "p-close-to-an-end-hides-it",
    lambda given, seen: not 0.03 < given["p"] < 0.97,
    f"With p this close to an end, hardly any of {DRAWN[-1]} runs has two rows that differ in what is dropped.",
    "For which p does it happen most often that of two units one is dropped and one is kept?",
)


def one_row(argument: str, question: str) -> Hiding:
    """A batch of one.

    Args:
        argument: of which the rows are counted.
        question: of the hiding.
    """
    return Hiding(
        "one-row-hides-it",
        lambda given, seen: len(given[argument]) == 1,
        "With one row, the wrong line gives what the right one gives.",
        question,
    )


ONE_ROW_OF_A_MEAN = one_row("x", "What does a test with one example miss in a network that works on batches?")
ONE_ROW_OF_MASKS = one_row("x", "What is the smallest batch in which two examples can be treated alike?")
ONE_ROW_OF_SCORES = one_row("x", "How many rows does it take for one row's maximum to be another's?")


def nothing_in(name: str, where: str) -> Hiding:
    """An array of zeros, which stay 0 whatever is done to them.

    Args:
        name: of the array, of those that the right network returned.
        where: what these numbers are.
    """
    return Hiding(
        "nothing-but-zeros",
        lambda given, seen: not seen[name].any(),
        f"On this input {where} are all 0: whatever the wrong line does to them, they stay 0.",
        f"Which input gives numbers other than 0 where {where} are?",
    )


def no_gradient(prefix: str) -> Hiding:
    """A gradient that is 0 whatever line computes it.

    Args:
        prefix: of the names of the gradients.
    """
    return Hiding(
        "zero-gradient-hides-it",
        lambda given, seen: all(np.allclose(seen[name], 0) for name in seen if name.startswith(prefix)),
        "On this input the gradients that matter are 0, by the wrong line and by the right one.",
        "How must the targets differ from what the network predicts, so that there is a gradient?",
    )


def alone_in_its_column(*names: str) -> Hiding:
    """No unit is other than 0 in two rows, so that it does not show that two rows share a mask.

    Args:
        names: of the arrays that are dropped from.
    """
    return Hiding(
        "no-unit-in-two-rows",
        lambda given, seen: all((seen[name] != 0).sum(axis=0).max() <= 1 for name in names),
        "No unit is other than 0 in two rows: what one mask does to one row is not seen in another.",
        "Which x makes the same unit positive in both rows?",
    )


def never_zero(*names: str) -> tuple[Hiding, Hiding]:
    """No ReLU has an input of exactly 0; it may come close.

    Args:
        names: of the inputs of ReLUs.
    """

    def smallest(seen: Mapping[str, Array]) -> float:
        return min(float(np.abs(seen[name]).min()) for name in names)

    return (
        Hiding(
            "nearly-zero-is-not-zero",
            lambda given, seen: 0 < smallest(seen) < 1e-3,
            "An input of the ReLU is close to 0, but none is exactly 0.",
            "At which single number do the wrong line and the right one differ?",
        ),
        Hiding(
            "no-exact-zeros",
            lambda given, seen: smallest(seen) > 0,
            "On this input no hidden unit is at the one value at which the wrong line matters.",
            "The biases begin at 0. Which x gives a weighted sum of a value that you know beforehand?",
        ),
    )


SMALL_SCORES = (
    Hiding(
        "small-scores-hide-it",
        lambda given, seen: bool(np.ptp(seen["scores"]) < 700),
        "The scores on this input lie less than 700 apart, and exp takes that without a loss.",
        "Subtracting the same number from a row changes nothing, on paper. When does it in float64?",
    ),
    Hiding(
        "rows-of-one-size-hide-it",
        lambda given, seen: bool(np.ptp(seen["scores"].max(axis=1)) < 700),
        "The scores are large, but the largest of each row are less than 700 apart: one maximum serves all rows.",
        "One row's maximum harms another row. How must the two rows differ?",
    ),
)

"""Reasons why a bug does not show on an input, shared by several hunts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
PAIRED = 40  # runs if the two networks draw the same random numbers
DRAWN = (60, 500)  # runs if the bug is in the drawing: the grader compares after each of these numbers


@dataclass(frozen=True)
class Hiding:
    """A reason why the bug cannot be seen.

    Attributes:
        code: its name: `p-of-one-half`.
        applies: takes the input and what the correct network returned: whether this is the reason.
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
    "Which tests does a layer with two modes need?",
)
ALL_DROPPED = Hiding(
    "p-close-to-one-hides-it",
    lambda given, seen: given["training"] and given["p"] > 0.95,
    f"With p this close to 1, the units that would show the bug were dropped in every one of {PAIRED} runs.",
    "For which p does the gradient get through dropout at all?",
)
NO_MASK = Hiding(
    "p-of-zero-hides-it",
    lambda given, seen: given["p"] < 1e-6,
    "With p at or near 0, nothing is dropped or scaled: the wrong line gives the same as the correct one.",
    "For which p does it matter whether a line uses p and the mask?",
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
    f"With p this close to 0.5, {DRAWN[-1]} runs cannot tell p from 1 - p.",
    "For which p do p and 1 - p differ most?",
)
CLOSE_TO_AN_END = Hiding(
    "p-close-to-an-end-hides-it",
    lambda given, seen: not 0.03 < given["p"] < 0.97,
    f"With p this close to 0 or 1, hardly any of {DRAWN[-1]} runs has two rows with different masks.",
    "For which p are you most likely to drop one of two units and keep the other?",
)


def one_row(argument: str, question: str) -> Hiding:
    """A batch with one row.

    Args:
        argument: the argument whose rows are counted.
        question: the question of the hiding.
    """
    return Hiding(
        "one-row-hides-it",
        lambda given, seen: len(given[argument]) == 1,
        "With one row, the wrong line gives the same as the correct one.",
        question,
    )


ONE_ROW_OF_A_MEAN = one_row("x", "What does a test with one example miss in a network that works on batches?")
ONE_ROW_OF_MASKS = one_row("x", "What is the smallest batch in which two examples can share a mask?")
ONE_ROW_OF_SCORES = one_row("x", "How many rows must there be before one row's maximum can be used for another?")


def nothing_in(name: str, where: str) -> Hiding:
    """An array of zeros, which no factor changes.

    Args:
        name: the name of the array among those that the right network returned.
        where: a description of these numbers.
    """
    return Hiding(
        "nothing-but-zeros",
        lambda given, seen: not seen[name].any(),
        f"On this input {where} are all 0, and they stay 0 with the wrong line, too.",
        f"For which input are {where} not all 0?",
    )


def no_gradient(prefix: str) -> Hiding:
    """A gradient that is 0 with the wrong line and with the right one.

    Args:
        prefix: the start of the gradients' names.
    """
    return Hiding(
        "zero-gradient-hides-it",
        lambda given, seen: all(np.allclose(seen[name], 0) for name in seen if name.startswith(prefix)),
        "On this input, the gradients that matter are 0, with the wrong line and with the correct one.",
        "How must the targets differ from what the network predicts, so that there is a gradient?",
    )


def alone_in_its_column(*names: str) -> Hiding:
    """No unit is nonzero in two rows, so nothing shows that two rows share a mask.

    Args:
        names: the names of dropout's inputs.
    """
    return Hiding(
        "no-unit-in-two-rows",
        lambda given, seen: all((seen[name] != 0).sum(axis=0).max() <= 1 for name in names),
        "No unit is nonzero in two rows, so nothing shows whether the rows share a mask.",
        "Which x makes the same unit positive in both rows?",
    )


def never_zero(*names: str) -> tuple[Hiding, Hiding]:
    """No ReLU has an input of exactly 0; an input may be close to it.

    Args:
        names: the names of the inputs of ReLUs.
    """

    def smallest(seen: Mapping[str, Array]) -> float:
        return min(float(np.abs(seen[name]).min()) for name in names)

    return (
        Hiding(
            "nearly-zero-is-not-zero",
            lambda given, seen: 0 < smallest(seen) < 1e-3,
            "An input of the ReLU is close to 0, but none is exactly 0.",
            "At which single number do the wrong line and the correct one differ?",
        ),
        Hiding(
            "no-exact-zeros",
            lambda given, seen: smallest(seen) > 0,
            "On this input no hidden unit is at the one value at which the wrong line matters.",
            "The biases start at 0. For which x do you know the weighted sum in advance?",
        ),
    )


SMALL_SCORES = (
    Hiding(
        "small-scores-hide-it",
        lambda given, seen: bool(np.ptp(seen["scores"]) < 700),
        "The scores on this input differ by less than 700, so exp does not underflow.",
        "On paper, subtracting the same number from a row changes nothing. When does it in float64?",
    ),
    Hiding(
        "rows-of-one-size-hide-it",
        lambda given, seen: bool(np.ptp(seen["scores"].max(axis=1)) < 700),
        "The scores are large, but the rows' maxima differ by less than 700: one maximum works for all rows.",
        "One row's maximum harms another row. How must the two rows differ?",
    ),
)

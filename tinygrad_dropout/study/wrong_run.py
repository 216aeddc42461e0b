"""A recorded pass once more, with a bug in it, and where the two part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_dropout.study.bugs import BUGS, Bug
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.preview import ArrayPreview, number
from tinygrad_dropout.study.rerun import rebuilt_exactly, record_again
from tinygrad_dropout.study.trace import Pass


@dataclass(frozen=True)
class Difference:
    """The first contribution that is another one, and the entry in which it differs most.

    Attributes:
        step: counted from 0.
        position: which of the node's parents it goes to.
        entry: counted along the rows.
        right, wrong: that entry of both; None where a run gives nothing.
    """

    step: int
    position: int
    entry: int
    right: float | None
    wrong: float | None


def find_bug(wanted: str | Bug) -> Bug:
    """The bug of that name, or the one that is given.

    Raises:
        StudyError: there is none of that name, or something else is given.
    """
    if isinstance(wanted, Bug):
        return wanted
    if not isinstance(wanted, str):
        given = getattr(wanted, "__name__", type(wanted).__name__)
        raise StudyError(f"bug: expected a name or a study.Bug(operation, backward, says), got {given}")
    if wanted not in BUGS:
        raise StudyError(f'bug: expected one of {", ".join(BUGS)}; got "{wanted}"')
    return BUGS[wanted]


def concerns(recorded: Pass, bug: Bug) -> bool:
    """Whether the bug's operation takes part in a pass."""
    return any(value.operation == bug.operation and value.requires_grad for value in recorded.nodes)


def with_bug(recorded: Pass, bug: Bug) -> Pass:
    """The pass again, with a wrong backward function for one operation.

    Raises:
        StudyError: that operation takes no part in the pass, the pass cannot be done again, or the function fails.
    """
    if not concerns(recorded, bug):
        made = sorted({value.operation for value in recorded.nodes} - {""})
        raise StudyError(
            f"bug {bug.name}: expected a backward pass that goes through {bug.operation}, got one through "
            f"{', '.join(made)}"
        )
    tensors = rebuilt_exactly(recorded)
    for tensor, value in zip(tensors, recorded.nodes, strict=True):
        if value.operation == bug.operation and value.requires_grad:
            tensor._backward = bug.backward
    try:
        run = record_again(recorded, tensors, f"bug: {bug.name}")
    except Exception as error:
        raise StudyError(f"bug {bug.name}: its backward function failed: {type(error).__name__}: {error}") from error
    for index, value in enumerate(run.nodes):
        if value.backward is bug.backward:  # the operation is what it was, and so is its forward
            value.operation, value.forward = bug.operation, recorded.nodes[index].forward
    return run


def first_difference(reference: Pass, other: Pass) -> Difference | None:
    """The first contribution that is not that of the reference, beyond rounding; None if all are the same."""
    for step, (mine, theirs) in enumerate(zip(reference.steps, other.steps, strict=False)):
        for position, (right, wrong) in enumerate(zip(mine.contributions, theirs.contributions, strict=False)):
            if right.value is None or wrong.value is None:
                if right.value is not wrong.value:
                    return difference_at(step, position, 0, right.value, wrong.value)
            elif not np.allclose(right.value, wrong.value, rtol=1e-5, atol=0, equal_nan=True):
                gap = np.nan_to_num(np.abs(right.value - wrong.value), nan=np.inf)
                return difference_at(step, position, int(np.argmax(gap)), right.value, wrong.value)
    shorter = min(len(reference.steps), len(other.steps))
    return None if len(reference.steps) == len(other.steps) else Difference(shorter, 0, 0, None, None)


def difference_at(step: int, position: int, entry: int, right: Any, wrong: Any) -> Difference:
    """A difference, with the numbers of both arrays at that entry."""
    numbers = [
        float(array.reshape(-1)[entry]) if array is not None and array.size else None for array in (right, wrong)
    ]
    return Difference(step, position, entry, *numbers)


def in_words(reference: Pass, difference: Difference) -> str:
    """`dL/dx[0, 1] is −0.1483, with the bug −0.08901`."""
    if difference.step >= len(reference.steps):
        return "one run takes more steps"
    contribution = reference.steps[difference.step].contributions[difference.position]
    parent = reference.nodes[contribution.parent]
    at = ArrayPreview(parent.data).index(difference.entry)
    right, wrong = ("not given" if one is None else number(one) for one in (difference.right, difference.wrong))
    return f"dL/d{parent.name}{at} is {right}, with the bug {wrong}"

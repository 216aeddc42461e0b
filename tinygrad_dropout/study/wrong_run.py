"""Rerun a recorded pass with a bug in it, and find the first step at which the two runs differ."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from tinygrad_dropout.study.bugs import BUGS, Bug
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.preview import ArrayPreview, number
from tinygrad_dropout.study.rerun import rebuild_exactly, record_again
from tinygrad_dropout.study.trace import Pass


@dataclass(frozen=True)
class Difference:
    """The first contribution that differs, and the entry that differs most.

    Attributes:
        step: counted from 0.
        position: which of the node's parents gets the contribution.
        entry: a flat index in row-major order.
        right, wrong: that entry in the two runs; None if a run gives nothing.
    """

    step: int
    position: int
    entry: int
    right: float | None
    wrong: float | None


def find_bug(wanted: str | Bug) -> Bug:
    """Return the bug of that name, or the bug itself if you pass one.

    Raises:
        StudyError: no bug has that name, or something else was passed.
    """
    if isinstance(wanted, Bug):
        return wanted
    if not isinstance(wanted, str):
        given = getattr(wanted, "__name__", type(wanted).__name__)
        raise StudyError(f"bug: expected a name or a study.Bug(operation, backward, description), got {given}")
    if wanted not in BUGS:
        near = get_close_matches(wanted, BUGS, 1)
        meant = f'; did you mean "{near[0]}"?' if near else ""
        raise StudyError(f'bug: expected one of {", ".join(BUGS)}; got "{wanted}"{meant}')
    return BUGS[wanted]


def bug_applies(recorded: Pass, bug: Bug) -> bool:
    """Return whether the pass goes through the bug's operation."""
    return any(node.operation == bug.operation and node.requires_grad for node in recorded.nodes)


def run_with_bug(recorded: Pass, bug: Bug) -> Pass:
    """Rerun the pass with a wrong backward function for one operation.

    Raises:
        StudyError: the pass does not go through that operation or can't be rerun, or the function fails.
    """
    if not bug_applies(recorded, bug):
        made = sorted({node.operation for node in recorded.nodes} - {""})
        raise StudyError(
            f"bug {bug.name}: expected a backward pass that goes through {bug.operation}, got one through "
            f"{', '.join(made)}"
        )
    tensors = rebuild_exactly(recorded)
    for tensor, node in zip(tensors, recorded.nodes, strict=True):
        if node.operation == bug.operation and node.requires_grad:
            tensor._backward = bug.backward
    try:
        run = record_again(recorded, tensors, f"bug: {bug.name}")
    except Exception as error:
        raise StudyError(f"bug {bug.name}: its backward function failed: {type(error).__name__}: {error}") from error
    for index, node in enumerate(run.nodes):
        if node.backward is bug.backward:  # show the operation's own names for the arguments, not the bug's
            right = recorded.nodes[index]
            node.operation, node.forward, node.arguments, node.saved = (
                bug.operation,
                right.forward,
                right.arguments,
                right.saved,
            )
    return run


def first_difference(reference: Pass, other: Pass) -> Difference | None:
    """Find the first contribution that differs from the reference by more than rounding; None if there is none."""
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
    """Return the difference at an entry, with the numbers of both arrays."""
    numbers = [
        float(array.reshape(-1)[entry]) if array is not None and array.size else None for array in (right, wrong)
    ]
    return Difference(step, position, entry, *numbers)


def describe_difference(reference: Pass, difference: Difference) -> str:
    """Describe a difference, as in `dL/dx[0, 1] is −0.1483, but −0.08901 with the bug`."""
    if difference.step >= len(reference.steps):
        return "one run takes more steps"
    contribution = reference.steps[difference.step].contributions[difference.position]
    parent = reference.nodes[contribution.parent]
    at = ArrayPreview(parent.data).index(difference.entry)
    right, wrong = ("missing" if one is None else number(one) for one in (difference.right, difference.wrong))
    return f"dL/d{parent.name}{at} is {right}, but {wrong} with the bug"

"""Grades a package stage by stage: what an earlier stage asked for must still work."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from tinygrad_dropout.drills.bundle import PACKAGE
from tinygrad_dropout.drills.grader.answer import reject_errors
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.result import PART_NOT_WRITTEN, Grade, Rejected

if TYPE_CHECKING:
    from tinygrad_dropout.drills.stage import Stage


AS_BEFORE = ": as before"  # the end of a claim that an earlier stage still passes


def count_passing_stages(grade: Grade) -> int:
    """How many stages before the graded one still pass."""
    return sum(claim.endswith(AS_BEFORE) for claim in grade.right)


def stage_in(claim: str) -> int | None:
    """The number of the earlier stage that a claim is about; None for a claim about the graded stage."""
    found = re.match(r"stage (\d+), ", claim)
    return int(found[1]) if found else None


def check_stages(judge: Judge, chosen: Sequence[Stage]) -> None:
    """Grade the stages; each claim of the last one is reported, and for each earlier one that it still passes.

    Args:
        judge: the judge of the package.
        chosen: all stages up to the current one.
    """
    *before, last = chosen
    for stage in before:
        with judge.claim(f"stage {stage.number}, {stage.title}{AS_BEFORE}"):
            again = Judge(judge.namespace, source=judge.source, seed=judge.seed)
            try:
                check_stage(again, stage)
            except Rejected as rejected:
                claim = f"stage {stage.number}, {rejected.rejection.claim or stage.title}"
                raise Rejected(replace(rejected.rejection, claim=claim)) from rejected.__cause__
    check_stage(judge, last)


def check_stage(judge: Judge, stage: Stage) -> None:
    """Grade one stage; an error that its checks did not foresee becomes a rejection."""
    refuse_missing(judge, stage)
    reject_errors(lambda: stage.checks.check(judge), "Your package")


def refuse_missing(judge: Judge, stage: Stage) -> None:
    """Reject a package in which something that the stage asks for is missing."""
    missing = [name for name in stage.asks if found(judge.namespace, name) is None]
    if missing:
        owner, _, method = missing[0].rpartition(".")
        there = f"{owner} has no {method} yet" if owner else f"Your package has no {method} yet"
        rest = f"; {', '.join(missing[1:])} {'is' if len(missing) == 2 else 'are'} open, too" if missing[1:] else ""
        judge.reject(
            PART_NOT_WRITTEN,
            f"{there}{rest}.",
            "Read the task and write it."
            if owner
            else f"Write it in a file of the package, and import it in {PACKAGE}/__init__.py: the task says how it is "
            "called.",
        )


def found(namespace: Mapping[str, Any], name: str) -> Any:
    """The object with a name such as `Tensor` or `Value.backward`; None if there is none."""
    first, *rest = name.split(".")
    return reduce(lambda owner, attribute: getattr(owner, attribute, None), rest, namespace.get(first))

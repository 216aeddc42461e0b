"""A package is graded stage by stage: what an earlier stage asked for must still hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from tinygrad_dropout.drills.bundle import PACKAGE
from tinygrad_dropout.drills.grader.answer import with_care
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.result import PART_NOT_WRITTEN, Grade, Rejected

if TYPE_CHECKING:
    from tinygrad_dropout.drills.stage import Stage


AS_BEFORE = ": as before"  # how the claim that an earlier stage still holds ends


def stages_that_hold(grade: Grade) -> int:
    """How many stages before the one that was graded were seen to hold."""
    return sum(claim.endswith(AS_BEFORE) for claim in grade.right)


def stage_in(claim: str) -> int | None:
    """The number of the earlier stage that a claim is about; None for one of the stage that was graded."""
    found = re.match(r"stage (\d+), ", claim)
    return int(found[1]) if found else None


def check_stages(judge: Judge, chosen: Sequence[Stage]) -> None:
    """Grade what the stages ask for; of the last one each claim is told, of those before that they hold.

    Args:
        judge: of the package.
        chosen: all up to the one that is worked on.
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
    """Grade what one stage asks for; what a check did not see coming is said, and ends no program."""
    refuse_missing(judge, stage)
    with_care(lambda: stage.checks.check(judge), "Your package")


def refuse_missing(judge: Judge, stage: Stage) -> None:
    """See that everything is there that the stage asks for."""
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
    """What stands under a name: `Tensor`, `Value.backward`; None for nothing."""
    first, *rest = name.split(".")
    return reduce(lambda owner, attribute: getattr(owner, attribute, None), rest, namespace.get(first))

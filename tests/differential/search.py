"""The search for a disagreement: Hypothesis generates programs, and a failing one is made small."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.differential.draw import chunks
from tests.differential.program import Disagreement, Instruction
from tests.differential.run import Run
from tests.differential.writer import Writer


@dataclass
class Outcome:
    """The outcome of a search."""

    programs: int = 0
    counts: Counter[str] = field(default_factory=Counter)  # how many programs had each tag
    found: Disagreement | None = None


def search(
    programs: int, start: int | None = None, *, shrink: bool = True, on_agreement: Callable[[int], None] | None = None
) -> Outcome:
    """Run this many programs, or fewer if there is a disagreement.

    Args:
        programs: how many.
        start: the seed; None for the same programs every time.
        shrink: whether to make the program of a disagreement small.
        on_agreement: called with the number of each program that agreed.
    """
    outcome = Outcome()

    def one(lines: list[bytes]) -> None:
        run = Writer(lines).write()
        if outcome.found is None:
            outcome.programs += 1
            outcome.counts.update(run.tags)
            if on_agreement:
                on_agreement(outcome.programs)

    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    how = settings(
        max_examples=programs, phases=phases, deadline=None, database=None, derandomize=start is None,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False, print_blob=False,
    )  # fmt: skip
    test = how(given(chunks)(noticing(one, outcome)))
    if start is not None:
        test = seed(start)(test)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            test()
        except Disagreement as found:
            outcome.found = smaller(found) if shrink else found
    return outcome


def noticing(one: Callable[[list[bytes]], None], outcome: Outcome) -> Callable[[list[bytes]], None]:
    """Wrap the test of one program to note the first failure, after which Hypothesis only makes the program smaller."""

    def test(lines: list[bytes]) -> None:
        try:
            one(lines)
        except Disagreement as found:
            outcome.found = found
            raise

    return test


def smaller(found: Disagreement) -> Disagreement:
    """The same disagreement without unnecessary instructions."""
    for place in reversed(range(len(found.program) - 1)):
        for program in (without(found.program, place), around(found.program, place)):
            again = None if found.program[place] is None else rerun(program)
            if again is not None and again.what == found.what and len(again.program) == len(found.program):
                return smaller(again)
    return found


def rerun(program: list[Instruction | None]) -> Disagreement | None:
    """The disagreement of a program, if it has one."""
    try:
        Run().replay(program)
    except Disagreement as found:
        return found
    return None


def without(program: list[Instruction | None], place: int) -> list[Instruction | None]:
    """The program without the instruction at this place."""
    return [None if where == place else line for where, line in enumerate(program)]


def around(program: list[Instruction | None], place: int) -> list[Instruction | None]:
    """The program without this instruction, and with its first operand instead of its result."""
    line = program[place]
    if line is None or not line.operands:
        return program[:place]
    use = {place: line.operands[0]}
    return [
        one and replace(one, operands=tuple(use.get(operand, operand) for operand in one.operands))
        for one in without(program, place)
    ]

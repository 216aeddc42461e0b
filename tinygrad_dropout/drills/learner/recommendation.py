"""Which exercise comes next: what was got wrong before is repeated, by the kind of mistake."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.learner.progress import Progress
from tinygrad_dropout.mistakes import KINDS

SHORT = 6  # minutes; what takes less is no exercise for an interview, if there is another
NOT_REPEATED = {"python", "exposing"}  # no exercise is about them


def open_kinds(progress: Progress, everything: Sequence[Exercise]) -> list[str]:
    """The kinds of mistake that were made and not yet put right elsewhere, the latest first.

    One is put right by solving another exercise that is about it, after the mistake.
    """
    last: dict[str, dict[str, str]] = {}
    for mistake in progress.mistakes:
        if mistake["kind"] not in NOT_REPEATED and mistake["kind"] in KINDS:
            last[mistake["kind"]] = mistake
    solved = {one.slug: progress.exercises.get(one.slug, {}).get("solved", "") for one in everything}
    still = [
        mistake
        for kind, mistake in last.items()
        if not any(
            kind in one.kinds and one.slug != mistake["exercise"] and solved[one.slug] > mistake["when"]
            for one in everything
        )
    ]
    return [mistake["kind"] for mistake in sorted(still, key=lambda mistake: mistake["when"], reverse=True)]


def next_exercise(progress: Progress, everything: Sequence[Exercise]) -> tuple[Exercise | None, str]:
    """The exercise to do next, and why; None if all are solved. What was chosen comes again until it is tried."""
    current = next((one for one in everything if one.slug == progress.current), None)
    if current and progress.chosen and not progress.solved(current.slug):
        return current, progress.why
    unsolved = [one for one in everything if not progress.solved(one.slug) and one.slug != progress.current]
    for kind in open_kinds(progress, everything):
        last = next(mistake for mistake in reversed(progress.mistakes) if mistake["kind"] == kind)
        about = [one for one in unsolved if kind in one.kinds and one.slug != last["exercise"]]
        if about:
            return about[0], f"after {last['code']} in {last['exercise']}: this one is about {KINDS[kind]}, too"
    if unsolved:
        return unsolved[0], "the first that is not solved yet"
    if current and not progress.solved(current.slug):
        return current, "the last that is not solved yet"
    return None, "all are solved"


def for_interview(progress: Progress, everything: Sequence[Exercise], minutes: int, chance: Random) -> list[Exercise]:
    """The exercises of an interview: one, or two for more than 20 minutes, those about open mistakes first.

    Then come unsolved ones, those that no earlier interview had, and those that are not done in a moment. Of two, one
    is about backpropagation and one about dropout, where that fits.

    Args:
        progress: of the learner.
        everything: to choose from.
        minutes: for all of it; a quarter is left for the questions.
        chance: decides between equals.
    """
    kinds = open_kinds(progress, everything)
    had = {slug for interview in progress.interviews for slug in interview["exercises"]}

    def rank(one: Exercise) -> tuple[int, bool, bool, bool, float]:
        place = min((kinds.index(kind) for kind in one.kinds if kind in kinds), default=len(kinds))
        return place, progress.solved(one.slug), one.slug in had, one.minutes < SHORT, chance.random()

    left = minutes * 3 / 4
    first = next(one for one in sorted(everything, key=rank) if one.minutes <= left)
    if minutes <= 20:
        return [first]
    others = [one for one in sorted(everything, key=rank) if one is not first and one.minutes <= left - first.minutes]
    others.sort(key=lambda one: one.topic == first.topic)
    return [first, *others[:1]]

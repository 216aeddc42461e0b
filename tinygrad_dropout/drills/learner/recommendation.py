"""Chooses the next exercise: kinds of mistake that the learner has made come again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tinygrad_dropout.drills.exercise import Exercise, exercises
from tinygrad_dropout.drills.layout import counted
from tinygrad_dropout.drills.learner.progress import Progress
from tinygrad_dropout.drills.stage import stages
from tinygrad_dropout.mistakes import KINDS

SHORT = 6  # minutes; an interview has a shorter exercise only if there is no other
NEW = "the first that is not solved yet"  # why an exercise comes next, if there is no better reason
NOT_REPEATED = {"python", "exposing"}  # no exercise is about them


def open_kinds(progress: Progress, everything: Sequence[Exercise]) -> list[str]:
    """The kinds of mistake that were made and not yet corrected, the latest first.

    A kind is corrected by solving a different exercise about it after the mistake.
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
    """The exercise to do next, and why; None if there is nothing left. A chosen exercise stays the next until it is
    tried.

    First comes an exercise about the latest kind of mistake, then one that was started and not solved, then the first
    new one. When all are solved, those that took every hint or the solution come again.
    """
    current = next((one for one in everything if one.slug == progress.current), None)
    if current and progress.chosen and not progress.solved(current.slug):
        return current, progress.why
    unsolved = [one for one in everything if not progress.solved(one.slug) and one.slug != progress.current]
    return (
        after_a_mistake(progress, everything, unsolved)
        or started_but_unsolved(progress, unsolved)
        or ((unsolved[0], NEW) if unsolved else None)
        or ((current, "the last that is not solved yet") if current and not progress.solved(current.slug) else None)
        or solved_with_help(progress, everything)
        or (None, "all are solved")
    )


def after_a_mistake(
    progress: Progress, everything: Sequence[Exercise], unsolved: Sequence[Exercise]
) -> tuple[Exercise, str] | None:
    """An exercise about the latest kind of mistake that is not corrected; a solved one only if there is no other."""
    for kind in open_kinds(progress, everything):
        last = next(mistake for mistake in reversed(progress.mistakes) if mistake["kind"] == kind)
        skipped = (last["exercise"], progress.current)
        about = [one for one in everything if kind in one.kinds and one.slug not in skipped]
        about.sort(key=lambda one: (one not in unsolved, one.kinds.index(kind)))  # those that are most about it first
        if about:
            why = f"after {last['code']} in {title_of(last['exercise'])}: this one is about {KINDS[kind]}, too"
            if about[0] not in unsolved:
                why += f"; you have already solved it, and `drill reset {about[0].number}` lets you solve it again"
            return about[0], why
    return None


def title_of(slug: str) -> str:
    """`18 Inverted dropout, forward`, or `stage 9, Training`, for a name in the progress file; other names are
    unchanged."""
    for one in exercises():
        if one.slug == slug:
            return f"{one.number} {one.title}"
    for stage in stages():
        if stage.slug == slug:
            return f"stage {stage.number}, {stage.title}"
    return slug


def started_but_unsolved(progress: Progress, unsolved: Sequence[Exercise]) -> tuple[Exercise, str] | None:
    """The first unsolved exercise that was tried or for which a hint was shown."""
    for one in unsolved:
        known = progress.exercises.get(one.slug)
        if known and (known["tries"] or known["hints"]):
            return one, f"you started it ({in_words(known)}), but have not solved it yet"
    return None


def solved_with_help(progress: Progress, everything: Sequence[Exercise]) -> tuple[Exercise, str] | None:
    """The first exercise that was solved with every hint, or after reading the solution."""
    for one in everything:
        known = progress.exercises.get(one.slug)
        if known and (known["hints"] == len(one.hints) or known["solution"]):
            help_ = "after reading the solution" if known["solution"] else f"with {counted(known['hints'], 'hint')}"
            return one, f"you solved it {help_}: do `drill reset {one.number}` and solve it without"
    return None


def in_words(known: Mapping[str, Any]) -> str:
    """`2 tries, 1 hint`."""
    counts = [(known["tries"], "try", "tries"), (known["hints"], "hint", "hints")]
    return ", ".join(counted(count, *nouns) for count, *nouns in counts if count)


def for_interview(progress: Progress, everything: Sequence[Exercise], minutes: int, chance: Random) -> list[Exercise]:
    """Choose the exercises of an interview: one, or two for more than 20 minutes.

    Exercises about open mistakes come first, then unsolved ones, then those that no earlier interview had, then those
    that are not very short. If possible, one of two is about backpropagation and the other about dropout.

    Args:
        progress: the learner's progress.
        everything: the exercises to choose from.
        minutes: for all of it; a quarter is left for the questions.
        chance: breaks ties.
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

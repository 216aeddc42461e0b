"""Which exercise comes next: what was got wrong before is repeated, by the kind of mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tinygrad_dropout.drills.exercise import Exercise, exercises
from tinygrad_dropout.drills.learner.progress import Progress
from tinygrad_dropout.drills.stage import stages
from tinygrad_dropout.mistakes import KINDS

SHORT = 6  # minutes; what takes less is no exercise for an interview, if there is another
NEW = "the first that is not solved yet"  # why an exercise comes next, if there is no better reason
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
    """The exercise to do next, and why; None if there is nothing left. What was chosen comes again until it is tried.

    First comes an exercise about the latest kind of mistake, then what was begun and left, then the first that is new.
    When all are solved, those that took every hint, or the solution, are worth a second time.
    """
    current = next((one for one in everything if one.slug == progress.current), None)
    if current and progress.chosen and not progress.solved(current.slug):
        return current, progress.why
    unsolved = [one for one in everything if not progress.solved(one.slug) and one.slug != progress.current]
    return (
        after_a_mistake(progress, everything, unsolved)
        or begun_and_left(progress, unsolved)
        or ((unsolved[0], NEW) if unsolved else None)
        or ((current, "the last that is not solved yet") if current and not progress.solved(current.slug) else None)
        or solved_with_help(progress, everything)
        or (None, "all are solved")
    )


def after_a_mistake(
    progress: Progress, everything: Sequence[Exercise], unsolved: Sequence[Exercise]
) -> tuple[Exercise, str] | None:
    """An exercise about the latest kind of mistake that was not put right; a solved one where no other is about it."""
    for kind in open_kinds(progress, everything):
        last = next(mistake for mistake in reversed(progress.mistakes) if mistake["kind"] == kind)
        skipped = (last["exercise"], progress.current)
        about = [one for one in everything if kind in one.kinds and one.slug not in skipped]
        about.sort(key=lambda one: (one not in unsolved, one.kinds.index(kind)))  # the most about it first
        if about:
            why = f"after {last['code']} in {titled(last['exercise'])}: this one is about {KINDS[kind]}, too"
            if about[0] not in unsolved:
                why += f"; you have solved it, and `drill reset {about[0].number}` lets you do so again"
            return about[0], why
    return None


def titled(slug: str) -> str:
    """`18 Inverted dropout, forward`, or `stage 9, Training`, for a name that progress keeps; others as they are."""
    for one in exercises():
        if one.slug == slug:
            return f"{one.number} {one.title}"
    for stage in stages():
        if stage.slug == slug:
            return f"stage {stage.number}, {stage.title}"
    return slug


def begun_and_left(progress: Progress, unsolved: Sequence[Exercise]) -> tuple[Exercise, str] | None:
    """The first exercise that was tried, or for which hints were asked, and that is not solved."""
    for one in unsolved:
        known = progress.exercises.get(one.slug)
        if known and (known["tries"] or known["hints"]):
            return one, f"you began it ({in_words(known)}), and it is not solved yet"
    return None


def solved_with_help(progress: Progress, everything: Sequence[Exercise]) -> tuple[Exercise, str] | None:
    """The first exercise whose answer was all but given."""
    for one in everything:
        known = progress.exercises.get(one.slug)
        if known and (known["hints"] == len(one.hints) or known["solution"]):
            help_ = "after reading the solution" if known["solution"] else f"with {counted(known['hints'], 'hint')}"
            return one, f"you solved it {help_}: `drill reset {one.number}`, and do it without"
    return None


def in_words(known: Mapping[str, Any]) -> str:
    """`2 tries, 1 hint`."""
    counts = [(known["tries"], "try"), (known["hints"], "hint")]
    return ", ".join(counted(count, what) for count, what in counts if count)


def counted(count: int, what: str) -> str:
    """`1 try`, `2 tries`."""
    plural = {"try": "tries"}.get(what, f"{what}s")
    return f"{count} {what if count == 1 else plural}"


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

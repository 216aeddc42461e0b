"""Statistics of a learner as text: exercises, mistakes by name and by kind, cards, interviews."""

from __future__ import annotations

from collections import Counter
from datetime import date

from tinygrad_dropout.drills.exercise import exercises
from tinygrad_dropout.drills.layout import counted
from tinygrad_dropout.drills.learner.interviews import trend
from tinygrad_dropout.drills.learner.progress import Progress
from tinygrad_dropout.drills.learner.recommendation import next_exercise, open_kinds
from tinygrad_dropout.drills.quiz.cards import load
from tinygrad_dropout.drills.quiz.scheduling import due_day, recall_chance
from tinygrad_dropout.drills.stage import stages
from tinygrad_dropout.mistakes import KINDS

MAX_BUGS = 10


def as_text(progress: Progress, today: date) -> str:
    """All statistics as text."""
    parts = [
        of_exercises(progress),
        of_stages(progress),
        of_mistakes(progress),
        of_cards(progress, today),
        of_interviews(progress),
    ]
    return "\n\n".join(part for part in parts if part)


def of_exercises(progress: Progress) -> str:
    """How many are solved, and how."""
    everything = exercises()
    known = [progress.exercises[one.slug] for one in everything if one.slug in progress.exercises]
    solved = [one for one in known if one["solved"]]
    lines = [f"Exercises: {len(solved)} of {len(everything)} solved"]
    if solved:
        first = sum(one["tries"] == 1 for one in solved)
        unaided = sum(not one["hints"] and not one["solution"] for one in solved)
        tries = sum(one["tries"] for one in known)
        lines[0] += f", {first} at the first try, {unaided} without a hint; {counted(tries, 'try', 'tries')} in all"
    chosen, why = next_exercise(progress, everything)
    if chosen:
        lines.append(f"  next: {chosen.number} {chosen.title} ({why})")
    return "\n".join(lines)


def of_stages(progress: Progress) -> str:
    """How many stages of each framework are done."""
    done = {folder: sum(bool(one["solved"]) for one in known.values()) for folder, known in progress.builds.items()}
    return "\n".join(f"Framework in {folder}: {count} of {len(stages())} stages done" for folder, count in done.items())


def of_mistakes(progress: Progress) -> str:
    """The most frequent ones, and their kinds."""
    bugs = progress.bugs()
    if not bugs:
        return ""
    still = open_kinds(progress, exercises())
    kinds = Counter(mistake["kind"] for mistake in progress.mistakes)
    lines = ["Mistakes in exercises and stages, by name"]
    lines += [f"  {count:3} x {code}" for code, count in bugs.most_common(MAX_BUGS)]
    lines.append("by kind (! not yet corrected in another exercise)")
    lines += [
        f"  {count:3} x {KINDS.get(kind, kind)}{' !' if kind in still else ''}" for kind, count in kinds.most_common()
    ]
    return "\n".join(lines)


def of_cards(progress: Progress, today: date) -> str:
    """How many cards were asked, how many are due, and how many will be recalled when they are asked again.

    The chance on its due day is used: right after a card was asked, FSRS gives a chance near 1 for any answer.
    """
    schedule, cards = progress.schedule(), load()
    known = [schedule[card.id] for card in cards if card.id in schedule]
    if not known:
        return f"Cards: none of {len(cards)} asked yet"
    due = sum(due_day(one) <= today for one in known)
    recalled = sum(recall_chance(one, max(today, due_day(one))) for one in known)
    return (
        f"Cards: {len(known)} of {len(cards)} asked, {due} due today.\n"
        f"  When each is due, the model of forgetting expects you to recall {recalled:.0f} of the {len(known)}."
    )


def of_interviews(progress: Progress) -> str:
    """A table of the last interviews."""
    count = len(progress.interviews)
    return f"Interviews: {count}\n{trend(progress.interviews)}" if count else ""

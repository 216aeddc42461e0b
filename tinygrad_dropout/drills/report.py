"""A grade, as a learner reads it: what is right, the first thing that is wrong, what shows it, what to think about."""

from __future__ import annotations

from textwrap import fill, indent

from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grade import NOT_WRITTEN, Grade, Rejection

WIDTH = 96
MOST_PRINTED = 10  # lines of what the answer printed

#: What a line is, for whoever gives it a colour.
Line = tuple[str, str]


def lines_of(exercise: Exercise, grade: Grade, *, verbose: bool = False) -> list[Line]:
    """(kind, text) of each paragraph; the kind is "title", "right", "wrong", "think" or "".

    Args:
        exercise: that was graded.
        grade: of the answer.
        verbose: with the traceback.
    """
    lines = [("title", f"{exercise.number}  {exercise.title}")]
    lines += [("right", f"  right  {claim}") for claim in grade.right]
    if grade.printed:
        lines.append(("", printed(grade.printed)))
    if grade.rejection is None:
        return [*lines, ("right", "\nSolved.")]
    return lines + of_rejection(grade.rejection, verbose)


def of_rejection(rejection: Rejection, verbose: bool) -> list[Line]:
    """The first thing that is wrong."""
    lines = []
    if rejection.code == NOT_WRITTEN:
        return [("wrong", f"  open   {rejection.message}"), ("think", f"\n{rejection.think}")]
    if rejection.claim:
        lines.append(("wrong", f"  wrong  {rejection.claim}"))
    lines.append(("wrong", "\n" + fill(f"{rejection.message} [{rejection.code}]", WIDTH, break_long_words=False)))
    if rejection.shown:
        width = max(len(label) for label, _ in rejection.shown if len(label) <= 24)
        shown = [f"{label:{width}}  {beside(text, width + 2)}" for label, text in rejection.shown]
        lines.append(("", indent("\n".join(shown), "    ")))
    if rejection.think:
        lines.append(("think", "\n" + fill(f"Think about: {rejection.think}", WIDTH)))
    if rejection.traceback:
        lines.append(("", f"\n{rejection.traceback.rstrip()}" if verbose else "\nThe traceback: -v"))
    return lines


def beside(text: str, width: int) -> str:
    """The lines of a text one under the other, to the right of its label."""
    return text.replace("\n", "\n" + " " * width)


def printed(text: str) -> str:
    """What the answer printed."""
    lines = text.splitlines()
    count = f"{len(lines)} line{'s'[: len(lines) != 1]}"
    kept = [line[:WIDTH] for line in lines[:MOST_PRINTED]] + ["..."] * (len(lines) > MOST_PRINTED)
    return f"  Your file printed {count} (which counts for nothing):\n" + indent("\n".join(kept), "    | ")


def as_text(exercise: Exercise, grade: Grade, *, verbose: bool = False) -> str:
    """All of it."""
    return "\n".join(text for _, text in lines_of(exercise, grade, verbose=verbose))

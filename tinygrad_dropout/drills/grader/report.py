"""A grade, as a learner reads it: what is right, the first thing that is wrong, what shows it, what to think about."""

from __future__ import annotations

import re
from textwrap import fill, indent

from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grader.result import NOT_WRITTEN, PART_NOT_WRITTEN, Grade, Rejection

WIDTH = 96
MOST_PRINTED = 10  # lines of what the answer printed
MOST_LABEL = 24  # characters; the value of a longer label stands below it
KEPT = "\0"  # stands for a space at which no line is broken

#: What a line is, for whoever gives it a colour.
Line = tuple[str, str]


def lines_of(exercise: Exercise, grade: Grade, *, verbose: bool = False, width: int = WIDTH) -> list[Line]:
    """(kind, text) of each paragraph; the kind is "title", "right", "wrong", "question" or "".

    Args:
        exercise: that was graded.
        grade: of the answer.
        verbose: with the traceback.
        width: of the sentences, in characters; arrays keep their lines.
    """
    lines = [("title", f"{exercise.number}  {exercise.title}")]
    lines += [("right", filled(f"  right  {claim}", width, indented=9)) for claim in grade.right]
    if grade.rejection is None:
        lines.append(("right", "\nSolved."))
    else:
        lines += of_rejection(grade.rejection, verbose, width)
    return lines + ([("", printed(grade.printed, width))] if grade.printed else [])


def of_rejection(rejection: Rejection, verbose: bool, width: int) -> list[Line]:
    """The first thing that is wrong. Of its claim the name alone: what stands behind the colon may be the answer."""
    if rejection.code in (NOT_WRITTEN, PART_NOT_WRITTEN):
        opened = filled(f"  open   {rejection.message}", width, indented=9)
        return [("wrong", opened), ("question", "\n" + filled(rejection.question, width))]
    lines = []
    if rejection.claim:
        lines.append(("wrong", filled(f"  wrong  {rejection.claim.partition(': ')[0]}", width, indented=9)))
    lines.append(("wrong", "\n" + filled(f"{rejection.message} [{rejection.code}]", width)))
    if rejection.shown:
        labels = max((len(label) for label, _ in rejection.shown if len(label) <= MOST_LABEL), default=0)
        shown = [one_shown(label, text, labels) for label, text in rejection.shown]
        lines.append(("", indent("\n".join(shown), "    ")))
    if rejection.question:
        lines.append(("question", "\n" + filled(f"Think about: {rejection.question}", width)))
    if rejection.traceback:
        lines.append(("", f"\n{rejection.traceback.rstrip()}" if verbose else "\nThe traceback: -v"))
    return lines


def one_shown(label: str, text: str, width: int) -> str:
    """A label and its value beside it; below it, where the label is long."""
    if len(label) > MOST_LABEL:
        return f"{label}:\n  {beside(text, 2)}"
    return f"{label:{width}}  {beside(text, width + 2)}"


def filled(text: str, width: int, indented: int = 0) -> str:
    """A sentence or two, in lines, all but the first indented; no code with hyphens or in backticks is broken."""
    whole = re.sub(r"`[^`]*`", lambda code: code[0].replace(" ", KEPT), text)
    behind = " " * indented
    lines = fill(whole, width, subsequent_indent=behind, break_long_words=False, break_on_hyphens=False)
    return lines.replace(KEPT, " ")


def beside(text: str, width: int) -> str:
    """The lines of a text one under the other, to the right of its label."""
    return text.replace("\n", "\n" + " " * width)


def printed(text: str, width: int) -> str:
    """What the answer printed."""
    lines = text.splitlines()
    count = f"{len(lines)} line{'s'[: len(lines) != 1]}"
    kept = [line[: width - 6] for line in lines[:MOST_PRINTED]] + ["..."] * (len(lines) > MOST_PRINTED)
    return f"\nYour file printed {count} (which counts for nothing):\n" + indent("\n".join(kept), "    | ")


def as_text(exercise: Exercise, grade: Grade, *, verbose: bool = False) -> str:
    """All of it."""
    return "\n".join(text for _, text in lines_of(exercise, grade, verbose=verbose))

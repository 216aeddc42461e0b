"""A grade, as a learner reads it: what is right, the first thing that is wrong, what shows it, what to think about."""

from __future__ import annotations

from textwrap import indent

from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grader.result import NOT_WRITTEN, PART_NOT_WRITTEN, Grade, Rejection
from tinygrad_dropout.drills.grader.shown import WIDTH
from tinygrad_dropout.drills.layout import counted, wrap

MAX_PRINTED = 10  # lines of the answer's output
MAX_LABEL = 24  # characters; the value of a longer label goes below it

#: (kind, text) of a line; the kind decides its color.
Line = tuple[str, str]


def lines_of(exercise: Exercise, grade: Grade, *, verbose: bool = False, width: int = WIDTH) -> list[Line]:
    """(kind, text) of each paragraph; the kind is "title", "right", "wrong", "question" or "".

    Args:
        exercise: the graded exercise.
        grade: the grade of the answer.
        verbose: whether to show the traceback.
        width: of a line, in characters; arrays keep their line breaks from the grading.
    """
    lines = [("title", f"{exercise.number}  {exercise.title}")]
    lines += [("right", wrap(f"  right  {claim}", width, indent=9)) for claim in grade.right]
    if grade.rejection is None:
        lines.append(("right", "\nSolved."))
    else:
        lines += of_rejection(grade.rejection, verbose, width)
    return lines + ([("", printed(grade.printed, width))] if grade.printed else [])


def of_rejection(rejection: Rejection, verbose: bool, width: int) -> list[Line]:
    """The first thing that is wrong. Only the claim's name is shown: the text after the colon may be the answer."""
    if rejection.code in (NOT_WRITTEN, PART_NOT_WRITTEN):
        opened = wrap(f"  open   {rejection.message}", width, indent=9)
        return [("wrong", opened), ("question", "\n" + wrap(rejection.question, width))]
    lines = []
    if rejection.claim:
        lines.append(("wrong", wrap(f"  wrong  {rejection.claim.partition(': ')[0]}", width, indent=9)))
    lines.append(("wrong", "\n" + wrap(f"{rejection.message} [{rejection.code}]", width)))
    if rejection.shown:
        labels = max((len(label) for label, _ in rejection.shown if len(label) <= MAX_LABEL), default=0)
        shown = [one_shown(label, text, labels, width - 4) for label, text in rejection.shown]
        lines.append(("", indent("\n".join(shown), "    ")))
    if rejection.question:
        lines.append(("question", "\n" + wrap(f"Think about: {rejection.question}", width)))
    if rejection.traceback:
        lines.append(("", f"\n{rejection.traceback.rstrip()}" if verbose else "\nThe traceback: -v"))
    return lines


def one_shown(label: str, text: str, labels: int, width: int) -> str:
    """A label with its value next to it, or below it if the label is long or the value is wide."""
    value = beside(text, labels + 2)
    if len(label) > MAX_LABEL or max(map(len, text.splitlines()), default=0) + labels + 2 > width:
        return f"{label}:\n  {beside(wrap(text, width - 2, indent=1), 2)}"
    return f"{label:{labels}}  {value}"


def beside(text: str, width: int) -> str:
    """The lines of a text, indented to the right of its label."""
    return text.replace("\n", "\n" + " " * width)


def printed(text: str, width: int) -> str:
    """What the answer printed."""
    lines = text.splitlines()
    kept = [shortened(line, width - 6) for line in lines[:MAX_PRINTED]] + ["..."] * (len(lines) > MAX_PRINTED)
    said = wrap(f"Your file printed {counted(len(lines), 'line')} (which is not graded):", width)
    return f"\n{said}\n" + indent("\n".join(kept), "    | ")


def shortened(line: str, width: int) -> str:
    """A line, cut off with dots if it is too long."""
    return line if len(line) <= width else f"{line[: width - 4]} ..."


def as_text(exercise: Exercise, grade: Grade, *, verbose: bool = False) -> str:
    """The whole grade as text."""
    return "\n".join(text for _, text in lines_of(exercise, grade, verbose=verbose))

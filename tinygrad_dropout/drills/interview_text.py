"""What an interviewer says about an exercise, from its `interview.md`: a brief of the task, and two questions."""

from __future__ import annotations

from dataclasses import dataclass

from tinygrad_dropout.drills.quiz.reader import SHORT, Reader, fault


@dataclass(frozen=True)
class Question:
    """A question about an exercise, and its answer.

    Attributes:
        question: one line.
        short: what you would say in an interview: one paragraph, on one line.
        points: what an interviewer wants to hear in the answer; each can be checked off independently.
    """

    question: str
    short: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class InterviewText:
    """The content of an `interview.md`.

    Attributes:
        brief: the task as the interviewer puts it, as Markdown: it fits a screen.
        cost: a question on complexity or memory.
        tests: "How would you test it?"
    """

    brief: str
    cost: Question
    tests: Question


def parsed(name: str, text: str) -> InterviewText:
    """The three parts of a file.

    Args:
        name: the name of the file, for error messages: "12_relu/interview.md".
        text: what is in it.

    Raises:
        ValueError: the text has a mistake; the message names the line and what was expected.
    """
    reader = Reader(name, text)
    reader.heading("Brief", "`## Brief`")
    brief = []
    while not reader.stands_at("## "):
        brief.append(reader.take(".*", "`## Cost`"))
    found = InterviewText("\n".join(brief).strip(), read_question(reader, "Cost"), read_question(reader, "Tests"))
    if reader.at < len(reader.lines):
        raise fault(name, reader.at + 1, "the end of the file after the points")
    return found


def read_question(reader: Reader, heading: str) -> Question:
    """Read the question at the reader's position, and go past it."""
    reader.heading(heading, f"`## {heading}`")
    return Question(reader.question(), reader.paragraph(SHORT), reader.points())

"""The questions after an exercise: each is asked because of something in the answer or in the attempts before it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from tinygrad_dropout.drills.quiz.reader import SHORT, Reader

CARD = "**Card.** "


@dataclass(frozen=True)
class FollowUp:
    """A question.

    Attributes:
        because: the reason for asking: a fact of `code_facts.FACTS`, a note of the grader, or `made: ` and a kind of
            mistake.
        question: the text of the question.
        answer: a good answer to it.
        points: what an interviewer wants to hear in the answer; each can be checked off independently.
        card: the id of a question card on the same subject.
    """

    because: str
    question: str
    answer: str
    points: tuple[str, ...]
    card: str


def parsed(text: str) -> tuple[FollowUp, ...]:
    """The questions in a file such as `follow_ups.md`, in its order.

    Raises:
        ValueError: the text has a mistake; the message names the line and what was expected.
    """
    reader = Reader("follow_ups.md", text)
    return tuple(read_follow_up(reader) for _ in reader.entries())


def read_follow_up(reader: Reader) -> FollowUp:
    """Read the question at the reader's position; afterward the reader is at the next one."""
    because = reader.heading("(made: )?[a-z0-9]+(-[a-z0-9]+)*", "a reason, `## made: a-kind` or `## a-fact`")
    question, answer, points = reader.question(), reader.paragraph(SHORT), reader.points()
    return FollowUp(because, question, answer, points, reader.paragraph(CARD))


#: First the questions about mistakes, then those about the code, the most revealing first.
FOLLOW_UPS = parsed((files(__package__) / "follow_ups.md").read_text(encoding="utf-8"))

#: note of the grader -> description
NOTED = {
    "float-mask": "the mask is an array of floats",
    "integer-mask": "the mask is an array of integers",
    "accepts-a-bad-p": "a p outside [0, 1] is accepted",
}

"""One question of an interview: the answer is typed, shown next to ours, and rated by the points that it makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from textwrap import indent

from tinygrad_dropout.drills.interview.outcome import Answered
from tinygrad_dropout.drills.interview.questions import Question
from tinygrad_dropout.drills.layout import wrap
from tinygrad_dropout.drills.quiz.session import key

TO_ANSWER = "Your answer; an empty line ends it (q quit, ? help): "
TO_GO_ON = "... "
TO_TICK = "Points you made (1 3, all, none; q, ? help): "

HELP_TO_ANSWER = """\
Type your answer in one or more lines; an empty line ends it.
  Enter  immediately: no answer, which counts as wrong
  q      on the first line: end the questions"""
HELP_TO_SPEAK = "\n  s      on the first line: you have said your answer aloud"
HELP_TO_TICK = {
    "1 3": "the numbers of the points that your answer makes",
    "all": "all of them",
    "none": "none of them; 0 does the same",
    "q": "end the questions; this answer stays unrated",
}

STEM = 5  # the letters that are compared, so that scale, scaled and scaling match
WORD = re.compile(r"[a-z]{4,}")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
FORMULA = re.compile(r"[\w.()]+(?:[-+*/@^<>][\w.()]+)+|\w+\([^()]+\)")
#: Words that any two texts may share.
FILLERS = frozenset(
    WORD.findall(
        """
        about after also because been before both cannot could does each every from have into just like more most much
        must only other over same should some such than that their them then there these they this those very what
        when where which while will with would your
        """
    )
)


@dataclass(frozen=True)
class Conversation:
    """How questions are asked.

    Attributes:
        read: shows a prompt and returns the typed line.
        write: shows a text.
        now: returns the time in seconds.
        width: the width of a line, in characters.
        spoken: whether the candidate can say an answer aloud instead.
    """

    read: Callable[[str], str]
    write: Callable[[str], None]
    now: Callable[[], float]
    width: int
    spoken: bool

    def ask(self, question: Question, answered: Answered) -> bool:
        """Ask a question, and record the answer and its rating; returns whether to go on."""
        self.write(wrap(question.question, self.width))
        if not self.listen(answered):
            return False
        self.show(question, answered)
        if answered.unanswered:
            self.write("You gave no answer, which counts as wrong.")
            return True
        if not answered.spoken and not shares_content(answered.answer, question):
            self.write("Your answer has no word in common with ours, so you cannot tick any point: it counts as wrong.")
            answered.rating = "wrong"
            return True
        return self.tick(answered, len(question.points))

    def listen(self, answered: Answered) -> bool:
        """Read the answer, which can be empty; returns False if there is none to rate."""
        began, lines = self.now(), [""]
        try:
            while (typed := self.read(TO_ANSWER).strip()) == "?":
                self.write(HELP_TO_ANSWER + HELP_TO_SPEAK * self.spoken)
            if key(typed) == "q":
                return False
            answered.asked = True
            answered.spoken = self.spoken and typed.lower() == "s"
            if answered.spoken:
                return True
            while typed:
                lines.append(typed)
                answered.answer = "\n".join(lines[1:])
                typed = self.read(TO_GO_ON).strip()
        finally:
            answered.seconds = self.now() - began
        return True

    def show(self, question: Question, answered: Answered) -> None:
        """Show the answer, ours below it, and the points."""
        if answered.answer:
            self.write(f"\nYours:\n{self.indented(answered.answer)}")
        self.write(f"\nOurs:\n{self.indented(question.answer)}\n\nThe points:")
        for number, point in enumerate(question.points, start=1):
            self.write(wrap(f"  {number}  {point}", self.width, indent=5))

    def indented(self, text: str) -> str:
        """Wrap a text and indent it by two columns."""
        return indent(wrap(text, self.width - 2), "  ")

    def tick(self, answered: Answered, count: int) -> bool:
        """Ask which points the answer makes; returns whether to go on."""
        while True:
            typed = self.read(TO_TICK).strip().lower()
            if key(typed) == "q":
                return False
            if typed == "?":
                self.write(in_columns(HELP_TO_TICK))
                continue
            made = ticked(typed, count)
            if made is None:
                self.write(f"Expected numbers from 1 to {count}, all, none, q or ?; got {typed!r}.")
                continue
            answered.made = made
            answered.rating = "right" if len(made) == count else "partly" if made else "wrong"
            self.write(f"{answered.rating.capitalize()}: {len(made)} of {count} points.")
            return True


def ticked(typed: str, count: int) -> list[int] | None:
    """The typed numbers of points; None if the text is anything else."""
    if typed == "all":
        return list(range(1, count + 1))
    if typed in ("none", "0"):
        return []
    numbers = re.split(r"[\s,]+", typed.strip(" ,"))
    if not all(number.isdecimal() and 1 <= int(number) <= count for number in numbers):
        return None
    return sorted({int(number) for number in numbers})


def shares_content(answer: str, question: Question) -> bool:
    """Whether an answer has a word, a number or a formula of ours that is not in the question already."""
    ours = content(" \n".join([question.answer, *question.points])) - content(question.question)
    return bool(content(answer) & ours)


def content(text: str) -> set[str]:
    """The stems of the words that carry meaning, the numbers, and the formulas without spaces."""
    text = text.lower()
    words = {word[:STEM] for word in WORD.findall(text) if word not in FILLERS}
    squeezed = re.sub(r"\s*([-+*/@^<>])\s*", r"\1", text)
    return words | set(NUMBER.findall(text)) | {formula.strip(".") for formula in FORMULA.findall(squeezed)}


def in_columns(keys: Mapping[str, str]) -> str:
    """A table of what you can type and what it does."""
    width = max(map(len, keys))
    return "\n".join(f"  {typed:{width}}  {meaning}" for typed, meaning in keys.items())

"""The question cards, read from `questions/*.md`.

A file is a topic: a title, and its cards one after the other. A card looks like this; the snippet may be missing.

    ## why-scale
    What are the kept units multiplied by?

    **In short.** What one would say in an interview.

    **Why.** The derivation, in one paragraph or several. Those that are indented by four spaces are formulas.

    ```python
    >>> 1 / (1 - 0.75)
    4.0
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

SHORT, WHY, FENCE = "**In short.** ", "**Why.** ", "```"

#: What every snippet takes for granted.
PRELUDE = """\
>>> import numpy as np, tinygrad_dropout as td
>>> F = td.functional; td.manual_seed(0)"""


@dataclass(frozen=True)
class Card:
    """A question and its answer.

    Attributes:
        id: words joined by hyphens; never changed, since progress is kept under it.
        topic: the file it is from: "dropout_in_practice".
        question: one line.
        short: what one would say in an interview: one paragraph, on one line.
        why: the longer explanation: paragraphs, each on one line, with an empty line between them; an indented one is
            a formula, on one line or several.
        snippet: a doctest that shows it, to be run after `PRELUDE`; "" if there is none.
    """

    id: str
    topic: str
    question: str
    short: str
    why: str
    snippet: str


def load() -> tuple[Card, ...]:
    """All cards, in the order of the files and of the cards in each.

    Raises:
        ValueError: a file that is not as it should be: which, in which line, and what was expected there.
    """
    folder = files(__package__) / "questions"
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".md")}
    return parsed(sorted(texts.items()))


def parsed(texts: Iterable[tuple[str, str]]) -> tuple[Card, ...]:
    """The cards in files, each given as its name and its text; an id may occur only once in all of them."""
    cards: dict[str, Card] = {}
    for name, text in texts:
        for line, card in Reader(name, text).cards():
            if card.id in cards:
                raise fault(name, line, f"an id of its own; {cards[card.id].topic}.md has a card {card.id} already")
            cards[card.id] = card
    return tuple(cards.values())


def fault(file: str, line: int, expected: str) -> ValueError:
    """The error for a file that is not as it should be."""
    return ValueError(f"questions/{file}, line {line}: expected {expected}")


class Reader:
    """Walks through one file, a line at a time."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = text.splitlines()
        self.at = 0  # the line that comes next, counted from 0

    def cards(self) -> Iterable[tuple[int, Card]]:
        """Every card, and the number of the line it begins in."""
        self.take(r"# \S.*", "a title, `# ...`")
        self.skip_empty()
        while self.at < len(self.lines):
            yield self.at + 1, self.card()

    def card(self) -> Card:
        """The card that begins here; afterwards the next one does."""
        heading = self.take(r"## [a-z0-9]+(-[a-z0-9]+)*", "a card, `## words-joined-by-hyphens`")
        question = self.take(r"\S.*", "the question, on one line")
        self.take("", "an empty line after the question")
        short = self.paragraph(SHORT)
        why = [self.paragraph(WHY)]
        while self.at < len(self.lines) and not self.lines[self.at].startswith((FENCE, "#")):
            why.append(self.paragraph())
        return Card(heading[3:], self.name.removesuffix(".md"), question, short, "\n\n".join(why), self.snippet())

    def paragraph(self, begins: str = "") -> str:
        """The next paragraph, which must begin so, without its beginning; on one line, unless it is indented."""
        lines = [self.take(re.escape(begins) + r".*\S.*", f"`{begins}...`").removeprefix(begins)]
        while self.at < len(self.lines) and self.lines[self.at]:
            lines.append(self.take(".+", "text"))
        self.skip_empty()
        return ("\n" if lines[0].startswith(" ") else " ").join(lines)

    def snippet(self) -> str:
        """The fenced block that may end a card, without its fences."""
        lines: list[str] = []
        if self.at < len(self.lines) and self.lines[self.at].startswith(FENCE):
            opened = self.at + 1
            self.take(f"{FENCE}python", f"a snippet that begins with {FENCE}python")
            while self.at < len(self.lines) and self.lines[self.at] != FENCE:
                lines.append(self.lines[self.at])
                self.at += 1
            self.take(FENCE, f"{FENCE}, the end of the snippet that began in line {opened}")
            self.skip_empty()
        return "\n".join(lines)

    def take(self, pattern: str, expected: str) -> str:
        """The next line, which must be of this form."""
        line = self.lines[self.at] if self.at < len(self.lines) else None
        if line is None or not re.fullmatch(pattern, line):
            got = "the end of the file" if line is None else repr(line) if line else "an empty line"
            raise fault(self.name, self.at + 1, f"{expected}; got {got}")
        self.at += 1
        return line

    def skip_empty(self) -> None:
        """Go on to the next line that says something."""
        while self.at < len(self.lines) and not self.lines[self.at]:
            self.at += 1

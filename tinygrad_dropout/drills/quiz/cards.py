"""The question cards, read from `questions/*.md`.

Each file is a topic: a title, then its cards. A card looks like this; the snippet is optional.

    ## why-scale
    What are the kept units multiplied by?

    **In short.** What you would say in an interview.

    **Points.**

    - what the interviewer wants to hear, in three to five points
    - each point can be checked off independently

    **Why.** The derivation, in one or more paragraphs. Paragraphs indented by four spaces are formulas.

    ```python
    >>> 1 / (1 - 0.75)
    4.0
    ```
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from tinygrad_dropout.drills.quiz.reader import SHORT, Reader, fault

WHY = "**Why.** "

#: The code that runs before every snippet.
PRELUDE = """\
>>> import numpy as np, tinygrad_dropout as td
>>> F = td.functional; td.manual_seed(0)"""


@dataclass(frozen=True)
class Card:
    """A question and its answer.

    Attributes:
        id: words joined by hyphens. It never changes, because progress is saved under it.
        topic: the name of its file, such as "dropout_in_practice".
        question: the question, on one line.
        short: what you would say in an interview: one paragraph, on one line.
        why: the longer explanation: paragraphs, each on one line, with empty lines in between; an indented paragraph is
            a formula, on one or more lines.
        snippet: a doctest that demonstrates it, to be run after `PRELUDE`; "" if there is none.
        points: what an interviewer wants to hear in the answer; each can be checked off independently.
    """

    id: str
    topic: str
    question: str
    short: str
    why: str
    snippet: str
    points: tuple[str, ...] = ()


def load() -> tuple[Card, ...]:
    """All cards, in the order of the files and of the cards in each file.

    Raises:
        ValueError: a file has a mistake; the message names the file, the line and what was expected.
    """
    folder = files(__package__) / "questions"
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".md")}
    return parsed(sorted(texts.items()))


def parsed(texts: Iterable[tuple[str, str]]) -> tuple[Card, ...]:
    """The cards of several files, given as (name, text); every id must be unique."""
    cards: dict[str, Card] = {}
    for name, text in texts:
        reader = Reader(f"questions/{name}", text)
        for line in reader.entries():
            card = read_card(reader, topic=name.removesuffix(".md"))
            if card.id in cards:
                taken = f"a unique id; {cards[card.id].topic}.md already has a card {card.id}"
                raise fault(reader.name, line, taken)
            cards[card.id] = card
    return tuple(cards.values())


def read_card(reader: Reader, topic: str) -> Card:
    """Read the card at the reader's position; afterward the reader is at the next card."""
    name = reader.heading("[a-z0-9]+(-[a-z0-9]+)*", "a card, `## words-joined-by-hyphens`")
    question = reader.question()
    short = reader.paragraph(SHORT)
    points = reader.points()
    why = [reader.paragraph(WHY)]
    while reader.continues():
        why.append(reader.paragraph())
    return Card(name, topic, question, short, "\n\n".join(why), reader.snippet(), points)

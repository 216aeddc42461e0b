"""The question cards, read from `questions/*.md`.

Each file is a topic: a title, then its cards one after the other. A card looks like this; the snippet may be missing.

    ## why-scale
    What are the kept units multiplied by?

    **In short.** What you would say in an interview.

    **Points.**

    - what the interviewer wants to hear, in three to five points
    - each of which can be ticked without the others

    **Why.** The derivation, in one paragraph or several. Paragraphs indented by four spaces are formulas.

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

#: What every snippet takes for granted.
PRELUDE = """\
>>> import numpy as np, tinygrad_dropout as td
>>> F = td.functional; td.manual_seed(0)"""


@dataclass(frozen=True)
class Card:
    """A question and its answer.

    Attributes:
        id: words joined by hyphens; it never changes, since progress is kept under it.
        topic: the name of its file: "dropout_in_practice".
        question: one line.
        short: what you would say in an interview: one paragraph, on one line.
        why: the longer explanation: paragraphs, each on one line, with an empty line between them; an indented one is
            a formula, on one line or several.
        snippet: a doctest that shows it, to be run after `PRELUDE`; "" if there is none.
        points: what an interviewer wants to hear in the answer, each to be ticked on its own.
    """

    id: str
    topic: str
    question: str
    short: str
    why: str
    snippet: str
    points: tuple[str, ...] = ()


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
        reader = Reader(f"questions/{name}", text)
        for line in reader.entries():
            card = read_card(reader, topic=name.removesuffix(".md"))
            if card.id in cards:
                taken = f"an id of its own; {cards[card.id].topic}.md has a card {card.id} already"
                raise fault(reader.name, line, taken)
            cards[card.id] = card
    return tuple(cards.values())


def read_card(reader: Reader, topic: str) -> Card:
    """The card at which the reader stands; afterwards it stands at the next one."""
    name = reader.heading("[a-z0-9]+(-[a-z0-9]+)*", "a card, `## words-joined-by-hyphens`")
    question = reader.question()
    short = reader.paragraph(SHORT)
    points = reader.points()
    why = [reader.paragraph(WHY)]
    while reader.continues():
        why.append(reader.paragraph())
    return Card(name, topic, question, short, "\n\n".join(why), reader.snippet(), points)

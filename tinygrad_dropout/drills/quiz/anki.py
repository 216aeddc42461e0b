"""Cards for Anki, the flash card program: a text file that it imports by itself (version 2.1.54 or newer).

The lines that begin with # tell Anki how to read the file (https://docs.ankiweb.net/importing/text-files.html). The
first column is an id that never changes, so that importing a newer file updates the notes and keeps their history. The
deck is made if there is none; before Anki 25.07.3 it is not, and the notes go to the deck chosen in the import dialog.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from tinygrad_dropout.drills.quiz.cards import Card

DECK = "Backprop and dropout"

# The columns have no names: Anki would look for fields that are called so, and in a translated Anki there are none.
HEADER = (
    "#separator:tab",
    "#html:true",
    "#notetype:Basic",
    f"#deck:{DECK}",
    "#guid column:1",
    "#tags column:4",
)


def export(cards: Iterable[Card]) -> str:
    """The text of the file, to be written in UTF-8: one line for each card, whose tag is its topic."""
    return "\n".join([*HEADER, *map(line, cards)]) + "\n"


def line(card: Card) -> str:
    """A card's columns. They are HTML, in which neither a tab, a quotation mark nor the end of a line is left over."""
    points = "".join(f"<li>{html(point)}</li>" for point in card.points)
    answer = f"<b>{html(card.short)}</b><ul style='text-align: left'>{points}</ul>{html(card.why)}"
    if card.snippet:
        answer += preformatted(card.snippet)
    return "\t".join([f"tinygrad_dropout/{card.id}", html(card.question), answer, f"tinygrad_dropout::{card.topic}"])


def html(text: str) -> str:
    """Paragraphs, those that are indented as they are; what stands in backticks is code."""
    return "<br><br>".join(
        preformatted(paragraph)
        if paragraph.startswith(" ")
        else re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(paragraph))
        for paragraph in text.split("\n\n")
    )


def preformatted(text: str) -> str:
    """Text whose spaces and lines stay where they are."""
    return f"<pre style='text-align: left'>{escape(text).replace(chr(10), '<br>')}</pre>"

"""Exports the cards for Anki, the flashcard program: a text file that Anki 2.1.54 or newer can import without settings.

The lines that begin with # tell Anki how to read the file (https://docs.ankiweb.net/importing/text-files.html). The
first column is an id that never changes, so importing a newer file updates the notes and keeps their history. Anki
creates the deck if it does not exist; versions before 25.07.3 use the deck selected in the import dialog instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from tinygrad_dropout.drills.quiz.cards import Card

DECK = "Backprop and dropout"

# The columns have no names, because Anki would look for fields with those names, which a translated Anki does not have.
HEADER = (
    "#separator:tab",
    "#html:true",
    "#notetype:Basic",
    f"#deck:{DECK}",
    "#guid column:1",
    "#tags column:4",
)


def export(cards: Iterable[Card]) -> str:
    """The text of the file, to be written in UTF-8: one line per card, tagged with its topic."""
    return "\n".join([*HEADER, *map(line, cards)]) + "\n"


def line(card: Card) -> str:
    """A card's columns as HTML, without any tab, quotation mark or line break."""
    points = "".join(f"<li>{html(point)}</li>" for point in card.points)
    answer = f"<b>{html(card.short)}</b><ul style='text-align: left'>{points}</ul>{html(card.why)}"
    if card.snippet:
        answer += preformatted(card.snippet)
    return "\t".join([f"tinygrad_dropout/{card.id}", html(card.question), answer, f"tinygrad_dropout::{card.topic}"])


def html(text: str) -> str:
    """Convert paragraphs to HTML: indented ones are preformatted, and text in backticks is code."""
    return "<br><br>".join(
        preformatted(paragraph)
        if paragraph.startswith(" ")
        else re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(paragraph))
        for paragraph in text.split("\n\n")
    )


def preformatted(text: str) -> str:
    """Convert text to HTML that keeps its spaces and line breaks."""
    return f"<pre style='text-align: left'>{escape(text).replace(chr(10), '<br>')}</pre>"

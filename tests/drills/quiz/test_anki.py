"""The file for Anki, read the way Anki reads it: with csv, by the columns named in its header."""

import csv
import html
import re

from tinygrad_dropout.drills.quiz import anki
from tinygrad_dropout.drills.quiz.cards import Card, load

CARDS = load()


def rows(text):
    """The header as a dict, and the rows."""
    lines = text.splitlines()
    header = dict(line[1:].split(":", 1) for line in lines if line.startswith("#"))
    assert header["separator"] == "tab"
    return header, list(csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", strict=True))


def shown(field):
    """The visible text of a field, without spaces."""
    return "".join(html.unescape(re.sub("<[^>]*>", "", field.replace("<br>", "\n"))).split())


def test_the_header_says_how_to_import_it():
    header, _ = rows(anki.export(CARDS))
    assert header == {
        "separator": "tab",
        "html": "true",
        "notetype": "Basic",
        "deck": "Backprop and dropout",
        "guid column": "1",
        "tags column": "4",
    }


def test_every_card_is_one_row_with_a_permanent_id():
    _, found = rows(anki.export(CARDS))
    assert [row[0] for row in found] == [f"tinygrad_dropout/{card.id}" for card in CARDS]
    assert {len(row) for row in found} == {4}


def test_the_text_is_complete():
    for card, (_, question, answer, tags) in zip(CARDS, rows(anki.export(CARDS))[1], strict=True):
        assert shown(question) == "".join(card.question.replace("`", "").split())
        text = "".join([card.short, *card.points, card.why]).replace("`", "") + card.snippet
        assert shown(answer) == "".join(text.split())
        assert tags == f"tinygrad_dropout::{card.topic}"


def test_every_tag_is_closed():
    for row in rows(anki.export(CARDS))[1]:
        for name in ("b", "code", "pre", "ul", "li"):
            assert len(re.findall(f"<{name}[ >]", row[2])) == row[2].count(f"</{name}>")


def test_characters_that_would_break_the_file_or_the_page_are_escaped():
    card = Card(
        "a-card",
        "topic",
        'Is "a" < b & c?',
        "<b> Yes.",
        "`x < y`, since\n\n    a\n      b\n\nis so.",
        '>>> "1"\n1',
        ("a & b",),
    )
    ((_, question, answer, _),) = rows(anki.export([card]))[1]
    assert question == "Is &quot;a&quot; &lt; b &amp; c?"
    assert answer.startswith("<b>&lt;b&gt; Yes.</b><ul style='text-align: left'><li>a &amp; b</li></ul><code>x &lt; y")
    assert "<pre style='text-align: left'>    a<br>      b</pre>" in answer
    assert answer.endswith("<br>1</pre>")

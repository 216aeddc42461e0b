"""docs/testing.md shows the saved output of its command."""

import make_testing
from blocks import rendered


def test_the_page_shows_the_saved_output():
    text = make_testing.PAGE.read_text(encoding="utf-8")
    assert rendered(text, make_testing.blocks()) == text


def test_the_saved_run_found_no_disagreement():
    assert make_testing.SAVED.read_text(encoding="utf-8") == "100,000 programs: no disagreement\n"

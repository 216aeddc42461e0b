"""What docs/testing.md shows is what its command printed."""

import make_testing
from blocks import rendered


def test_the_count_is_that_of_the_kept_run():
    text = make_testing.PAGE.read_text(encoding="utf-8")
    assert rendered(text, make_testing.blocks()) == text


def test_the_kept_run_found_no_disagreement():
    assert make_testing.KEPT.read_text(encoding="utf-8") == "100,000 programs: no disagreement\n"

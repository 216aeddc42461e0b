"""Progress: a bar on a terminal; anywhere else a few lines without escape codes."""

from io import StringIO

import pytest
from rich.console import Console

from tinygrad_dropout.lab.progress import shown_progress


def progress_of(pairs, *, terminal, seen=()):
    file = StringIO()
    console = Console(file=file, force_terminal=terminal, width=100)
    with shown_progress(console, pairs) as progress:
        for done, total, finished in seen:
            progress(done, total, finished)
    return file.getvalue()


def test_a_terminal_gets_a_bar_with_the_time_left():
    shown = progress_of(10, terminal=True, seen=[(0, 160, 0), (80, 160, 4)])
    assert "4 of 10 pairs" in shown
    assert "50%" in shown
    assert "left" in shown


@pytest.mark.parametrize(
    ("pairs", "lines"),
    [
        (2, ["1 of 2 pairs finished", "2 of 2 pairs finished"]),
        (10, [f"{pair} of 10 pairs finished" for pair in (2, 4, 6, 8, 10)]),
        (1000, [f"{pair} of 1000 pairs finished" for pair in (200, 400, 600, 800, 1000)]),
    ],
)
def test_a_pipe_gets_a_few_plain_lines(pairs, lines):
    seen = [(pair, pairs, pair) for pair in range(pairs + 1) for _ in range(3)]
    assert progress_of(pairs, terminal=False, seen=seen).splitlines() == lines


def test_pairs_of_an_earlier_run_are_counted():
    assert progress_of(10, terminal=False, seen=[(1, 60, 7), (2, 60, 7)]) == "7 of 10 pairs finished\n"


def test_nothing_to_do_is_shown_as_nothing():
    assert progress_of(10, terminal=False) == ""

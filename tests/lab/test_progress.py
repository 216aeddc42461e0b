"""Progress: a bar on a terminal; anywhere else a few lines without escape codes."""

from io import StringIO

import pytest
from rich.console import Console

from tinygrad_dropout.lab.progress import shown_progress


def progress_of(trials, *, terminal, seen=()):
    file = StringIO()
    console = Console(file=file, force_terminal=terminal, width=100)
    with shown_progress(console) as progress:
        for done, total, finished in seen:
            progress(done, total, finished, trials)
    return file.getvalue()


def test_a_terminal_gets_a_bar_with_the_time_left():
    shown = progress_of(10, terminal=True, seen=[(0, 160, 0), (80, 160, 4)])
    assert "4 of 10 trials" in shown
    assert "50%" in shown
    assert "left" in shown


@pytest.mark.parametrize(
    ("trials", "lines"),
    [
        (2, ["1 of 2 trials finished", "2 of 2 trials finished"]),
        (10, [f"{trial} of 10 trials finished" for trial in (2, 4, 6, 8, 10)]),
        (1000, [f"{trial} of 1000 trials finished" for trial in (200, 400, 600, 800, 1000)]),
    ],
)
def test_a_pipe_gets_a_few_plain_lines(trials, lines):
    seen = [(trial, trials, trial) for trial in range(trials + 1) for _ in range(3)]
    assert progress_of(trials, terminal=False, seen=seen).splitlines() == lines


def test_trials_of_an_earlier_run_are_counted():
    assert progress_of(10, terminal=False, seen=[(1, 60, 7), (2, 60, 7)]) == "7 of 10 trials finished\n"


def test_a_single_trial_needs_no_line():
    assert progress_of(1, terminal=False, seen=[(0, 1, 0), (1, 1, 1)]) == ""


def test_nothing_to_do_is_shown_as_nothing():
    assert progress_of(10, terminal=False) == ""

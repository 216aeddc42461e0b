"""The progress of a training run: about ten lines in a file, one line on a terminal."""

import io
import re
import sys

import pytest

from tests.training.test_fit import Parts, X, Y
from tinygrad_dropout.training import _progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("epochs", "lines"), [(1, 1), (5, 5), (10, 10), (37, 10), (100, 10)])
def test_a_file_gets_about_ten_lines(capsys, epochs, lines):
    Parts().fit(epochs, progress=True, validate=lambda model: 0.25)
    shown = capsys.readouterr().err.splitlines()
    assert len(shown) == lines
    assert re.fullmatch(
        rf"epoch {epochs} of {epochs}  train loss [\d.]+  validation 0.25  lr 0.01  0 s left", shown[-1]
    )


@pytest.mark.parametrize("columns", [30, 80, 200])
def test_a_terminal_has_one_line_that_fits_it(monkeypatch, columns):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("COLUMNS", str(columns))
    Parts().fit(4, progress=True, validate=(X, Y))
    shown = sys.stderr.getvalue()
    assert shown.endswith("\n")
    assert shown.count("\n") == 1
    frames = shown[1:-1].split("\r")
    assert [len(frame) for frame in frames] == [columns - 1] * 4
    assert frames[-1].startswith("epoch 4 of 4")


def test_nothing_is_shown_by_default(capsys):
    Parts().fit(3)
    assert capsys.readouterr() == ("", "")


def test_the_seconds_left_are_estimated_from_the_remaining_epochs(monkeypatch, capsys):
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(_progress, "perf_counter", lambda: next(clock))
    history = {}
    Parts().fit(2, history=history)
    Parts().fit(4, progress=True, history=history)
    shown = capsys.readouterr().err
    assert re.findall(r"(\d+) s left", shown) == ["10", "0"]


def test_an_interruption_before_the_first_epoch_ends_leaves_no_line(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(ZeroDivisionError):
        Parts().fit(9, progress=True, after_step=lambda: 1 / 0)
    assert sys.stderr.getvalue() == ""


def test_an_interruption_leaves_the_line_ended(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    steps = iter(range(6))
    with pytest.raises(StopIteration):
        Parts().fit(9, progress=True, after_step=lambda: next(steps))
    assert sys.stderr.getvalue().endswith("\n")

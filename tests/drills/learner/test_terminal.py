"""Lines with a time limit, and keys on a terminal."""

import os
import sys
import time
from types import SimpleNamespace

import pytest

from tinygrad_dropout.drills.learner.terminal import Lines, keys, pressed, pressed_on_windows


@pytest.fixture
def typed(monkeypatch):
    """A pipe instead of the keyboard; text that is written into it is typed."""
    reading, writing = os.pipe()
    with open(reading) as standard_input, open(writing, "w", buffering=1) as keyboard:
        monkeypatch.setattr(sys, "stdin", standard_input)
        yield keyboard
        keyboard.close()
        time.sleep(0.05)  # until the thread has seen the end


def test_lines_come_one_by_one_after_their_prompt(typed, capsys):
    lines = Lines()
    typed.write("first\nsecond\n")
    assert [lines.read("1> ", None), lines.read("2> ", 5.0)] == ["first", "second"]
    assert capsys.readouterr().out == "1> 2> "


def test_no_input_in_time_is_a_timeout(typed):
    lines = Lines()
    with pytest.raises(TimeoutError):
        lines.read("> ", 0.05)
    typed.write("later\n")
    assert lines.read("> ", 5.0) == "later"


def test_the_end_of_the_input_stays_the_end(typed):
    lines = Lines()
    typed.close()
    for _ in range(2):
        with pytest.raises(EOFError):
            lines.read("> ", None)


def test_a_pipe_has_no_keys(typed):
    with keys() as has_keys:
        assert not has_keys


@pytest.mark.skipif(os.name == "nt", reason="there are no pseudo-terminals")
def test_a_terminal_has_keys_and_is_restored(monkeypatch):
    import pty
    import termios

    keyboard, terminal = pty.openpty()
    with open(terminal) as standard_input:
        monkeypatch.setattr(sys, "stdin", standard_input)
        before = termios.tcgetattr(terminal)
        with keys() as has_keys:
            assert has_keys
            os.write(keyboard, b"Q")
            assert pressed(5.0) == "q"
            assert pressed(0.01) == ""
        assert termios.tcgetattr(terminal) == before
    os.close(keyboard)


@pytest.mark.parametrize(("keyboard", "key"), [(["", "", "Q"], "q"), ([], "")])
def test_on_windows_keys_are_polled(monkeypatch, keyboard, key):
    waiting = list(keyboard)

    def hit():  # "" means that no key was down
        return bool(waiting) and bool(waiting[0] or waiting.pop(0))

    module = SimpleNamespace(kbhit=hit, getwch=lambda: waiting.pop(0))
    monkeypatch.setitem(sys.modules, "msvcrt", module)
    assert pressed_on_windows(0.3) == key

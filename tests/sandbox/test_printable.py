"""Untrusted text becomes safe to show: every character is visible, and none controls the terminal."""

import pytest

from tinygrad_dropout.sandbox import described, printable
from tinygrad_dropout.sandbox.printable import printable_values

UNSAFE = {
    "an escape sequence": ("\x1b[31mred", "\\x1b[31mred"),
    "a title": ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
    "a one-byte control sequence": ("\x9b31m", "\\x9b31m"),
    "a carriage return": ("right\rwrong", "right\\rwrong"),
    "backspaces": ("wrong\b\b", "wrong\\x08\\x08"),
    "a null byte": ("a\0b", "a\\x00b"),
    "a deletion": ("a\x7f", "a\\x7f"),
    "a bidirectional override": ("a\u202eb", "a\\u202eb"),
    "a bidirectional isolate": ("a\u2067b", "a\\u2067b"),
    "a zero-width space": ("a\u200bb", "a\\u200bb"),
    "a zero-width joiner": ("a\u200db", "a\\u200db"),
    "a byte order mark": ("\ufeffa", "\\ufeffa"),
    "a variation selector": ("a\ufe0f", "a\\ufe0f"),
    "a letter that shows nothing": ("a\u3164", "a\\u3164"),
    "a tag": ("a\U000e0041", "a\\U000e0041"),
    "a lone surrogate": ("a\udc80", "a\\udc80"),
    "a line separator": ("a\u2028b", "a\\u2028b"),
}


@pytest.mark.parametrize(("text", "shown"), UNSAFE.values(), ids=UNSAFE)
def test_invisible_and_control_characters_are_escaped(text, shown):
    assert printable(text) == shown


@pytest.mark.parametrize("text", ["plain ~ \\ text", "two\nlines\tand a tab", "größer α → 日本　語 é é", "🙂"])
def test_visible_text_is_unchanged(text):
    assert printable(text) == text


class Silent(Exception):
    def __str__(self):
        raise SystemExit(0)


class Interrupted(Exception):
    def __str__(self):
        raise KeyboardInterrupt


DESCRIBED = {
    "with a text": (ValueError("bad"), "ValueError: bad"),
    "without one": (KeyError(), "KeyError"),
    "in lines": (ValueError("one\n  two"), "ValueError: one two"),
    "long": (ValueError("x" * 1000), "ValueError: " + "x" * 200),
    "whose text raises": (Silent(), "Silent: its text cannot be shown"),
    "with an escape": (ValueError("\x1b[2J"), "ValueError: \\x1b[2J"),
    "whose class is named in lines": (type("A\n\x1bB", (Exception,), {})("c"), "A \\x1bB: c"),
}


@pytest.mark.parametrize(("error", "text"), DESCRIBED.values(), ids=DESCRIBED)
def test_an_exception_is_one_line(error, text):
    assert described(error) == text


def test_ctrl_c_while_describing_an_exception_is_raised():
    with pytest.raises(KeyboardInterrupt):
        described(Interrupted())


def test_all_texts_in_a_message_become_printable():
    assert printable_values({"a\x1b": ["\x1b", 1, None, {"b": "\x07"}]}) == {
        "a\\x1b": ["\\x1b", 1, None, {"b": "\\x07"}]
    }

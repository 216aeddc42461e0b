"""Text from someone else's code, made safe to show in a terminal."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

DOUBTFUL = re.compile(r"[^ -~\n\t]")  # all but ASCII's visible characters, line breaks and tabs
#: Unicode's categories of what steers a terminal or cannot be seen: controls, formats (the zero-width and the
#: bidirectional ones among them), lone surrogates, private and unassigned characters, line and paragraph separators.
UNSEEN_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
#: Unicode counts these as letters and accents, but they take no room or show nothing.
UNSEEN_LETTERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
MOST_DESCRIBED = 200  # characters of an exception's text


def printable(text: str) -> str:
    """A text in which every character can be seen, and none steers the terminal.

    Args:
        text: from someone else's code. Line breaks and tabs stay as they are.

    Returns:
        str: the text, with what is not seen as Python would escape it: `\\x1b`, `\\u202e`.
    """
    return DOUBTFUL.sub(seen, text)


def seen(match: re.Match[str]) -> str:
    """A character itself if it can be seen, or else its escape."""
    char = match[0]
    if unicodedata.category(char) in UNSEEN_CATEGORIES or UNSEEN_LETTERS.match(char):
        return char.encode("unicode_escape").decode("ascii")
    return char


def described(error: BaseException) -> str:
    """An exception in one printable line: its class, and the beginning of its text.

    Args:
        error: of any class; its own methods may fail.
    """
    name = " ".join(type.__getattribute__(type(error), "__name__").split())
    try:
        text = " ".join(str(error).split())
    except KeyboardInterrupt:
        raise
    except BaseException:  # even sys.exit() may stand in the method that should give the text
        text = "its text cannot be shown"
    return printable(f"{name:.{MOST_DESCRIBED}}: {text:.{MOST_DESCRIBED}}" if text else name)


def printable_values(value: Any) -> Any:
    """Values read from JSON, with every text in them printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [printable_values(one) for one in value]
    if isinstance(value, dict):
        return {printable(key): printable_values(one) for key, one in value.items()}
    return value

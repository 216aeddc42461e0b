"""Makes text from untrusted code safe to show in a terminal."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

DOUBTFUL = re.compile(r"[^ -~\n\t]")  # everything except visible ASCII characters, line breaks and tabs
#: Unicode categories of characters that control a terminal or are invisible: controls, formats (including zero-width
#: and bidirectional ones), lone surrogates, private and unassigned characters, line and paragraph separators.
UNSEEN_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
#: Unicode classifies these as letters and accents, but they are invisible or have no width.
UNSEEN_LETTERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
MAX_DESCRIBED = 200  # characters of an exception's text


def printable(text: str) -> str:
    """Escape every character that is invisible or controls the terminal.

    Args:
        text: text from untrusted code. Line breaks and tabs stay unchanged.

    Returns:
        str: the text with Python's escapes for such characters, for example `\\x1b` or `\\u202e`.
    """
    return DOUBTFUL.sub(escape_unseen, text)


def escape_unseen(match: re.Match[str]) -> str:
    """The character itself if it is visible, or else its escape."""
    char = match[0]
    if unicodedata.category(char) in UNSEEN_CATEGORIES or UNSEEN_LETTERS.match(char):
        return char.encode("unicode_escape").decode("ascii")
    return char


def described(error: BaseException) -> str:
    """Describe an exception in one printable line: its class and the beginning of its text.

    Args:
        error: any exception; its own methods may fail.
    """
    name = " ".join(type.__getattribute__(type(error), "__name__").split())
    try:
        text = " ".join(str(error).split())
    except KeyboardInterrupt:
        raise
    except BaseException:  # __str__ may do anything, even call sys.exit()
        text = "its text cannot be shown"
    return printable(f"{name:.{MAX_DESCRIBED}}: {text:.{MAX_DESCRIBED}}" if text else name)


def printable_values(value: Any) -> Any:
    """Values from JSON with every text in them made printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [printable_values(item) for item in value]
    if isinstance(value, dict):
        return {printable(key): printable_values(item) for key, item in value.items()}
    return value

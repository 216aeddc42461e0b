"""Random choices from a few bytes: 0 is the simplest choice, so that Hypothesis shrinks toward simple programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

Item = TypeVar("Item")

CHUNK = 20  # bytes for one line of a program
MIN_LINES, MAX_LINES = 4, 16


def in_chunks(text: bytes) -> list[bytes]:
    """One chunk for choices that apply to the whole program, then one for each line."""
    return [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)]


#: A whole program in one draw, because Hypothesis would only vary the lines of a list. This way, each program is new.
chunks = st.binary(min_size=CHUNK * (1 + MIN_LINES), max_size=CHUNK * (1 + MAX_LINES)).map(in_chunks)


class Draw:
    """Choices, each made by the next byte; when no bytes are left, the simplest choice."""

    def __init__(self, chunk: bytes) -> None:
        self._bytes = iter(chunk)

    def below(self, count: int) -> int:
        """0 ... count - 1."""
        return next(self._bytes, 0) % count

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items; the first is the simplest."""
        return items[self.below(len(items))]

    def recent(self, items: Sequence[Item]) -> Item:
        """One of the items, more often a recent one."""
        return items[-1 - min(self.below(len(items)), self.below(len(items)))]

    def rarely(self, one_in: int) -> bool:
        """True once in this many times."""
        return self.below(one_in) == one_in - 1

    def some(self, items: Sequence[Item], least: int = 0) -> list[Item]:
        """Some of the items, in any order, each at most once."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(least + self.below(len(items) - least + 1))]

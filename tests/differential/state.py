"""The state of a running program: its values in both frameworks, and everything noted about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from tests.differential import endings
from tests.differential.program import Disagreement, Instruction
from tinygrad_dropout import Tensor


@dataclass
class Slot:
    """A value in both frameworks.

    Args:
        family: values of one family can share memory.
        parents: the places of the operands that required gradients when it was recorded.
        large: it is not used again, because the result would be only rounding and overflow.
        made_by: the operation that made it.
        walks: how many backward calls started here.
        uses: how many instructions had it as an operand.
        changed: whether its storage was changed in place.
    """

    ours: Tensor
    theirs: Any
    family: int
    made_by: str
    parents: tuple[int, ...] = ()
    large: bool = False
    uses: int = 0
    walks: int = 0
    changed: bool = False


class Ended(Exception):
    """The frameworks differ in a known way, so nothing after it can be compared."""


class State:
    """A partly run program."""

    def __init__(self) -> None:
        self.program: list[Instruction | None] = []
        self.slots: list[Slot | None] = []
        self.freed: set[int] = set()  # places whose graph an earlier backward freed
        self.apart: set[int] = set()  # families that share memory in only one framework
        self.read: dict[int, tuple[np.ndarray, np.ndarray]] = {}  # arrays read from .grad, and what was in them
        self.tags: set[str] = set()
        self.over = False

    def known(self) -> list[Slot]:
        """Every existing value."""
        return [slot for slot in self.slots if slot is not None]

    def ours(self) -> list[Tensor]:
        """Every value of ours."""
        return [slot.ours for slot in self.slots if slot is not None]

    def values(self) -> list[Any]:
        """Our value at each place, or None."""
        return [None if slot is None else slot.ours for slot in self.slots]

    def behind(self, place: int) -> set[int]:
        """The results that a backward from here visits."""
        seen, waiting = set(), [place]
        while waiting:
            place = waiting.pop()
            slot = self.slots[place]
            if place not in seen and slot is not None and not slot.ours.is_leaf:
                seen.add(place)
                waiting += slot.parents
        return seen

    def note(self, rule: str) -> None:
        """Note that a rule was needed."""
        self.tags.add(f"rule: {rule}")

    def end(self, tag: str) -> NoReturn:
        """End the program here."""
        self.tags.add(tag)
        self.over = True
        raise Ended

    def disagree(self, what: str, ours: Any, theirs: Any) -> NoReturn:
        """Raise a Disagreement, or end the program if this is a known difference."""
        found = Disagreement(list(self.program), what, ours, theirs)
        if finding := endings.which(found, self.slots):
            self.end(f"rule: {finding}")
        raise found

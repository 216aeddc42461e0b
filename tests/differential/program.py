"""A program: a list of instructions. Each has its own place, where its result (if any) is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Instruction:
    """One operation on the values at some places.

    Args:
        operation: a row of `spellings.ROWS`, such as "relu" or "backward".
        operands: the places of its operands.
        options: all other names in its spelling; arrays are NumPy's.
        modes: the contexts it runs in, outermost first: "no_grad", "enable_grad".
    """

    operation: str
    operands: tuple[int, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    modes: tuple[str, ...] = ()

    @property
    def records(self) -> bool:
        """Whether gradients are recorded while it runs."""
        return not self.modes or self.modes[-1] == "enable_grad"


class Disagreement(AssertionError):
    """The frameworks differ, and no rule allows it.

    Args:
        program: the instructions up to the difference; None for one that was left out.
        what: the difference in a few words.
        ours, theirs: the result of each framework.
    """

    def __init__(self, program: list[Instruction | None], what: str, ours: Any, theirs: Any) -> None:
        super().__init__(f"{what}\n  ours:    {ours}\n  PyTorch: {theirs}")
        self.program = program
        self.what = what
        self.ours = ours
        self.theirs = theirs

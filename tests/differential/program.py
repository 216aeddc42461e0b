"""What a program is: a list of instructions. Each has a place of its own, and its result (if any) is found there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Instruction:
    """One operation of the values at some places.

    Args:
        operation: a row of `spellings.ROWS`, such as "relu" or "backward".
        operands: the places of the values that it takes.
        options: everything else that its spelling mentions; arrays are NumPy's.
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
    """The frameworks differ, and no rule says that they may.

    Args:
        program: the instructions up to the one after which they differ; None for one that was left out.
        what: the difference in a few words.
        ours, theirs: what each framework gave.
    """

    def __init__(self, program: list[Instruction | None], what: str, ours: Any, theirs: Any) -> None:
        super().__init__(f"{what}\n  ours:    {ours}\n  PyTorch: {theirs}")
        self.program = program
        self.what = what
        self.ours = ours
        self.theirs = theirs

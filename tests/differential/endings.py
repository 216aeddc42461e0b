"""Deliberate differences after which the two frameworks cannot be compared, so the program ends there.

The other deliberate differences are in `rules.py`: there, the program goes on.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.differential.program import Disagreement, Instruction
from tests.differential.rules import uses


def stops(instruction: Instruction, operands: list[Any]) -> str | None:
    """An instruction before which the program ends."""
    turned_on = instruction.operation == "requires_grad_" and instruction.options["flag"]
    if turned_on and operands[0].uses and not operands[0].ours.requires_grad:
        return "whether a leaf requires gradients is checked in backward, not when it is used"
    return None


def which(found: Disagreement, slots: list[Any]) -> str | None:
    """The deliberate difference behind this disagreement, or None."""
    what = found.what
    if what.endswith("numbers") and np.isnan(found.ours).any() and uses(found.program, "relu"):
        # Selecting instead of multiplying would make a step of a large network 6% slower.
        return "relu multiplies the gradient by 0 or 1, which makes NaN of an infinite one where x <= 0"
    if what.startswith("a changed value") and any(line and line.options.get("flag") is False for line in found.program):
        return "a value that only a leaf which no longer requires gradients would need is not read"
    if what.startswith("a changed value that backward of") and any(slot and slot.ours.ndim == 0 for slot in slots):
        return "the saved 0-d result is a copy, so no change reaches it"
    return None

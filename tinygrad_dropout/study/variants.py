"""The same pass with other chances: another mask, no dropout at all, another p."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.functional._dropout import dropout_backward
from tinygrad_dropout.functional._masks import draw_mask
from tinygrad_dropout.study.rerun import Changes, rebuild, rebuilt_exactly, record_again
from tinygrad_dropout.study.trace import Node, Pass

SEED = 20  # of the masks that are drawn here; the framework's own generators are not touched


def variants(recorded: Pass) -> list[Pass]:
    """The pass again, once for each other way that its dropouts could have gone; none if it has no dropout.

    Raises:
        StudyError: the pass cannot be done again.
    """
    dropouts = {index: value for index, value in enumerate(recorded.nodes) if value.backward is dropout_backward}
    if not dropouts:
        return []
    rebuilt_exactly(recorded)
    rng = np.random.default_rng(SEED)
    rates = sorted({value.saved["p"] for value in dropouts.values()})
    other = 0.2 if rates[-1] > 0.35 else 0.5
    found = []
    for label, changed in (
        ("another mask", {index: redrawn(value, value.saved["p"], rng) for index, value in dropouts.items()}),
        ("evaluation mode", {index: {"training": False} for index in dropouts}),
        (f"p = {other:g}", {index: redrawn(value, other, rng) for index, value in dropouts.items()}),
    ):
        found.append(record_again(recorded, rebuild(recorded, changes=changed), label))
    return found


def redrawn(value: Node, p: float, rng: np.random.Generator) -> Changes:
    """A dropout's arguments with a mask of another draw: for the same p, one that differs if any does."""
    changes: dict[str, Any] = {}
    for _ in range(20):
        mask = draw_mask(value.data.shape, p, rng, value.shared_axes)
        changes = {"mask": np.ascontiguousarray(mask), "p": p}
        if not np.array_equal(mask, value.saved["mask"]):
            break
    return changes

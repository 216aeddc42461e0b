"""Variants of a pass: with another mask, in evaluation mode, and with another p."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.functional._dropout import dropout_backward
from tinygrad_dropout.functional._masks import draw_mask
from tinygrad_dropout.study.rerun import Changes, rebuild, rebuild_exactly, record_again
from tinygrad_dropout.study.trace import Node, Pass

SEED = 20  # for the masks that are drawn here; the framework's own generators are not used


def run_variants(recorded: Pass) -> list[Pass]:
    """Rerun a pass with another mask, in evaluation mode, and with another p; [] if it has no dropout.

    Raises:
        StudyError: the pass can't be rerun.
    """
    dropouts = {index: node for index, node in enumerate(recorded.nodes) if node.backward is dropout_backward}
    if not dropouts:
        return []
    rebuild_exactly(recorded)
    rng = np.random.default_rng(SEED)
    rates = sorted({node.saved["p"] for node in dropouts.values()})
    other = 0.2 if rates[-1] > 0.35 else 0.5
    found = []
    for label, changed in (
        ("another mask", {index: redraw(node, node.saved["p"], rng) for index, node in dropouts.items()}),
        ("evaluation mode", {index: {"training": False} for index in dropouts}),
        (f"p = {other:g}", {index: redraw(node, other, rng) for index, node in dropouts.items()}),
    ):
        found.append(record_again(recorded, rebuild(recorded, changes=changed), label))
    return found


def redraw(node: Node, p: float, rng: np.random.Generator) -> Changes:
    """Draw a new mask for a dropout, one that differs from the recorded mask if possible. Returns the new arguments."""
    changes: dict[str, Any] = {}
    for _ in range(20):
        mask = draw_mask(node.data.shape, p, rng, node.shared_axes)
        changes = {"mask": np.ascontiguousarray(mask), "p": p}
        if not np.array_equal(mask, node.saved["mask"]):
            break
    return changes

"""A layer keeps only what its last forward needs, not what every forward needed."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

from tinygrad_dropout.conformance.examination import Examination
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes.dropout import calls as mistakes

SHAPE, ROUNDS = (16, 64), 60


def examine_memory(examination: Examination) -> Iterator[Finding]:
    """How much memory stays allocated after many rounds of forward and backward."""
    if tracemalloc.is_tracing():
        return  # the caller is using tracemalloc
    layer, x = examination.layer(), examination.numbers(examination.shape(*SHAPE))
    kept = []
    tracemalloc.start()
    try:
        for _ in range(3):
            for _ in range(ROUNDS):
                layer.forward(x)
                if not examination.options.forward_only:
                    layer.backward(x)
            kept.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    growth = min(kept[1] - kept[0], kept[2] - kept[1]) / ROUNDS
    if growth > x.size / 8:  # a bit for each element
        yield mistakes.KEEPS_MEMORY.seen(bytes=round(growth), size=x.size)

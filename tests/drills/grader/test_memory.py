"""How much memory a call takes."""

import tracemalloc

import numpy as np
import pytest

from tinygrad_dropout.drills.grader.memory import peak_memory_of

MEGABYTE = 2**20


def test_memory_in_use_counts_and_freed_memory_does_not():
    def one_after_the_other():
        for _ in range(5):
            np.zeros(MEGABYTE, np.uint8)

    assert MEGABYTE <= peak_memory_of(one_after_the_other) < 2 * MEGABYTE
    assert peak_memory_of(lambda: [np.zeros(MEGABYTE, np.uint8) for _ in range(5)]) >= 5 * MEGABYTE


def test_earlier_memory_does_not_count():
    tracemalloc.start()
    try:
        kept = np.zeros(3 * MEGABYTE, np.uint8)
        assert peak_memory_of(lambda: kept.sum()) < MEGABYTE
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


def test_tracing_stops_after_an_error():
    with pytest.raises(ZeroDivisionError):
        peak_memory_of(lambda: 1 / 0)
    assert not tracemalloc.is_tracing()

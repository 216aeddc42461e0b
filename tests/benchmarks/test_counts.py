"""What a step costs in counts: the same each time, and each kind for itself."""

import gc

import pytest

import tinygrad_dropout as td
from benchmarks import counts


@pytest.mark.parametrize("key", counts.COUNTED)
def test_a_count_is_the_same_each_time(key):
    assert counts.counts(key) == counts.counts(key)


def test_calls_are_counted_by_kind():
    def step():
        len("")
        abs(1)
        (lambda: None)()

    assert counts.calls(step) == {"Python calls": 1, "C calls": 2}


def test_a_garbage_collection_is_not_counted():
    def step():
        return [[] for _ in range(1000)]

    alone = counts.calls(step)
    gc.callbacks.append(listener := lambda phase, info: None)
    thresholds = gc.get_threshold()
    gc.set_threshold(1)
    try:
        assert counts.calls(step) == alone
        assert gc.isenabled()
    finally:
        gc.set_threshold(*thresholds)
        gc.callbacks.remove(listener)


def test_only_bytecodes_of_the_framework_count():
    x = td.Tensor([1.0])

    def step(times):
        for _ in range(times):
            x.relu()

    assert counts.bytecodes(lambda: sum(range(100))) == 0
    assert counts.bytecodes(lambda: step(4)) == 2 * counts.bytecodes(lambda: step(2)) > 0

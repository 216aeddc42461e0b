"""The workloads: the same numbers for every contender, and nothing in them that would be timed by mistake."""

import numpy as np
import pytest

from benchmarks.workloads import WORKLOADS, Training
from tests.benchmarks.small import TRAINING


def test_every_call_gives_fresh_arrays_with_the_same_numbers():
    for one, other in zip(TRAINING.parameters(), TRAINING.parameters(), strict=True):
        for mine, yours in zip(one, other, strict=True):
            np.testing.assert_array_equal(mine, yours)
            assert not np.shares_memory(mine, yours)


def test_rates_stand_in_front_of_the_linear_layers():
    assert TRAINING.rates == [0.2, 0.5, 0.5]


def test_the_comparable_variant_drops_nothing_and_learns():
    comparable = TRAINING.comparable()
    assert comparable.rates == [0, 0, 0]
    assert comparable.lr > 1e-3


def test_parameters_are_counted_in_bytes():
    assert TRAINING.parameter_bytes == 4 * (6 * 9 + 9 + 9 * 7 + 7 + 7 * 3 + 3)


@pytest.mark.parametrize("key", [key for key, workload in WORKLOADS.items() if isinstance(workload, Training)])
def test_a_hundred_thousand_steps_change_no_weight_that_matters(key):
    assert WORKLOADS[key].lr * 1e5 < 0.1

"""The workloads: the same numbers for every contender, and nothing in them that would be timed by mistake."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.workloads import WORKLOADS, Training, as_json, from_json
from tests.benchmarks.small import CHAIN, DROPOUT, MANY_PARAMETERS, RETAINED_CHAIN, TRAINING


def test_every_call_gives_fresh_arrays_with_the_same_numbers():
    for one, other in zip(TRAINING.parameters(), TRAINING.parameters(), strict=True):
        for mine, yours in zip(one, other, strict=True):
            np.testing.assert_array_equal(mine, yours)
            assert not np.shares_memory(mine, yours)


def test_many_parameters_are_arrays_of_their_own():
    first, second, *_ = MANY_PARAMETERS.parameters()
    again = MANY_PARAMETERS.parameters()[0]
    np.testing.assert_array_equal(first, again)
    assert not np.shares_memory(first, again)
    assert first.base is second.base is None


def test_rates_stand_in_front_of_the_linear_layers():
    assert TRAINING.rates == [0.2, 0.5, 0.5]


def test_the_comparable_variant_drops_nothing_and_learns():
    comparable = TRAINING.comparable()
    assert comparable.rates == [0, 0, 0]
    assert comparable.lr > 1e-3


def test_the_comparable_variant_trains_on_the_same_rows_at_each_step():
    assert replace(TRAINING, dataset=100).comparable().dataset == 0


@pytest.mark.parametrize("workload", [TRAINING, MANY_PARAMETERS, CHAIN, RETAINED_CHAIN, DROPOUT], ids=lambda w: w.kind)
def test_a_workload_reaches_another_process_as_it_is(workload):
    assert from_json(as_json(workload)) == workload


def test_parameters_are_counted_in_bytes():
    assert TRAINING.parameter_bytes == 4 * (6 * 9 + 9 + 9 * 7 + 7 + 7 * 3 + 3)


@pytest.mark.parametrize("key", [key for key, workload in WORKLOADS.items() if isinstance(workload, Training)])
def test_a_hundred_thousand_steps_change_no_weight_that_matters(key):
    assert WORKLOADS[key].lr * 1e5 < 0.1

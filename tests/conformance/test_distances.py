"""A dependence between elements is reported at the distance at which it is, whatever its size."""

import numpy as np
import pytest

from tests.conformance.right_layers import Dropout
from tinygrad_dropout.conformance import check_dropout


def repeats_every(distance):
    """A layer whose draws begin anew after so many elements."""

    class Repeats(Dropout):
        def draw(self, x):
            return np.resize(super().draw(np.empty(min(distance, x.size))), x.shape)

    return Repeats


def half_repeats(rows_of):
    """A layer that draws for the first rows, and uses their mask again from there on."""

    class Repeats(Dropout):
        def draw(self, x):
            rows = rows_of(len(x))
            return np.resize(super().draw(x[:rows]), x.shape)

    return Repeats


def never_drops_each(n):
    """A layer in which each n-th element is always kept."""

    class Keeps(Dropout):
        def draw(self, x):
            kept = super().draw(x)
            kept.ravel()[::n] = True
            return kept

    return Keeps


def place_of(layer, seed):
    found = check_dropout(layer, seed=seed).findings[0]
    assert found.code in ("depends-at-a-distance", "depends-on-neighbors")
    return found.message.partition(" (")[0]


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("distance", [500, 4096, 9999, 16385, 20000])
def test_what_is_repeated_is_reported_at_its_distance(distance, seed):
    assert place_of(repeats_every(distance), seed) == f"elements at a distance of {distance} in memory"


@pytest.mark.parametrize("seed", [0, 1])
def test_the_second_half_of_a_batch_is_as_far_away_as_it_is(seed):
    assert place_of(half_repeats(lambda rows: rows // 2 + 1), seed).startswith("elements at a distance of 21084 ")


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("n", [3, 5, 7])
def test_of_all_multiples_the_shortest_distance_is_reported(n, seed):
    assert place_of(never_drops_each(n), seed) == f"elements at a distance of {n} in memory"

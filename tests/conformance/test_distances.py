"""A dependence between elements is reported at its true distance, however large."""

import numpy as np
import pytest

from tests.conformance.right_layers import Dropout
from tinygrad_dropout.conformance import check_dropout


def repeats_every(distance):
    """A layer whose draws repeat after `distance` elements."""

    class Repeats(Dropout):
        def draw(self, x):
            return np.resize(super().draw(np.empty(min(distance, x.size))), x.shape)

    return Repeats


def half_repeats(rows_of):
    """A layer that draws only for the first rows and repeats their mask for the others."""

    class Repeats(Dropout):
        def draw(self, x):
            rows = rows_of(len(x))
            return np.resize(super().draw(x[:rows]), x.shape)

    return Repeats


def never_drops_each(n):
    """A layer that always keeps every n-th element."""

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
def test_a_repeated_mask_is_reported_at_its_distance(distance, seed):
    assert place_of(repeats_every(distance), seed) == f"elements at a distance of {distance} in memory"


@pytest.mark.parametrize("seed", [0, 1])
def test_a_repeated_half_of_a_batch_is_reported_at_its_distance(seed):
    assert place_of(half_repeats(lambda rows: rows // 2 + 1), seed).startswith("elements at a distance of 21084 ")


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("n", [3, 5, 7])
def test_the_shortest_distance_is_reported_instead_of_its_multiples(n, seed):
    assert place_of(never_drops_each(n), seed) == f"elements at a distance of {n} in memory"

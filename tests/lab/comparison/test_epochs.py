"""The epochs that are measured: a few, including the first and the last, and close together where the curves bend."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from tinygrad_dropout.lab.comparison.epochs import measured_epochs


def test_up_to_25_epochs_are_all_measured():
    assert all(measured_epochs(epochs) == tuple(range(1, epochs + 1)) for epochs in range(1, 26))


@given(st.integers(26, 10_000_000))
@example(26)
@example(27)
@example(80)
@example(10_000_000)
def test_in_a_long_run_20_to_25_epochs_are_measured_at_growing_distances(epochs):
    measured = measured_epochs(epochs)
    distances = [later - earlier for earlier, later in pairwise(measured)]
    assert 20 <= len(measured) <= 25
    assert measured[:5] == (1, 2, 3, 4, 5)
    assert measured[-1] == epochs
    assert all(isinstance(epoch, int) for epoch in measured)
    assert min(distances) >= 1
    assert max(distances) <= epochs / 7  # so the straight pieces stay short
    assert all(longer >= shorter - 1 for shorter, longer in pairwise(distances))  # -1: rounding


def test_the_default_comparison_measures_20_of_80_epochs():
    assert measured_epochs(80) == (1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 17, 21, 26, 32, 38, 45, 53, 61, 70, 80)

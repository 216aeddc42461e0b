"""All masks: each occurs once, with its probability; and the cost of too many."""

from fractions import Fraction

import numpy as np
import pytest

from tinygrad_dropout.lab import OptionError
from tinygrad_dropout.lab.theory.masks import all_masks, as_unit_count, in_chunks, power_of_two, probabilities


@pytest.mark.parametrize("units", [1, 2, 5, 10])
def test_there_are_two_to_the_n_masks_and_no_two_are_the_same(units):
    masks = all_masks(units)
    assert masks.shape == (2**units, units)
    assert masks.dtype == bool
    assert len(np.unique(masks, axis=0)) == 2**units


def test_a_masks_number_in_binary_says_which_units_are_kept():
    assert all_masks(3)[0b110].tolist() == [False, True, True]


def test_a_mask_is_as_likely_as_its_kept_and_dropped_units_together():
    masks = np.array([[True, True, True], [False, True, True], [False, False, False]])
    np.testing.assert_allclose(probabilities(masks, 0.2), [0.8**3, 0.2 * 0.8**2, 0.2**3], rtol=1e-15)


@pytest.mark.parametrize("p", [0.0, 1e-9, 0.1, 0.5, 0.9, 0.999])
def test_the_probabilities_of_all_masks_sum_to_one(p):
    assert probabilities(all_masks(10), p).sum() == pytest.approx(1, rel=1e-13)


@pytest.mark.parametrize("p", [0.25, 0.5, 0.875])
def test_probabilities_are_those_of_exact_arithmetic(p):
    exact, masks = Fraction(p), all_masks(6)
    for mask, probability in zip(masks, probabilities(masks, p), strict=True):
        kept = int(mask.sum())
        assert probability == pytest.approx(float(exact ** (6 - kept) * (1 - exact) ** kept), rel=1e-15)


@pytest.mark.parametrize("at_once", [1, 3, 8, 100])
def test_masks_in_chunks_are_the_same_masks(at_once):
    chunks = list(in_chunks(3, at_once))
    assert max(map(len, chunks)) <= at_once
    np.testing.assert_array_equal(np.concatenate(chunks), all_masks(3))


def test_more_units_than_can_be_enumerated_are_refused_with_what_they_would_cost():
    assert as_unit_count("units", 16, 1, 16, 400) == 16
    with pytest.raises(OptionError) as error:
        as_unit_count("units", 40, 1, 16, 400)
    assert error.value.option == "units"
    assert error.value.problem == (
        "expected at most 16, got 40: 2^40 = 1.10 x 10^12 masks, each run on 400 examples, "
        "would take 2^24 = 1.68 x 10^7 times as long as the 65,536 masks of 16"
    )


def test_too_few_units_are_refused():
    with pytest.raises(OptionError, match="expected a number from 2 to 16, got 1"):
        as_unit_count("units", 1, 2, 16, 400)


@pytest.mark.parametrize(
    ("exponent", "written"),
    [
        (0, "1"),
        (10, "1,024"),
        (19, "524,288"),
        (20, "2^20 = 1.05 x 10^6"),
        (4096, "2^4096 = 1.04 x 10^1233"),
        (10**15, "2^1000000000000000 = 1.57 x 10^301029995663981"),
        (10**20, "2^100000000000000000000"),
    ],
)
def test_powers_of_two_of_any_size_can_be_written(exponent, written):
    assert power_of_two(exponent) == written


def test_the_subnetworks_of_a_wide_layer_are_counted_exactly():
    """Without str, which refuses whole numbers of more than 4,300 digits: 2^4096 lies between these two."""
    assert 1035 * 10**1230 <= 2**4096 < 1045 * 10**1230

"""How values and differences are written: short, and never without digits."""

import pytest

from tinygrad_dropout.lab.comparison.measures import ACCURACY, LOG_LOSS, R_SQUARED, RMSE, rounded, two_digits_of


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (0.0312, 3, "0.031"), (1234.5, -1, "1,234"), (999_999, 0, "999,999"), (1_000_000, -4, "1.00e+06"),
        (-11_148_912_332, -8, "-1.11e+10"), (-8_674_914_634, -8, "-8.7e+09"), (3e7, -9, "3e+07"),
        (1e-6, 6, "0.000001"), (3.14e-7, 8, "3.1e-07"), (-0.0001, 2, "0.00"), (0, 9, "0.000000000"),
    ],
)  # fmt: skip
def test_numbers_are_rounded_and_long_ones_have_an_exponent(value, decimals, written):
    assert rounded(value, decimals) == written


@pytest.mark.parametrize(
    ("value", "written"), [(0.25, "+0.2"), (-0.25, "-0.2"), (-0.01, "+0.0"), (2e7, "+2.00000000e+07")]
)
def test_a_sign_is_written_on_request_but_never_for_minus_zero(value, written):
    assert rounded(value, 1, sign="+") == written


@pytest.mark.parametrize(("size", "decimals"), [(0.31, 2), (9.9, 1), (10, 0), (45, 0), (4500, -2), (0, 1), (2e-9, 10)])
def test_enough_decimals_are_chosen_to_show_two_digits(size, decimals):
    assert two_digits_of(size) == decimals


def test_a_difference_is_written_with_its_unit():
    assert ACCURACY.difference("+0.2") == "+0.2 points of test accuracy"
    assert [measure.difference("-1") for measure in (LOG_LOSS, RMSE, R_SQUARED)] == [
        "test log-loss -1 nats", "test RMSE -1", "test R² -1",
    ]  # fmt: skip

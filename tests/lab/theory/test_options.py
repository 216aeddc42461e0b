"""Options of the experiments: numbers of the right kind, within bounds, or one sentence."""

import numpy as np
import pytest

from tinygrad_dropout.lab import OptionError
from tinygrad_dropout.lab.theory import ensemble, expectation, ridge
from tinygrad_dropout.lab.theory.options import as_dropout_rate, as_whole_number


@pytest.mark.parametrize("value", [3, np.int64(3), 1, 5])
def test_a_whole_number_becomes_an_int(value):
    assert type(as_whole_number("units", value, 1, 5)) is int


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "number from 1 to 5, got 0"), (6, "number from 1 to 5, got"), (2.0, "whole number, got 2.0")],
)
def test_any_other_value_is_refused(value, words):
    with pytest.raises(OptionError, match=f"units: expected a {words}"):
        as_whole_number("units", value, 1, 5)


@pytest.mark.parametrize("value", [0.5, 0, np.float32(0.25)])
def test_a_rate_becomes_a_float(value):
    assert type(as_dropout_rate("p", value, above=False, why="")) is float


@pytest.mark.parametrize("value", [1, 1.5, -0.1, float("nan"), "half", None])
def test_a_value_that_is_not_a_rate_is_refused(value):
    with pytest.raises(OptionError, match=r"p: expected a (probability of dropping|number)"):
        as_dropout_rate("p", value, above=False, why="why")


def test_zero_can_be_excluded_as_a_rate():
    with pytest.raises(OptionError, match=r"above 0 and below 1 \(why\), got 0"):
        as_dropout_rate("p", 0, above=True, why="why")


@pytest.mark.parametrize(
    ("options", "given", "words"),
    [
        (expectation.Options, {"units": 1000, "samples": 600_000}, "samples: expected at most 50,000 with 1,000 units"),
        (expectation.Options, {"samples": 1}, "samples: expected a number from 2"),
        (ensemble.Options, {"layers": ()}, "layers: expected 1, 2 or both as 1,2; got none"),
        (ensemble.Options, {"layers": (1, 1)}, "layers: expected 1, 2 or both as 1,2; got 1,1"),
        (ensemble.Options, {"layers": (3,)}, "layers: expected 1, 2 or both as 1,2; got 3"),
        (ensemble.Options, {"units": 1}, "units: expected a number from 2 to 16, got 1"),
        (ensemble.Options, {"units": 17}, "units: expected at most 16, got 17"),
        (ensemble.Options, {"p": 0}, "at 0 or 1 there is only one subnetwork"),
        (ensemble.Options, {"samples": 1001}, "samples: expected a number from 1 to 1,000, got 1001"),
        (ridge.Options, {"p": ()}, "p: expected 1 to 20 different rates, got none"),
        (ridge.Options, {"p": (0.5, 0.5)}, "p: expected 1 to 20 different rates, got 0.5,0.5"),
        (ridge.Options, {"p": (0.5, 1)}, "the penalty is infinite"),
        (ridge.Options, {"features": 8, "examples": 8}, "examples: expected more than the 8 features"),
        (ridge.Options, {"features": 11}, "features: expected at most 10, got 11: 2,048 masks"),
        (ridge.Options, {"seed": -1}, "seed: expected a number from 0"),
    ],
)
def test_options_out_of_range_are_refused(options, given, words):
    with pytest.raises(OptionError) as error:
        options(**given)
    assert words in str(error.value)


def test_layers_and_rates_are_sorted():
    assert ensemble.Options(layers=[2, 1]).layers == (1, 2)
    assert ridge.Options(p=[0.5, 0.1]).p == (0.1, 0.5)


@pytest.mark.parametrize(("layers", "widths"), [(1, (7,)), (2, (4, 3))])
def test_units_are_divided_among_the_layers(layers, widths):
    assert ensemble.Options(units=7).widths(layers) == widths

"""The experiments in words: the tables hold the figures, and the verdict follows from them."""

import copy

import pytest

from tests.lab.theory.small import SMALL, small_outcome
from tinygrad_dropout.lab.theory import tables
from tinygrad_dropout.lab.theory.tables import exact_or_rounded, expectation_notes, holds, ridge_notes, spread, within


@pytest.fixture
def figures():
    """Copies of the figures of small experiments, to be changed."""
    return lambda name: copy.deepcopy(small_outcome(name).figures)


@pytest.mark.parametrize("name", SMALL)
def test_a_report_fits_a_terminal_of_80_columns_and_holds_no_colours(name):
    text = str(small_outcome(name))
    table = [line for line in text.splitlines() if "─" in line]
    assert table
    assert max(map(len, table)) <= 80
    assert "\x1b" not in text


def test_the_expectation_table_has_both_phases_of_every_scheme(figures):
    text, schemes = str(small_outcome("expectation")), figures("expectation")["schemes"]
    assert text.startswith("30 activations through dropout with p = 0.5; 200 masks, the same for all schemes; seed 0\n")
    for scheme, found in schemes.items():
        (row,) = (line for line in text.splitlines() if line.strip().startswith(scheme + " "))
        assert within(found["train"], 4) in row
        assert f"  {found['test']:.4f}  " in row
        assert within(found["ratio"], 4) in row


def test_the_expectation_verdict_says_the_factor(figures):
    found = figures("expectation")
    for scheme, ratio in (("no scaling", 2), ("original", 1), ("inverted", 1)):
        found["schemes"][scheme]["ratio"] = {"mean": 1.001 * ratio, "low": 0.999 * ratio, "high": 1.003 * ratio}
    assert expectation_notes(found)[0] == (
        "Without scaling the next layer sees 2.002 (1.998 to 2.006) times as much at test time; 1/(1-p) is 2.000. "
        "Either scaling lines the phases up."
    )


def test_a_factor_outside_its_interval_is_said_to_be(figures):
    found = figures("expectation")
    off = {"mean": 1.1, "low": 1.05, "high": 1.15}
    found["schemes"]["no scaling"]["ratio"] = {key: 2 * value for key, value in off.items()}
    found["schemes"]["inverted"]["ratio"] = off
    verdict = expectation_notes(found)[0]
    assert "1/(1-p) is 2.000, outside it, as in one run of twenty" in verdict
    assert "Either scaling comes near: 1.1000 (1.0500 to 1.1500)." in verdict


def test_where_the_line_up_ends_is_said(figures):
    found = figures("expectation")
    found["schemes"]["inverted"]["after_relu"] = {"train": 0.25, "test": 0.125}
    assert expectation_notes(found)[2].endswith("inverted 0.2500 in training, 0.1250 at test time.")


def test_an_interval_without_width_holds_its_value_but_for_rounding():
    point = {"mean": 1 + 1e-15, "low": 1 + 1e-15, "high": 1 + 1e-15}
    assert holds(point, 1.0)
    assert not holds(point, 1.001)
    assert not holds(point, 0.999)


def test_the_ensemble_tables_name_every_mean(figures):
    text, networks = str(small_outcome("ensemble")), figures("ensemble")["networks"]
    for words in ("1 hidden layer ", "2 hidden layers", "weight scaling", "geometric mean", "arithmetic mean"):
        assert words in text
    assert "hidden units 3 and 2-1, p = 0.5; all 8 subnetworks" in text
    for network in networks:
        last = network["monte_carlo"][-1]
        row = next(line for line in text.splitlines() if "Monte Carlo 10 " in line and spread(last["loss"], 3) in line)
        assert spread(last["error"], 1) in row
        assert spread(last["from_scaling"], 3) in row
        assert spread(last["from_arithmetic"], 3) in row


def test_the_ensemble_verdict_says_where_scaling_is_exact_and_where_monte_carlo_goes(figures):
    found = figures("ensemble")
    for network, gap in zip(found["networks"], (2e-15, 0.25), strict=True):
        network["averages"]["geometric mean"]["most_from_scaling"] = gap
        network["monte_carlo"][-1].update(from_arithmetic={"mean": 0.01}, from_scaling={"mean": 0.2})
    verdict, _, meaning, count = tables.ensemble_notes(found)
    assert verdict == (
        "Weight scaling as the renormalised geometric mean: exact with 1 hidden layer (off by 2e-15), "
        "not exact with 2 hidden layers (off by 0.25). Monte Carlo goes to the arithmetic mean."
    )
    assert "E_z[f(x, z)]" in meaning
    assert count.startswith("A layer of 4,096 units has 2^4096 = 1.04 x 10^1233 subnetworks")
    found["networks"][1]["monte_carlo"][-1].update(from_arithmetic={"mean": 0.3})
    assert tables.ensemble_notes(found)[0].endswith("Monte Carlo is at k = 10 not yet near the arithmetic mean.")


def test_the_ridge_table_has_a_row_for_every_rate(figures):
    text = str(small_outcome("ridge"))
    assert "6 examples, 2 features; all 4 masks of an example enumerated, nothing sampled; seed 0" in text
    for found in figures("ridge")["rates"]:
        words = f"{found['p']:g} {found['penalty']:.4g} {found['size']:.3f} {found['differences']['trained']:.0e}"
        (row,) = (line.split() for line in text.splitlines() if line.strip().startswith(f"{found['p']:g} "))
        assert [*row[:3], row[-1]] == words.split()


def test_the_ridge_verdict_is_that_of_the_largest_difference(figures):
    found = figures("ridge")
    found["rates"][1]["differences"]["gradient"] = 2e-9
    assert ridge_notes(found)[0] == (
        "Linear regression with dropout on its inputs is ridge regression: "
        "the largest relative difference at 2 rates is 2e-09; 1e-8 was allowed."
    )
    found["rates"][0]["differences"]["loss"] = 2e-8
    assert "is not ridge regression here" in ridge_notes(found)[0]


def test_small_numbers_are_shown_as_what_they_are():
    assert [exact_or_rounded(value) for value in (0.0, 2e-16, 1e-12, 0.3014)] == ["0", "2e-16", "0.000", "0.301"]

"""The ensemble experiment in words: the tables hold the figures, and the verdict follows from them."""

from tests.lab.theory.small import small_outcome
from tinygrad_dropout.lab.theory.ensemble.report import exact_or_rounded, notes, spread


def test_the_ensemble_tables_name_every_mean(figures):
    text, networks = str(small_outcome("ensemble")), figures("ensemble")["networks"]
    for words in ("1 hidden layer ", "2 hidden layers", "weight scaling", "geometric mean", "arithmetic mean"):
        assert words in text
    assert "hidden units 4 and 2-2, p = 0.5; all 16 subnetworks" in text
    for network in networks:
        last = network["monte_carlo"][-1]
        row = next(line for line in text.splitlines() if "Monte Carlo 10 " in line and spread(last["loss"], 3) in line)
        assert spread(last["error"], 1) in row
        assert spread(last["from_scaling"], 3) in row
        assert spread(last["from_arithmetic"], 3) in row


def test_the_ensemble_verdict_says_when_scaling_is_exact_and_what_monte_carlo_converges_to(figures):
    found = figures("ensemble")
    for network, gap in zip(found["networks"], (2e-15, 0.25), strict=True):
        network["averages"]["geometric mean"]["most_from_scaling"] = gap
        network["monte_carlo"][-1].update(from_arithmetic={"mean": 0.01}, from_scaling={"mean": 0.2})
    verdict, _, meaning, count = notes(found)
    assert verdict == (
        "Weight scaling compared with the renormalized geometric mean: exact with 1 hidden layer (off by 2e-15), "
        "not exact with 2 hidden layers (off by 0.25). Monte Carlo converges to the arithmetic mean."
    )
    assert "E_z[f(x, z)]" in meaning
    assert count.startswith("A layer of 4,096 units has 2^4096 = 1.04 x 10^1233 subnetworks")
    found["networks"][1]["monte_carlo"][-1].update(from_arithmetic={"mean": 0.3})
    assert notes(found)[0].endswith("At k = 10, Monte Carlo is not yet near the arithmetic mean.")


def test_rounding_errors_are_not_shown_as_zero():
    assert [exact_or_rounded(value) for value in (0.0, 2e-16, 1e-12, 0.3014)] == ["0", "2e-16", "0.000", "0.301"]

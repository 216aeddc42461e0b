"""The page about your own data: all its blocks run in one go, next to the table that example 9 writes."""

import doctest
import re
import runpy
import sys
from pathlib import Path

import make_estimators
import pytest
from blocks import rendered
from joblib import parallel_config

from benchmarks.estimators.contenders import CONTENDERS, TRACED
from benchmarks.estimators.scores import SEEDS
from benchmarks.estimators.tables import TABLES
from benchmarks.estimators.times import FITS

ROOT = Path(__file__).parents[2]
PAGE, EXAMPLE = ROOT / "docs" / "your_own_data.md", ROOT / "examples" / "9_train_on_your_own_data.py"
DECIMALS = re.compile(r"\d+\.\d+")


class AboutTheSameDecimals(doctest.OutputChecker):
    """Figures with a decimal point may differ by 0.03: how a training ends depends on the processor's rounding."""

    def check_output(self, want, got, optionflags):
        pairs = list(zip(DECIMALS.findall(want), DECIMALS.findall(got), strict=False))
        if all(abs(float(wanted) - float(given)) <= 0.03 for wanted, given in pairs):
            want, got = DECIMALS.sub("#", want), DECIMALS.sub("#", got)
        return super().check_output(want, got, optionflags)


def test_all_blocks_print_what_is_shown(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(EXAMPLE)])
    runpy.run_path(str(EXAMPLE))  # writes apartments.csv
    test = doctest.DocTestParser().get_doctest(PAGE.read_text(encoding="utf-8"), {}, PAGE.name, str(PAGE), 0)
    assert len(test.examples) > 60
    capsys.readouterr()
    with parallel_config(backend="sequential"):  # that two processes find the same is tested in tests/sklearn
        failures, _ = doctest.DocTestRunner(AboutTheSameDecimals()).run(test)
    assert failures == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("want", "got", "same"),
    [
        ("0.94\n", "0.96\n", True), ("0.94\n", "0.98\n", False), ("59\n", "60\n", False), ("0.9\n", "True\n", False),
        ("p 0.3: 0.1\n", "p 0.3: 0.12\n", True), ("0.1 0.1\n", "0.1\n", False),
    ],
)  # fmt: skip
def test_only_decimals_may_differ_and_only_a_little(want, got, same):
    assert AboutTheSameDecimals().check_output(want, got, 0) == same


def test_the_figures_match_the_saved_runs():
    text = PAGE.read_text(encoding="utf-8")
    assert rendered(text, make_estimators.blocks()) == text


def test_the_saved_runs_are_complete():
    found = [(score["table"], score["seed"]) for score in make_estimators.load("scores")["scores"]]
    assert found == [(table, seed) for table in TABLES for seed in range(SEEDS)]
    fits = make_estimators.load("times")["fits"]
    assert [fit["title"] for fit in fits] == list(FITS)
    assert all(set(fit["seconds"]) == set(CONTENDERS) for fit in fits)
    assert all(set(fit["peak"]) == set(TRACED) for fit in fits)


@pytest.mark.parametrize("run", make_estimators.RUNS)
def test_a_saved_run_names_its_kernels_and_none_was_forced(run):
    machine = make_estimators.load(run)["machine"]
    assert "NumPy on " in machine["kernels"]
    assert "forced" not in machine

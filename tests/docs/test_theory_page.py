"""docs/theory.md shows what its saved runs found; its commands parse, and its links lead to files."""

import re
import shlex
from pathlib import Path

import make_theory
import pytest
from blocks import rendered

from tinygrad_dropout import cli
from tinygrad_dropout.lab import run
from tinygrad_dropout.lab.theory import EXPERIMENTS, ensemble

PAGE = make_theory.PAGE.read_text(encoding="utf-8")
LINKS = sorted({target for target in re.findall(r"\]\(([^)#]+)\)", PAGE) if not target.startswith("https://")})


def test_the_reports_match_the_saved_runs():
    assert rendered(PAGE, make_theory.blocks()) == PAGE


@pytest.mark.parametrize("name", make_theory.COMMANDS)
def test_a_saved_run_was_made_by_its_command(name):
    given = vars(cli.parse(shlex.split(make_theory.COMMANDS[name])[1:]))
    assert given.pop("experiment") == name
    given.pop("run")
    wanted = EXPERIMENTS[name].measurement.Options(**given)
    kept = {
        key: tuple(value) if isinstance(value, list) else value for key, value in make_theory.load(name).options.items()
    }
    assert EXPERIMENTS[name].measurement.Options(**kept) == wanted


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^(tinygrad-dropout lab .*)$", PAGE, re.MULTILINE))))
def test_a_command_parses(command):
    assert cli.parse(shlex.split(command)[1:]).run


def test_the_line_for_a_notebook_gives_an_outcome_with_an_html_view():
    line, imports = re.search(r"In a notebook, `(.*)` as the last line[^`]*`(from .*)`", PAGE).groups()
    names = {}
    exec(imports, names)
    assert eval(line, names)._repr_html_().startswith("<pre")


@pytest.mark.parametrize("target", LINKS)
def test_a_link_leads_to_a_file(target):
    assert Path(make_theory.DOCS, target).exists()


@pytest.mark.parametrize("name", ["expectation", "ridge"])
def test_a_repeated_run_finds_the_same(name):
    """But for the last digits, in which other processors and libraries differ."""
    kept = make_theory.load(name)
    again = run(EXPERIMENTS[name], EXPERIMENTS[name].measurement.Options())
    if name == "expectation":
        assert [f"{value:.6f}" for value in numbers(again.figures)] == [
            f"{value:.6f}" for value in numbers(kept.figures)
        ]
    else:
        closed = [rate["weights"]["closed"] for rate in kept.figures["rates"]]
        assert [rate["weights"]["closed"] for rate in again.figures["rates"]] == [
            pytest.approx(each) for each in closed
        ]


@pytest.mark.slow
def test_a_repeated_ensemble_run_finds_the_same():
    kept, again = make_theory.load("ensemble"), run(EXPERIMENTS["ensemble"], ensemble.Options())
    assert again.notes[-1] == kept.notes[-1]
    for before, now in zip(kept.figures["networks"], again.figures["networks"], strict=True):
        gaps = [figures["averages"]["geometric mean"]["most_from_scaling"] for figures in (before, now)]
        assert len({gap < 1e-12 for gap in gaps}) == 1


def numbers(figures):
    """The ratios of test to training, with their intervals."""
    return [value for found in figures["schemes"].values() for value in found["ratio"].values()]

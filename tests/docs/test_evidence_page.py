"""What docs/evidence.md shows is what its kept runs found; its commands run, and its links lead somewhere."""

import json
import re
import shlex
from pathlib import Path

import make_evidence
import numpy as np
import pytest
from blocks import rendered
from scipy import stats

from tinygrad_dropout import cli
from tinygrad_dropout.lab.experiments import EXPERIMENTS

PAGE = make_evidence.PAGE.read_text(encoding="utf-8")
LINKS = sorted({target for target in re.findall(r"\]\(([^)#]+)\)", PAGE) if not target.startswith("https://")})


def test_the_reports_are_those_of_the_kept_runs():
    assert rendered(PAGE, make_evidence.blocks()) == PAGE


@pytest.mark.parametrize("name", make_evidence.COMMANDS)
def test_a_kept_run_was_made_by_its_command(name):
    given = vars(cli.build_parser().parse_args(shlex.split(make_evidence.COMMANDS[name])[1:]))
    experiment = EXPERIMENTS[given.pop("experiment")]
    given.pop("run")
    options, data = experiment.prepare(experiment.options_class(**given), lambda sentence: None)
    kept = make_evidence.load(name)
    assert kept.finished
    wanted = json.loads(json.dumps(experiment.as_json(options, data)))
    if name == "uncertainty":  # older versions of scikit-learn have other last digits in the diabetes data
        wanted["data"] = kept.options["data"]
    assert wanted == kept.options


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^\$? ?(tinygrad-dropout .*)$", PAGE, re.MULTILINE))))
def test_a_command_parses(command):
    assert cli.build_parser().parse_args(shlex.split(command)[1:]).run


@pytest.mark.parametrize("target", LINKS)
def test_a_link_leads_to_a_file(target):
    assert Path(make_evidence.DOCS, target).exists()


def test_ten_thousand_trials_cost_what_the_kept_sweep_makes_of_them():
    seconds, trials = json.loads(make_evidence.TIMES.read_text())["sweep"], len(make_evidence.load("sweep").records)
    minutes = [float(hours) * {"hours": 60, "minutes": 1, "seconds": 1 / 60}[unit] for hours, unit in re.findall(
        r"^\| (?:1|10|100) \| ([\d.]+) (hours|minutes|seconds) \|$", PAGE, re.MULTILINE)]  # fmt: skip
    assert minutes == [pytest.approx(10_000 / trials * seconds / 60 / machines, rel=0.05) for machines in (1, 10, 100)]


def test_the_verdicts_of_when_are_those_of_paired_t_intervals_that_share_the_five_percent():
    """Recomputed with SciPy from the accuracies of the networks that were kept."""
    kept = make_evidence.load("when")
    names = list(kept.options["configurations"])
    for name in names:
        accuracies = {
            arm: [record["final"]["test_accuracy"] for record in kept.records
                  if (record["configuration"], record["arm"]) == (name, arm)]
            for arm in ("without dropout", "with dropout")
        }  # fmt: skip
        points = 100 * np.subtract(accuracies["with dropout"], accuracies["without dropout"])
        low, high = stats.t.interval(1 - 0.05 / len(names), len(points) - 1, points.mean(), stats.sem(points))
        expected = "helps" if low > 0 else "hurts" if high < 0 else "no effect shown"
        assert kept.figures[name]["verdict"] == expected, name
        assert re.search(rf"^{name} .* {expected}$", PAGE, re.MULTILINE)

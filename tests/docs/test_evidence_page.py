"""docs/evidence.md shows what its saved runs found; its commands parse, and its links lead to files."""

import json
import re
import shlex
from pathlib import Path

import make_evidence
import make_paper
import numpy as np
import pytest
import sklearn
from blocks import rendered
from scipy import stats

from tinygrad_dropout import cli
from tinygrad_dropout.lab.evidence.paper.networks import Settings
from tinygrad_dropout.lab.experiments import EXPERIMENTS

PAGE = make_evidence.PAGE.read_text(encoding="utf-8")
LINKS = sorted({target for target in re.findall(r"\]\(([^)#]+)\)", PAGE) if not target.startswith("https://")})


def test_the_reports_match_the_saved_runs():
    assert rendered(PAGE, make_evidence.blocks()) == PAGE


@pytest.mark.parametrize("name", make_evidence.COMMANDS)
def test_a_saved_run_was_made_by_its_command(name):
    given = vars(cli.parse(shlex.split(make_evidence.COMMANDS[name])[1:]))
    experiment = EXPERIMENTS[given.pop("experiment")]
    given.pop("run")
    options, data = experiment.prepare(experiment.options_class(**given), lambda sentence: None)
    kept = make_evidence.load(name)
    assert kept.finished
    wanted = json.loads(json.dumps(experiment.as_json(options, data)))
    if name == "uncertainty" and kept.versions["scikit-learn"] != sklearn.__version__:
        wanted["data"] = kept.options["data"]  # older versions have other last digits in the diabetes data
    assert wanted == kept.options


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^\$? ?(tinygrad-dropout .*)$", PAGE, re.MULTILINE))))
def test_a_command_parses(command):
    assert cli.parse(shlex.split(command)[1:]).run


@pytest.mark.parametrize("target", LINKS)
def test_a_link_leads_to_a_file(target):
    assert Path(make_evidence.DOCS, target).exists()


def test_the_time_for_ten_thousand_trials_follows_from_the_saved_sweep():
    seconds, trials = json.loads(make_evidence.TIMES.read_text())["sweep"], len(make_evidence.load("sweep").records)
    minutes = [float(hours) * {"hours": 60, "minutes": 1, "seconds": 1 / 60}[unit] for hours, unit in re.findall(
        r"^\| (?:1|10|100) \| ([\d.]+) (hours|minutes|seconds) \|$", PAGE, re.MULTILINE)]  # fmt: skip
    assert minutes == [pytest.approx(10_000 / trials * seconds / 60 / machines, rel=0.05) for machines in (1, 10, 100)]


def test_the_verdicts_of_when_match_paired_t_intervals_that_share_the_five_percent():
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


def test_the_run_of_the_papers_networks_is_complete_and_uses_the_chosen_settings():
    paper, choice = make_evidence.read(make_paper.RUN), make_evidence.read(make_paper.RUN / "choice")
    assert paper.finished
    assert choice.finished
    options = paper.options
    assert (options["hidden"], options["train_size"], options["epochs"]) == ([1024, 1024, 1024], 60_000, 80)
    assert paper.figures["seeds"] >= 3
    assert options["data"] == choice.options["data"]
    chosen = {arm: str(Settings(**settings)) for arm, settings in options["settings"].items()}
    assert chosen == choice.figures["chosen"]
    validation = {(r["arm"], r["configuration"]): r["errors"] for r in choice.records}
    for arm, name in chosen.items():
        assert validation[arm, name] == min(errors for (of, _), errors in validation.items() if of == arm)


def test_the_pages_claims_about_the_papers_networks_are_true():
    """Recomputed with SciPy from the errors of the networks that were kept."""
    paper = make_evidence.read(make_paper.RUN)
    errors = {arm: [r["errors"] for r in paper.records if r["arm"] == arm] for arm in paper.options["settings"]}
    standard, hidden, inputs, max_norm = errors.values()
    assert max(inputs + max_norm) < min(standard), "not one of the six made as many as the best standard one"
    assert np.mean(inputs + max_norm) < np.mean(hidden) < np.mean(standard), "hidden dropout lies between"
    for one, other in (
        (standard, hidden),
        (standard, inputs),
        (standard, max_norm),
        (hidden, inputs),
        (inputs, max_norm),
    ):
        difference = np.subtract(other, one)
        low, high = stats.t.interval(1 - 0.05 / 5, len(difference) - 1, difference.mean(), stats.sem(difference))
        assert low < 0 < high, "the command claims no difference"
    assert PAGE.count("claims no difference") == 1
    updates = {r["updates"] for r in paper.records}
    assert 19 < 1_000_000 / max(updates) < 22, "about twenty times as many"

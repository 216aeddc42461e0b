"""The experiment: its records against an independent computation, resuming to the same bytes, and its errors."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import norm

from tests.lab.evidence.interrupting import assert_resumed_to_the_same_bytes
from tests.lab.evidence.uncertainty.small import SMALL, run_small, small_outcome
from tinygrad_dropout.lab import LabError, OptionError
from tinygrad_dropout.lab.comparison.tasks import Regression
from tinygrad_dropout.lab.comparison.training import Streams
from tinygrad_dropout.lab.comparison.verdict import MIN_PAIRS
from tinygrad_dropout.lab.datasets.split import Split
from tinygrad_dropout.lab.datasets.validation import with_validation
from tinygrad_dropout.lab.evidence.uncertainty import UNCERTAINTY, UncertaintyOptions, trial
from tinygrad_dropout.lab.evidence.uncertainty.options import SEEDS
from tinygrad_dropout.lab.evidence.uncertainty.problems import (
    DISTANCES,
    GAP_NOISE,
    PLACES,
    Problem,
    diabetes,
    gap,
    moons,
    true_function,
)


def outputs_of_numpy(model, x, mask=None):
    """A forward of Linear, ReLU, dropout, Linear in NumPy; without a mask, weight scaling."""
    first, last = model[1], model[4]
    hidden = np.maximum(x.astype(float) @ first.weight.data.T.astype(float) + first.bias.data, 0)
    hidden = hidden if mask is None else hidden * mask
    return hidden @ last.weight.data.T.astype(float) + last.bias.data


@pytest.fixture
def networks(monkeypatch):
    """The networks that are trained, in their order, each with the split whose training part it learns."""
    kept, train = [], trial.trained

    def keep(config, task, split, *others):
        kept.append((train(config, task, split, *others), split))
        return kept[-1][0]

    monkeypatch.setattr(trial, "trained", keep)
    return kept


def test_the_scores_of_a_regression_are_those_of_an_independent_computation(networks):
    """A network of one hidden layer; the masks are drawn here by NumPy, so Monte Carlo agrees up to chance."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(160, 3)).astype(np.float32)
    y = 5 + 2 * np.sin(2 * x[:, 0].astype(float)) + 0.3 * rng.normal(size=160)
    split = Split(x[:100], y[:100], x[100:], y[100:])
    options = UncertaintyOptions(p=0.3, hidden=(20,), epochs=150, seeds=1)
    problem = Problem(split, {"test rows": slice(0, 60)}, None, x[:0])
    found = trial.score_problem(options.config(), problem, Streams.from_seed(1), 2000, lambda: None)

    (chooser, learned), (model, whole) = networks
    assert whole is split
    scores, noise = found["scores"]["test rows"], found["noise"]
    spread, mean = y[:100].std(), y[:100].mean()
    scaled = outputs_of_numpy(model, x[100:])[:, 0] * spread + mean
    assert scores["weight scaling"]["rmse"] == pytest.approx(np.sqrt(np.mean((scaled - y[100:]) ** 2)), rel=1e-5)
    likelihood = norm.logpdf(y[100:], scaled, noise["weight scaling"]).mean()
    assert scores["weight scaling"]["log_likelihood"] == pytest.approx(likelihood, rel=1e-4)
    inside = np.abs(y[100:] - scaled) < norm.ppf(0.975) * noise["weight scaling"]
    assert scores["weight scaling"]["coverage"] == pytest.approx(inside.mean())

    masks = (np.random.default_rng(9).random((2000, 60, 20)) >= 0.3) / 0.7
    carlo = np.array([outputs_of_numpy(model, x[100:], mask)[:, 0] for mask in masks]) * spread + mean
    wanted = np.log(norm.pdf(y[100:], carlo, noise["Monte Carlo"]).mean(axis=0)).mean()
    assert scores["Monte Carlo"]["log_likelihood"] == pytest.approx(wanted, abs=0.02)
    assert scores["Monte Carlo"]["rmse"] == pytest.approx(
        np.sqrt(np.mean((carlo.mean(axis=0) - y[100:]) ** 2)), rel=0.01
    )
    total = np.hypot(carlo.std(axis=0), noise["Monte Carlo"])
    assert scores["Monte Carlo"]["width"] == pytest.approx(norm.ppf(0.975) * total.mean(), rel=0.01)

    # One mask is worse by the variance over masks: E[(f(z) - y)²] = (E[f] - y)² + Var f
    worse = np.sqrt(scores["Monte Carlo"]["rmse"] ** 2 + carlo.var(axis=0).mean())
    assert scores["one mask"]["rmse"] == pytest.approx(worse, rel=0.15)
    assert scores["one mask"]["rmse"] > scores["Monte Carlo"]["rmse"]

    # The noise is chosen by another network, on 20 of the training rows that it has not seen.
    part = with_validation(split, None, np.random.default_rng(Streams.from_seed(1).validation))
    assert len(part.y_validation) == 20
    assert sorted([*learned.y_train, *part.y_validation]) == sorted(y[:100])
    chosen = outputs_of_numpy(chooser, part.x_validation)[:, 0] * part.y_train.std() + part.y_train.mean()
    root = np.sqrt(np.mean((chosen - part.y_validation) ** 2))  # the likeliest noise around a single prediction
    assert noise["weight scaling"] == pytest.approx(root, rel=1e-4)


def test_the_scores_of_a_classification_are_those_of_an_independent_computation(networks):
    """A network of one hidden layer; the masks are drawn here by NumPy, so Monte Carlo agrees up to chance."""
    problem = moons(np.random.default_rng(0))
    split = replace(problem.split, x_test=problem.split.x_test[:200], y_test=problem.split.y_test[:200])
    config = UncertaintyOptions(p=0.5, hidden=(20,), epochs=100).config()
    streams = Streams.from_seed(1)
    found = trial.score_problem(config, replace(problem, split=split), streams, 1000, lambda: None)
    ((model, _),), rng = networks, np.random.default_rng(9)

    def scaled(x):
        return softmax(outputs_of_numpy(model, x), axis=1)

    def carlo(x):
        masks = (rng.random((1000, len(x), 20)) >= 0.5) / 0.5
        return softmax(outputs_of_numpy(model, x, masks), axis=2).mean(axis=0)

    def log_likelihood(p):
        return np.log(p[np.arange(200), split.y_test]).mean()

    def confidence(p):
        return p.max(axis=1).reshape(len(DISTANCES), 90).mean(axis=1)

    scores = found["scores"]["test rows"]
    assert scores["weight scaling"]["log_likelihood"] == pytest.approx(log_likelihood(scaled(split.x_test)), rel=1e-5)
    assert scores["Monte Carlo"]["log_likelihood"] == pytest.approx(log_likelihood(carlo(split.x_test)), abs=0.002)
    assert abs(scores["Monte Carlo"]["log_likelihood"] - scores["weight scaling"]["log_likelihood"]) > 0.006
    assert found["confidence"]["weight scaling"] == pytest.approx(confidence(scaled(problem.beyond)), rel=1e-5)
    assert found["confidence"]["Monte Carlo"] == pytest.approx(confidence(carlo(problem.beyond)), abs=0.004)
    assert found["confidence"]["weight scaling"][-1] - found["confidence"]["Monte Carlo"][-1] > 0.012
    assert found["rows"] == {"train": 200, "test rows": 200}


def test_no_noise_is_chosen_on_test_rows(monkeypatch):
    """Whatever the test targets are, the noise is the same."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 2)).astype(np.float32), rng.normal(size=60)
    noises = []
    for shift in (0, 100):
        split = Split(x[:40], y[:40], x[40:], y[40:] + shift)
        problem = Problem(split, {"test rows": slice(0, 20)}, None, x[:0])
        config = UncertaintyOptions(**SMALL).config()
        noises.append(trial.score_problem(config, problem, Streams.from_seed(0), 3, lambda: None)["noise"])
    assert noises[0] == noises[1]
    assert all(0.2 < noise < 3 for noise in noises[0].values())


def test_the_targets_are_standardized_by_the_rows_that_are_learned_from(monkeypatch):
    seen = []
    original = Regression.of.__func__

    def noted(cls, y_train):
        seen.append(len(y_train))
        return original(cls, y_train)

    monkeypatch.setattr(Regression, "of", classmethod(noted))
    run_small(seeds=1)
    assert seen == [160, 200, 318, 398]  # of the gap, then of the table: four fifths, then all


def test_a_measurement_does_not_affect_the_training(monkeypatch):
    """With more masks, weight scaling stays as it was."""
    few, many = (run_small(seeds=1, samples=samples).records for samples in (3, 9))
    for one, other in zip(few, many, strict=True):
        for place, scores in one["scores"].items():
            assert scores["weight scaling"] == other["scores"][place]["weight scaling"]
            assert scores["Monte Carlo"] != other["scores"][place]["Monte Carlo"]


# The data -------------------------------------------------------------------------------------------------------------


def test_the_gap_has_no_training_data_and_each_place_its_own_test_rows():
    problem = gap(np.random.default_rng(0))
    distance = np.abs(problem.split.x_train[:, 0])
    assert 0.8 <= distance.min() < 0.85
    assert 1.75 < distance.max() <= 1.8
    assert {np.sign(x) for x in problem.split.x_train[:, 0]} == {-1, 1}
    assert list(problem.places) == list(PLACES)
    for (low, high), rows in zip(PLACES.values(), problem.places.values(), strict=True):
        distance = np.abs(problem.split.x_test[rows, 0])
        assert len(distance) == 500
        assert low - 1e-6 <= distance.min() < distance.max() <= high + 1e-6
        noise = problem.split.y_test[rows] - true_function(problem.split.x_test[rows, 0])
        assert noise.std() == pytest.approx(GAP_NOISE, rel=0.15)
        assert abs(noise.mean()) < 0.04


def test_points_around_the_moons_are_at_these_distances_in_all_directions():
    circles = moons(np.random.default_rng(0)).beyond.reshape(len(DISTANCES), 90, 2)
    assert np.linalg.norm(circles, axis=2) == pytest.approx(np.tile(np.array(DISTANCES)[:, np.newaxis], 90), abs=1e-5)
    assert circles.mean(axis=1) == pytest.approx(np.zeros((len(DISTANCES), 2)), abs=1e-5)


def test_the_default_table_is_diabetes_with_a_tenth_to_test_on():
    table = diabetes()
    assert table.x.shape == (442, 10)
    assert (table.y.min(), table.y.max()) == (25, 346)
    rows = next(one["rows"] for one in small_outcome().records if one["configuration"] == "table")
    assert rows == {"train": 398, "test rows": 44}


def test_your_own_table_is_a_regression_even_if_its_target_is_whole_numbers(tmp_path):
    lines = [f"{i},{i % 3}" for i in range(40)]
    (tmp_path / "wine.csv").write_text("\n".join(["a,quality", *lines]))
    outcome = run_small(csv=str(tmp_path / "wine.csv"), target="quality")
    assert outcome.options["csv"] == "wine.csv"
    assert "wine (36 training and 4 test rows" in outcome.description


# Running --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("trials", [1, 4])
def test_an_interrupted_run_resumes_to_the_same_bytes(tmp_path, monkeypatch, trials):
    options = UncertaintyOptions(**SMALL)
    assert_resumed_to_the_same_bytes(UNCERTAINTY, options, tmp_path, monkeypatch, after=trials)


@pytest.mark.usefixtures("blank_pictures")
def test_more_seeds_are_added_to_a_folder(tmp_path):
    run_small(out=tmp_path / "grown", seeds=1)
    run_small(out=tmp_path / "grown", seeds=2)
    run_small(out=tmp_path / "whole", seeds=2)
    assert (tmp_path / "grown" / "results.json").read_bytes() == (tmp_path / "whole" / "results.json").read_bytes()


@pytest.mark.usefixtures("blank_pictures")
def test_a_record_that_lacks_a_method_is_refused(tmp_path):
    run_small(out=tmp_path, seeds=1)
    kept = json.loads((tmp_path / "results.json").read_text())
    del kept["digest"], kept["records"][0]["scores"]["in the gap"]["Monte Carlo"]
    (tmp_path / "results.json").write_text(json.dumps(kept))
    with pytest.raises(LabError, match="damaged, or of another version"):
        run_small(out=tmp_path, seeds=1)


def test_every_trial_calls_after_each_epoch():
    data = UNCERTAINTY.prepare(UncertaintyOptions(**SMALL), print)
    counts = []
    for one in UNCERTAINTY.trials({"first_seed": 0, "seeds": 1}):
        calls = []
        UNCERTAINTY.run_trial(*data, one, lambda calls=calls: calls.append(1))
        counts.append(len(calls))
    assert counts == [4, 2, 4]
    assert UNCERTAINTY.epochs({"epochs": 2}) == 4


def test_the_picture_is_drawn():
    assert run_small(seeds=1).pictures()["uncertainty.png"].startswith(b"\x89PNG")


def test_a_network_that_diverges_is_one_sentence(monkeypatch):
    def diverge(*arguments, **options):
        raise FloatingPointError("fit: expected a finite loss, got nan")

    monkeypatch.setattr(trial, "fit", diverge)
    with pytest.raises(LabError, match="the loss was no longer a finite number: are there inputs or targets that are"):
        run_small()


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"p": 0}, "p: expected a probability of dropping above 0 and below 1 (at 0 all masks are the same, "
                   "at 1 nothing is left), got 0.0"),
        ({"p": 1}, "p: expected a probability of dropping above 0 and below 1 (at 0 all masks are the same, "
                   "at 1 nothing is left), got 1.0"),
        ({"input_p": 1}, "input_p: expected a probability of dropping of at least 0 and below 1 "
                         "(at 1 nothing is left), got 1.0"),
        ({"csv": "x", "target": "y", "splits": "z", "missing": "drop"},
         "missing: expected none with given splits, because it would change their row numbers, got 'drop'"),
        ({"ignore": ("a",)}, "ignore: expected a CSV file with this column, got none"),
        ({"missing": "drop"}, "missing: it only applies to a CSV file, and none is given"),
        ({"samples": 1}, "samples: expected a number from 2 to 10,000, got 1"),
        ({"epochs": 0}, "epochs: expected a number from 1 to 10,000,000, got 0"),
        ({"seeds": 0}, "seeds: expected a number from 1 to 10,000, got 0"),
        ({"uci": "x", "csv": "y", "target": "z"},
         "uci: expected no --csv, because the folder has its own, got both"),
        ({"uci": "x", "splits": "y"}, "uci: expected no --splits, because the folder has its own, got both"),
        ({"uci": "x", "missing": "mean"}, "missing: it only applies to a CSV file, and none is given"),
        ({"splits": "x"}, "splits: expected a CSV file (--csv) that the splits belong to, got none"),
        ({"target": "y"}, "target: expected a CSV file with this column, got none"),
        ({"csv": "x"}, "target: expected the name of the column of the CSV file to predict"),
    ],
)  # fmt: skip
def test_invalid_options_are_refused(given, problem):
    with pytest.raises(OptionError) as error:
        UncertaintyOptions(**given)
    assert str(error.value) == problem


def test_options_are_saved_in_the_same_form_however_they_were_given():
    options = UncertaintyOptions(
        csv="a/x.csv", target="y", ignore="id,no", p=np.float32(0.5), hidden=[8], samples=np.int64(4)
    )
    kept = options.as_json()
    assert json.loads(json.dumps(kept)) == kept
    assert (kept["csv"], kept["ignore"], kept["hidden"], kept["samples"]) == ("x.csv", ["id", "no"], [8], 4)


@pytest.mark.usefixtures("blank_pictures")
def test_missing_values_are_filled_in_on_request(tmp_path):
    lines = [f"{'' if i == 3 else i},{i * 0.5}" for i in range(40)]
    (tmp_path / "table.csv").write_text("\n".join(["a,y", *lines]))
    for missing, rows in (("mean", 40), ("drop", 39)):
        outcome = run_small(csv=str(tmp_path / "table.csv"), target="y", missing=missing, seeds=1)
        assert outcome.options["rows"] == rows


def test_quick_is_shorter_and_has_enough_seeds_for_intervals():
    quick, whole = UncertaintyOptions(**UNCERTAINTY.quick, p=0.2), UncertaintyOptions(p=0.2)
    assert MIN_PAIRS <= quick.seeds < SEEDS
    assert (quick.epochs, quick.samples) < (whole.epochs, whole.samples)

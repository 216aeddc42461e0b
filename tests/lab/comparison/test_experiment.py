"""What finished pairs show, in figures and in words, from training to the report."""

import os

import pytest

from tests.lab.small import (
    comparison_of,
    comparison_with,
    made_up_pair,
    made_up_record,
    names_of_arms,
    small_config,
    small_options,
)
from tinygrad_dropout.lab import Compare, Comparison, LabError, OptionError, compare, save
from tinygrad_dropout.lab.comparison.arms import ARMS, WITH, WITHOUT
from tinygrad_dropout.lab.comparison.data import load
from tinygrad_dropout.lab.comparison.epochs import measured_epochs
from tinygrad_dropout.lab.trials import Trial

FIVE = [(0.80, 0.90), (0.82, 0.91), (0.78, 0.89), (0.80, 0.91), (0.81, 0.90)]


def prepare_with(**options):
    config, sentences = small_config(**options), []
    return Compare().prepare(config, sentences.append), sentences


@pytest.mark.parametrize("early_stopping", [None, "only", "also"])
def test_there_is_a_trial_for_each_seed_and_arm(early_stopping):
    options = small_options(seeds=2, first_seed=5, early_stopping=early_stopping)
    assert Compare().trials(options) == [
        Trial("", arm, seed) for seed in (5, 6) for arm in names_of_arms(early_stopping)
    ]


def test_four_arms_form_two_pairs():
    assert names_of_arms("also") == names_of_arms(None) + names_of_arms("only") == list(ARMS)


def test_a_train_size_chosen_from_the_data_is_saved(tmp_path):
    (tmp_path / "table.csv").write_text("x,y\n" + "".join(f"{row},{row % 2}\n" for row in range(20)))
    options = {"dataset": None, "csv": str(tmp_path / "table.csv"), "target": "y", "train_size": None}
    (config, dataset), sentences = prepare_with(**options)
    kept = Compare().as_json(config, dataset)
    assert (kept["dataset"], kept["csv"], kept["train_size"], kept["classes"]) == ("csv", "table.csv", 14, 2)
    assert sentences[0] == "1 numeric column; 2 classes; 20 rows"


def test_early_stopping_needs_examples_to_hold_back():
    with pytest.raises(OptionError, match=r"early_stopping: expected at least 10 training examples .* got 9"):
        prepare_with(train_size=9, early_stopping="also")


@pytest.mark.parametrize("early_stopping", [None, "only", "also"])
def test_a_trial_gives_a_complete_record(early_stopping):
    outcome = compare(small_config(early_stopping=early_stopping, epochs=3))
    assert outcome.finished
    assert all(Compare().is_complete(outcome.options, record) for record in outcome.records)
    for record in outcome.records:
        held_back = 4 if ARMS[record["arm"]].stops_early else 0
        assert record["rows"] == {"train": 20 - held_back, "validation": held_back, "test": 2000}


@pytest.mark.parametrize(
    "damage",
    [
        {"curve": []},
        {"curve": [{"epoch": 1, "test_accuracy": 0.9}, {"epoch": 3, "test_accuracy": 0.9}]},
        {"final": {"epoch": 2, "test_accuracy": 0.9}},
        {"final": {"test_accuracy": float("nan"), "test_balanced_accuracy": 0.5, "test_loss": 1}},
        {"baseline": {}},
        {"epochs": 1},
        {"epochs": None},
        {"rows": None},
        {"shared": None},
        {"dropped": None},
    ],
    ids=str,
)
def test_a_record_with_a_missing_part_is_incomplete(damage):
    whole = made_up_record(WITH.name, 0, 0.8, 0.9)
    assert Compare().is_complete(small_options(), whole)
    damaged = {key: value for key, value in (whole | damage).items() if value is not None}
    with pytest.raises((AssertionError, KeyError, TypeError)):
        assert Compare().is_complete(small_options(), damaged)


def test_the_summary_is_the_mean_over_the_pairs_at_the_end():
    comparison = compare(small_config(seeds=5))
    summary = comparison.summary
    for arm in (WITHOUT.name, WITH.name):
        for measure, value in summary["arms"][arm].items():
            finals = [pair[arm]["final"] | {"epochs": 2} for pair in comparison.pairs]
            assert value == pytest.approx(sum(final[measure] for final in finals) / 5)
    points = 100 * (summary["arms"][WITH.name]["test_accuracy"] - summary["arms"][WITHOUT.name]["test_accuracy"])
    (compared,) = summary["comparisons"]
    found = compared["differences"]["test_accuracy"]
    assert found["mean"] == pytest.approx(points)
    assert found["low"] <= points <= found["high"]
    assert compared["verdict"] == comparison.difference.verdict
    assert summary["pairs"] == 5
    assert summary["rows"] == {"train": 20, "validation": 0, "test": 2000}


def test_only_complete_pairs_count():
    records = [record for seed, two in enumerate(FIVE) for record in made_up_pair(seed, *two)]
    comparison = comparison_with([*records, made_up_record(WITH.name, 5, 0.1)], seeds=6, epochs=1)
    assert comparison.summary["pairs"] == 5
    assert comparison.difference == comparison_of(*FIVE, seeds=6).difference
    assert [trial.arm for trial in comparison.missing] == [WITHOUT.name]


def test_without_a_pair_there_is_no_summary_and_the_text_says_so():
    comparison = comparison_with([made_up_record(WITH.name, 0, 0.9)], epochs=1)
    assert comparison.summary is None
    assert str(comparison) == "1 of 4 trials are finished: too few for a result."
    with pytest.raises(ValueError, match="got 0 without"):
        print(comparison.difference)


def test_a_few_pairs_have_a_table_and_no_verdict():
    text = str(comparison_of(*FIVE[:2]))
    assert "Too few pairs for a verdict: +9.5 points of test accuracy on average over 2 pairs; at least 3" in text


def test_only_the_last_epoch_counts_however_good_an_earlier_one_was():
    records = [
        made_up_record(arm.name, seed, early, last)
        for seed in range(5)
        for arm, early, last in ((WITHOUT, 0.99, 0.80), (WITH, 0.01, 0.90))
    ]
    assert comparison_with(records, seeds=5).difference.mean == pytest.approx(10)


def test_with_early_stopping_the_kept_epoch_counts():
    records = [
        made_up_record(arm, seed, 0.5, 0.6, test_accuracy=accuracy)
        for seed in range(5)
        for arm, accuracy in zip(names_of_arms("only"), (0.7, 0.9), strict=True)
    ]
    assert comparison_with(records, seeds=5, early_stopping="only").difference.mean == pytest.approx(20)


def test_four_arms_give_two_verdicts():
    records = [
        made_up_record(arm, seed, accuracy)
        for seed in range(5)
        for arm, accuracy in zip(names_of_arms("also"), (0.7, 0.9, 0.88, 0.8), strict=True)
    ]
    comparison = comparison_with(records, seeds=5, epochs=1, early_stopping="also")
    assert [compared["verdict"] for compared in comparison.summary["comparisons"]] == ["helps", "hurts"]
    verdict, stopped, *_ = comparison.notes
    assert verdict.startswith("Dropout helps: +20.0 points of test accuracy")
    assert stopped.startswith("With early stopping, dropout hurts: -8.0 points of test accuracy")
    assert comparison.difference.mean == pytest.approx(20)


def test_targets_are_standardized_by_the_training_part_only(tmp_path):
    """Of a target that grows from row to row, the parts have different means; nothing of the test part is used."""
    table = tmp_path / "table.csv"
    table.write_text("x,y\n" + "".join(f"{row},{row**2 / 7}\n" for row in range(40)))
    for early_stopping in (None, "only"):
        options = {"csv": str(table), "target": "y", "train_size": 20, "early_stopping": early_stopping}
        for record in compare(small_config(dataset=None, **options)).records:
            assert record["baseline"]["train_loss"] == pytest.approx(1, rel=1e-5)


def test_saving_makes_the_folder_and_its_files(tmp_path):
    save(comparison_of(*FIVE), tmp_path / "new")
    assert sorted(os.listdir(tmp_path / "new")) == ["comparison.png", "learning_curves.png", "results.json"]


def test_saving_over_another_comparison_is_refused(tmp_path):
    save(comparison_of(*FIVE), tmp_path)
    with pytest.raises(LabError, match="made with other options"):
        save(comparison_of(*FIVE, epochs=3), tmp_path)


def test_the_saved_digest_of_the_data_reveals_changed_data(tmp_path):
    table, folder = tmp_path / "table.csv", tmp_path / "out"
    table.write_text("x,y\n" + "".join(f"{row},{row % 2}\n" for row in range(20)))
    config = small_config(dataset=None, csv=str(table), target="y", train_size=10)
    compare(config, out=folder)
    table.write_text(table.read_text().replace("7,1", "8,1"))
    with pytest.raises(LabError, match=r"other options .data [0-9a-f]{16}, not [0-9a-f]{16}"):
        compare(config, out=folder)


@pytest.fixture
def numbers_to_predict(tmp_path):
    """A comparison on a table whose target is a number."""
    rows = [f"{row % 13},{row % 7},{1000 + 30 * (row % 13) + row % 7}.5\n" for row in range(150)]
    (tmp_path / "prices.csv").write_text("a,b,price\n" + "".join(rows))
    return small_config(
        dataset=None, csv=str(tmp_path / "prices.csv"), target="price", train_size=None, epochs=8, seeds=5,
        hidden=(32,), learning_rate=0.01,
    )  # fmt: skip


def test_a_regression_is_compared_by_its_rmse(numbers_to_predict):
    comparison = compare(numbers_to_predict)
    summary, text = comparison.summary, str(comparison)
    assert comparison.options["classes"] is None
    assert summary["arms"][WITHOUT.name]["test_rmse"] < summary["baseline"]["test_rmse"] < 200
    for words in ("test RMSE", "test R²", "train RMSE"):
        assert words in text
    assert "accuracy" not in text
    assert comparison.difference.measure.name == "rmse"
    worse = comparison.difference.low is not None and comparison.difference.low > 0
    assert (comparison.difference.verdict == "hurts") == worse


def test_a_regression_has_no_labels_to_randomize(numbers_to_predict):
    from dataclasses import replace

    with pytest.raises(OptionError, match="label_noise: expected 0 for a regression"):
        compare(replace(numbers_to_predict, label_noise=0.1))


def test_a_regression_can_stop_early(numbers_to_predict):
    from dataclasses import replace

    summary = compare(replace(numbers_to_predict, early_stopping="also", seeds=2)).summary
    assert summary["rows"] == {"train": 84, "validation": 21, "test": 45}


def test_the_curve_of_a_record_has_the_measured_epochs():
    config = small_config(epochs=30)
    record = compare(config).records[0]
    assert [measured["epoch"] for measured in record["curve"]] == list(measured_epochs(30))
    assert isinstance(compare(config), Comparison)
    assert load(config).classes == 2

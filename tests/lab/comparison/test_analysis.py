"""Which findings are mentioned, and which rows, pairs and arms count: tested at the thresholds."""

import pytest

from tests.lab.small import comparison_with, made_up_record, names_of_arms, small_options
from tinygrad_dropout.lab.comparison.analysis import analyze, pairs_of
from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT


def figures_of(records, classes=2, *, epochs=4, **options):
    return analyze(small_options(classes, seeds=5, epochs=epochs, **options), records)


def records_with(key, curve, baseline, *, arm=WITH, early_stopping=None):
    """Five pairs in which one arm's curve in one measure is this one, and all else stands still."""
    records = [made_up_record(name, seed, *[0.8] * 4) for seed in range(5) for name in names_of_arms(early_stopping)]
    for record in records:
        record["baseline"] = record["baseline"] | {"test_rmse": 0.0, "test_r_squared": 0.0, key: baseline}
        for place, measured in enumerate(record["curve"]):
            measured |= {"test_rmse": 4.0, "test_r_squared": 0.5}
            measured |= {key: curve[place] if record["arm"] == arm.name else curve[0]}
        record["final"] = record["curve"][-1] | {"train_rmse": 1.0}
    return records


def note_on(key, curve, baseline=0.5, classes=2, arm=WITH):
    (compared,) = figures_of(records_with(key, curve, baseline, arm=arm), classes)["comparisons"]
    return " ".join(compared["budget"])


@pytest.mark.parametrize(
    ("key", "classes", "baseline", "least"),
    [
        ("test_accuracy", 2, 0.5, 0.005),
        ("test_rmse", None, 400.0, -2.0),  # half a percent of the baseline's
        ("test_loss", 2, 2.0, -0.02),  # three percent
    ],
)
@pytest.mark.parametrize("arm", [WITHOUT, WITH])
def test_a_change_in_the_last_quarter_is_mentioned_if_it_exceeds_the_threshold(key, classes, baseline, least, arm):
    start = 0.8 if classes else 300.0
    more, less = ([start, start, start, start + factor * least] for factor in (1.05, 0.95))
    found = note_on(key, more, baseline, classes, arm)
    assert found.startswith(f"W{arm.name[1:]}, test ")
    assert "was still improving at the last epoch" in found
    assert note_on(key, less, baseline, classes, arm) == ""


@pytest.mark.parametrize(
    ("key", "classes", "baseline", "least"), [("test_accuracy", 2, 0.5, 0.01), ("test_rmse", None, 400.0, -4.0)]
)
def test_a_decline_since_the_best_epoch_is_mentioned_above_twice_the_threshold(key, classes, baseline, least):
    start = 0.8 if classes else 300.0
    more, less = ([start + factor * least, start, start, start] for factor in (1.05, 0.95))
    assert " was best at epoch 1 and got " in note_on(key, more, baseline, classes)
    assert note_on(key, less, baseline, classes) == ""


def test_a_log_loss_that_only_got_worse_is_not_mentioned():
    """It does so whenever a network becomes too sure of itself, while its accuracy stays."""
    assert note_on("test_loss", [0.2, 0.5, 0.8, 1.1]) == ""


def test_accuracy_is_mentioned_rather_than_the_loss():
    records = records_with("test_accuracy", [0.5, 0.6, 0.7, 0.8], 0.5)
    for record in records:
        for measured in record["curve"]:
            measured["test_loss"] = 2 - measured["epoch"] / 4
    notes = figures_of(records)["comparisons"][0]["budget"]
    assert [note.split(" was")[0] for note in notes] == [
        "Without dropout, test log-loss",
        "With dropout, test accuracy",
    ]


def test_runs_that_did_not_stop_before_the_last_epoch_are_counted():
    records = records_with("test_accuracy", [0.8] * 4, 0.5, early_stopping="only")
    for record in records:
        if record["seed"] < 3 or record["arm"] == names_of_arms("only")[0]:
            record["epochs"] = 3
    (compared,) = figures_of(records, early_stopping="only")["comparisons"]
    assert compared["budget"] == ["With dropout, 2 of 5 runs did not stop before the last epoch: try more epochs."]


def test_the_reported_sizes_are_the_smallest_over_the_pairs():
    """Groups stay whole, so they differ."""
    records = records_with("test_accuracy", [0.8] * 4, 0.5)
    for record in records:
        record["rows"] = {"train": 40 - record["seed"], "validation": 0, "test": 20 - record["seed"]}
    figures = figures_of(records)
    assert figures["rows"] == {"train": 36, "validation": 0, "test": 16}
    ends = figures["comparisons"][0]["differences"]["test_accuracy"]
    assert (ends["high"] - ends["low"]) / 2 == pytest.approx(2.776445 * 100 / 16 / 2 / 5**0.5)


def test_the_baseline_is_that_of_the_network_that_does_not_stop_early():
    """The other one's training part is smaller; with all four arms the tables share one baseline."""
    records = records_with("test_accuracy", [0.8] * 4, 0.5, early_stopping="also")
    for record in records:
        if record["arm"].endswith("early"):
            record["baseline"] = record["baseline"] | {"test_accuracy": 0.4}
    assert figures_of(records, early_stopping="also")["baseline"]["test_accuracy"] == 0.5


def test_incomplete_pairs_are_left_out_and_the_others_ordered_by_seed():
    records = [made_up_record(arm.name, seed, 0.8) for seed in (7, 3, 5) for arm in (WITH, WITHOUT)]
    pairs = pairs_of(small_options(), records[:-1])
    assert [[pair[arm.name]["seed"] for arm in (WITHOUT, WITH)] for pair in pairs] == [[3, 3], [7, 7]]


@pytest.mark.parametrize("arm", [WITHOUT, WITH])
def test_an_arm_that_diverged_in_one_pair_prevents_a_verdict(arm):
    records = records_with("test_accuracy", [0.8] * 4, 0.5)
    for record in records:
        record["final"]["train_loss_dropout_on"] = 9.0
        if (record["arm"], record["seed"]) == (arm.name, 2):
            record["final"]["train_loss"] = 4.0
    figures = figures_of(records)
    assert figures["comparisons"][0]["verdict"] == "diverged"
    assert figures["diverged"] == {each.name: int(each is arm) for each in (WITHOUT, WITH)}
    assert figures["highest_loss"] == {each.name: 4.0 if each is arm else 0.1 for each in (WITHOUT, WITH)}
    assert not any(figures["learned_nothing"].values())


def test_a_train_loss_equal_to_the_baselines_counts_as_nothing_learned():
    records = records_with("test_accuracy", [0.8] * 4, 0.5)
    for record in records[:2]:
        record["final"]["train_loss"] = record["baseline"]["train_loss"]
    assert figures_of(records)["learned_nothing"] == {WITHOUT.name: 1, WITH.name: 1}


def test_without_a_complete_pair_there_is_no_summary():
    assert comparison_with([made_up_record(WITH.name, 0, 0.8)]).summary is None

"""The report: what was compared, both arms, what it shows, and what to know before you believe it."""

import re

import pytest

from tests.lab.small import comparison_of, comparison_with, made_up_record, names_of_arms, small_options
from tinygrad_dropout.lab import Compare
from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT
from tinygrad_dropout.lab.comparison.budget import capitalized
from tinygrad_dropout.lab.comparison.report import number

FIVE = [(0.80, 0.90), (0.82, 0.91), (0.78, 0.89), (0.80, 0.91), (0.81, 0.90)]


def comparison_in(*values, **options):
    """Five pairs whose arms have these final figures: one dict for each arm."""
    arms = names_of_arms(options.get("early_stopping"))
    records = [
        made_up_record(arm, seed, 0.8, **{key: value for key, value in final.items() if key != "baseline"})
        for seed in range(5)
        for arm, final in zip(arms, values, strict=True)
    ]
    for record in records:
        record["baseline"] = record["baseline"] | values[0].get("baseline", {})
    return comparison_with(records, **{"seeds": 5, "epochs": 1} | options)


def regression_in(*values, baseline=None):
    """Five pairs of a regression of two epochs, whose arms have these final figures: one dict for each arm."""
    figures = {"train_rmse": 1.0, "test_rmse": 3.0, "test_r_squared": 0.5}
    of = {"train_loss": 1.0, "train_rmse": 1.0, "test_rmse": 4.0, "test_r_squared": 0.0}
    of |= values[0].get("baseline", {}) | (baseline or {})
    records = []
    for seed in range(5):
        for arm, final in zip(names_of_arms(None), values, strict=True):
            record = made_up_record(arm, seed, 0.8, 0.8)
            for measured in (*record["curve"], record["final"]):
                measured |= figures
            record["final"] |= {key: value for key, value in final.items() if key != "baseline"}
            records.append(record | {"baseline": of})
    for seed, record in enumerate(records):
        record["final"]["test_rmse"] *= 1 + 1e-4 * (seed % 3)
    options = small_options(None, seeds=5, epochs=2)
    outcome = Compare().outcome(options, {}).with_records(records)
    return outcome


def test_a_report_is_the_table_and_the_verdict():
    text = str(comparison_of(*FIVE))
    for words in (
        "moons: 20 training examples, 1,000 test examples; hidden layer of 8 units; p = 0.5, inputs 0.2; "
        "2 epochs of adam\n",
        "mean of 5 pairs",
        "train loss, dropout on     0.300    0.300",
        "train loss, dropout off    0.100    0.100",
        "train accuracy            100.0%   100.0%                   +0.0     50.0%",
        "test accuracy              80.2%    90.2%  +10.0 (+8.8 to +11.2)     50.0%",
        "balanced test accuracy     80.2%    90.2%  +10.0 (+8.8 to +11.2)     50.0%",
        "test log-loss              0.200    0.200",
        "Dropout helps: +10.0 points of test accuracy (95% interval +8.8 to +11.2, 5 pairs).\n",
        "Compare the test log-loss with the train loss with dropout off",
    ):
        assert words in text
    assert "\x1b" not in text


def test_a_report_fits_a_terminal_of_80_columns():
    lines = str(comparison_of(*FIVE)).splitlines()
    table = lines[1 : next(place for place, line in enumerate(lines) if line.startswith("Dropout"))]
    assert max(map(len, table)) <= 80


def test_label_noise_is_part_of_the_description():
    text = str(comparison_of(*FIVE, label_noise=0.25))
    assert "20 training examples, 25% of their labels random, 1,000 test examples;" in text
    assert "Train figures count the labels as trained on, random ones included" in text


def test_your_own_table_is_called_by_its_name():
    text = str(comparison_of(*FIVE, dataset=None, csv="folder/my [own] flowers.csv", target="species"))
    assert text.startswith("my [own] flowers.csv: 20 training examples,")


def test_differences_of_losses_are_with_minus_without():
    assert "test log-loss              0.200    0.500                +0.30" in str(
        comparison_in({}, {"test_loss": 0.5})
    )


def test_differences_of_train_figures_are_with_minus_without():
    text = str(comparison_in({"train_accuracy": 0.9}, {"train_accuracy": 0.75, "train_loss": 0.35}))
    assert re.search(r"train accuracy +90\.0% +75\.0% +-15\.0 +50\.0%", text)
    assert re.search(r"train loss, dropout off +0\.100 +0\.350 +\+0\.250 +0\.690", text)


def test_early_stopping_says_what_was_held_back_and_which_epoch_was_kept():
    text = str(comparison_in({"epoch": 4}, {"epoch": 7}, early_stopping="only", epochs=9))
    assert "24 training examples (4 of them held back for early stopping)" in text
    assert re.search(r"epoch kept +4\.0 +7\.0 +\+3\.0 ", text)


def test_a_training_that_diverged_has_no_verdict():
    (note,) = comparison_in({"train_loss": 1.2e27}, {"test_accuracy": 0.99}).notes
    assert note == (
        "No verdict, because the training diverged: without dropout in 5 of 5 pairs (train loss up to 1.20e+27), where "
        "a constant prediction has 0.690. Try a learning rate below 0.001."
    )


def test_both_arms_that_diverged_are_named_and_results_say_so():
    comparison = comparison_in({"train_loss": 5}, {"train_loss": 2e6})
    assert "without dropout in 5 of 5 pairs (train loss up to 5.000) and with dropout in 5 of 5" in comparison.notes[0]
    assert comparison.summary["comparisons"][0]["verdict"] == "diverged"


@pytest.mark.parametrize("arm", [WITHOUT, WITH])
def test_a_network_that_learned_nothing_is_mentioned(arm):
    both = [{"train_loss": 0.69} if other is arm else {} for other in (WITHOUT, WITH)]
    found = [note for note in comparison_in(*both).notes if "learned nothing" in note]
    assert found == [
        f"{capitalized(arm.name)}, the network learned nothing from the inputs in 5 of 5 pairs: its train loss is no "
        "lower than that of a constant prediction."
    ]


def test_an_untrained_network_has_not_diverged_even_if_the_baseline_is_very_low():
    """Of 1,000 rows with 5 in the rare class, the baseline has a log-loss of 0.03; an untrained network 0.69."""
    for loss, verdict in ((0.69, "helps"), (1.3, "helps"), (1.4, "diverged")):
        both = {"train_loss": loss, "baseline": {"train_loss": 0.03}}, {"test_accuracy": 0.9, "train_loss": loss}
        comparison = comparison_in(*both)
        assert comparison.summary["comparisons"][0]["verdict"] == verdict
        found = [note for note in comparison.notes if "learned nothing from the inputs in 5 of 5 pairs" in note]
        assert len(found) == (2 if verdict == "helps" else 0)


def test_divergence_is_judged_by_the_baseline_if_an_untrained_network_is_better():
    both = {"train_loss": 1.5, "baseline": {"train_loss": 0.8}}, {"test_accuracy": 0.9}
    assert comparison_in(*both).summary["comparisons"][0]["verdict"] == "helps"


@pytest.mark.parametrize(("loss", "verdict"), [(1.99, "no effect shown"), (2.0, "diverged")])
def test_a_regression_has_diverged_if_its_loss_is_twice_that_of_the_mean(loss, verdict):
    comparison = regression_in({"train_loss": loss}, {})
    assert comparison.summary["comparisons"][0]["verdict"] == verdict


def test_equal_training_targets_leave_nothing_to_learn_but_are_not_divergence():
    comparison = regression_in({"train_loss": 0.03}, {"train_loss": 1.5}, baseline={"train_loss": 0})
    assert comparison.summary["comparisons"][0]["verdict"] == "no effect shown"
    assert comparison.notes[2] == "In 5 of 5 pairs all training targets are equal: there is nothing to learn."
    assert not any("learned nothing" in note for note in comparison.notes)


def test_the_highest_train_loss_of_a_diverged_arm_is_named():
    """The mean of one that diverged and four that did not may be lower than the baseline's."""
    records = comparison_in({}, {}).records
    records[2]["final"]["train_loss"] = 3.25
    notes = comparison_with(list(records), seeds=5).notes
    assert "without dropout in 1 of 5 pairs (train loss up to 3.250), where" in notes[0]


def test_the_note_on_a_regression_mentions_no_test_loss_because_none_is_shown():
    assert regression_in({}, {}).notes[-1].startswith("The train RMSE is measured with dropout off, like the test RMSE")


def test_a_note_says_that_all_pairs_share_the_rows_of_a_test_file():
    options = {"dataset": None, "csv": "a.csv", "target": "y", "test_csv": "b.csv"}
    same = "All pairs are tested on the same 1,000 rows of b.csv: the interval does not cover other test rows."
    assert same in comparison_of(*FIVE, **options).notes
    assert same not in comparison_of(*FIVE[:2], **options).notes
    assert same not in comparison_of(*FIVE, **options | {"test_csv": None}).notes


def test_a_note_says_that_all_pairs_share_the_test_rows_of_a_data_set():
    same = "All pairs are tested on the same 1,000 rows of mnist1d: the interval does not cover other test rows."
    assert same in comparison_of(*FIVE, dataset="mnist1d").notes
    assert not any("the interval does not cover" in note for note in comparison_of(*FIVE, dataset="digits").notes)


@pytest.mark.parametrize("unit", [1e-9, 1, 3e4, 1e10])
def test_the_table_of_a_regression_fits_80_columns_and_shows_digits_in_any_unit(unit):
    errors = {"train_rmse": 0.3 * unit, "test_rmse": 1.2345 * unit, "baseline": {"test_rmse": unit, "train_rmse": unit}}
    comparison = regression_in(errors, {"train_rmse": 0.5 * unit, "test_rmse": 1.1 * unit})
    for seed, record in enumerate(comparison.records):
        record["final"]["test_rmse"] *= 1 + 0.02 * (seed % 3)
    lines = str(comparison).splitlines()
    table = lines[1 : next(place for place, line in enumerate(lines) if line.startswith("Dropout helps"))]
    assert max(map(len, table)) <= 80
    rows = {line[:10]: line[10:].split() for line in table if "RMSE" in line}
    for name, (without, with_dropout) in {"train RMSE": (0.3, 0.5), "test RMSE ": (1.254, 1.122)}.items():
        shown = [float(cell.replace(",", "")) / unit for cell in rows[name][:2]]
        assert shown == pytest.approx((without, with_dropout), rel=0.01)


def test_an_interval_that_does_not_fit_is_printed_below_its_difference():
    records = comparison_in({}, {}).records
    for seed, record in enumerate(records):
        record["final"]["test_loss"] = 0.2 + 0.001 * (seed % 3)
    table = str(comparison_with(list(records), seeds=5, epochs=1)).splitlines()
    place = next(place for place, line in enumerate(table) if line.startswith("test log-loss"))
    assert re.fullmatch(r"test log-loss +0.201 +0.201 +[+-]0.\d{4} +0.690 *", table[place])
    assert re.fullmatch(r" +\([+-]0.\d{4} to [+-]0.\d{4}\) *", table[place + 1])


def test_an_interval_that_just_fits_is_printed_next_to_its_difference():
    records = comparison_in({}, {}).records
    for seed, record in enumerate(records):
        record["final"]["test_loss"] = 0.2 + (0.05 * (seed % 3) if record["arm"] == WITH.name else 0)
    lines = str(comparison_with(list(records), seeds=5, epochs=1)).splitlines()
    (row,) = (line for line in lines if line.startswith("test log-loss"))
    assert re.search(r" [+-]0.\d{3} \([+-]0.\d{3} to [+-]0.\d{3}\)  ", row)
    assert len(row) == 79


@pytest.mark.parametrize(("unit", "shown"), [(0.011, "0.011"), (0.009, "9.00e-03")])
def test_a_small_rmse_has_an_exponent(unit, shown):
    table = str(regression_in({"baseline": {"test_rmse": unit}}, {}))
    assert next(line for line in table.splitlines() if line.startswith("test RMSE")).split()[-1] == shown


def test_a_single_pair_is_called_a_pair():
    assert "mean of 1 pair  " in str(comparison_of(FIVE[0], seeds=2))


@pytest.mark.parametrize(
    ("hidden", "words"),
    [((1,), "; hidden layer of 1 unit;"), ((1000,), " layer of 1,000 units;"), ((8, 1), "; hidden layers 8, 1;")],
)
def test_the_description_distinguishes_layers_from_units(hidden, words):
    assert words in comparison_of(*FIVE, hidden=hidden).description


def test_a_note_says_that_a_single_epoch_shows_no_trend():
    headline = comparison_in({}, {}).notes[0]
    single = " A single epoch cannot show whether the networks were still improving: try more epochs."
    assert headline.endswith(single)
    assert headline.count("epoch") == 2


def test_notes_on_networks_that_stop_early_say_so():
    records = [
        made_up_record(arm, seed, 0.8, 0.8 + 0.01 * (seed - 2) * spread)
        for seed in range(5)
        for arm, spread in zip(names_of_arms("also"), (0, 1, 0, 2), strict=True)
    ]
    first, early, caution, early_caution, _ = comparison_with(records, seeds=5, epochs=2, early_stopping="also").notes
    assert first == "No effect shown: +0.0 points of test accuracy (95% interval -2.0 to +2.0, 5 pairs)."
    assert early == (
        "With early stopping, no effect shown: +0.0 points of test accuracy (95% interval -3.9 to +3.9, 5 pairs). "
        "Without dropout, 5 of 5 runs did not stop before the last epoch: try more epochs. "
        "With dropout, 5 of 5 runs did not stop before the last epoch: try more epochs."
    )
    assert caution.startswith("5 pairs can show a difference of about 2.0 points or more")
    assert early_caution.startswith("With early stopping, 5 pairs can show a difference of about 3.9 points or more")


def test_a_caution_on_both_pairs_of_arms_is_given_once():
    records = [made_up_record(arm, seed, 0.8, 0.8) for seed in range(5) for arm in names_of_arms("also")]
    notes = comparison_with(records, seeds=5, epochs=2, early_stopping="also").notes
    assert sum("pairs can show" in note for note in notes) == 1


def test_networks_no_better_than_the_most_common_class_are_mentioned():
    notes = comparison_in(
        {"test_accuracy": 0.993, "baseline": {"test_accuracy": 0.993}}, {"test_accuracy": 0.993}
    ).notes
    assert "By test accuracy, no network beats always predicting the most common class (test accuracy 99.3%)." in notes
    assert any(note.startswith("The classes are unbalanced") for note in notes)


def test_unbalanced_classes_are_mentioned():
    notes = comparison_in({"baseline": {"test_accuracy": 0.8}, "test_accuracy": 0.9}, {"test_accuracy": 0.91}).notes
    assert (
        "The classes are unbalanced: always predicting the most common class gives test accuracy 80.0%. Look at "
        "balanced accuracy and log-loss too."
    ) in notes


def test_classes_are_not_called_unbalanced_below_a_share_of_80_percent():
    notes = comparison_in({"baseline": {"test_accuracy": 0.79}, "test_accuracy": 0.9}, {"test_accuracy": 0.91}).notes
    assert not any("unbalanced" in note for note in notes)


@pytest.mark.parametrize(("with_dropout", "beaten"), [(0.4, False), (0.5, False), (0.6, True)])
def test_the_note_disappears_if_one_network_beats_the_most_common_class(with_dropout, beaten):
    notes = comparison_in({"test_accuracy": 0.45}, {"test_accuracy": with_dropout}).notes
    assert any("no network beats" in note for note in notes) != beaten


@pytest.mark.parametrize(("with_dropout", "beaten"), [(3.9, True), (4.1, False)])
def test_a_regression_beats_the_mean_if_its_rmse_is_lower(with_dropout, beaten):
    notes = regression_in({"test_rmse": 5.0}, {"test_rmse": with_dropout}).notes
    assert ("By test RMSE, no network beats always predicting the mean (test RMSE 4.000)." in notes) != beaten


def test_a_clear_result_gets_only_the_verdict_and_an_explanation():
    verdict, explanation = comparison_of(*FIVE).notes
    assert verdict.endswith("5 pairs).")
    assert explanation.startswith("Compare the test log-loss")


def test_the_headline_says_if_the_number_of_epochs_decided_the_verdict():
    records = [
        made_up_record(arm.name, seed, *curve)
        for seed in range(5)
        for arm, curve in ((WITHOUT, (0.5, 0.9, 0.9, 0.8, 0.7, 0.6)), (WITH, (0.4, 0.5, 0.6, 0.7, 0.75, 0.8)))
    ]
    headline = comparison_with(records, seeds=5, epochs=6).notes[0]
    assert headline.startswith("Dropout helps: +20.0 points")
    assert "Without dropout, test accuracy was best at epoch 2 and got 30.0 points worse after that" in headline
    assert (
        "With dropout, test accuracy was still improving at the last epoch (by 10.0 points since epoch 4)" in headline
    )


def test_a_falling_loss_is_mentioned_if_accuracy_is_constant():
    records = [made_up_record(arm, seed, *[0.8] * 8) for seed in range(5) for arm in names_of_arms(None)]
    for record in records[1::2]:
        for measured in record["curve"]:
            measured["test_loss"] = 1 - measured["epoch"] / 20
    headline = comparison_with(records, seeds=5, epochs=8).notes[0]
    assert headline.endswith(
        "With dropout, test log-loss was still improving at the last epoch (by 0.10 nats since epoch 6): try "
        "more epochs."
    )


def test_curves_are_judged_over_the_epochs_that_all_pairs_share():
    records = [
        made_up_record(arm, seed, *[0.5, 0.6, 0.7, 0.8][: 4 - (seed == 2)], **{"test_accuracy": 0.7})
        for seed in range(5)
        for arm in names_of_arms(None)
    ]
    headline = comparison_with(records, seeds=5, epochs=4).notes[0]
    assert "With dropout, test accuracy was still improving at the last epoch (by 10.0 points since" in headline


@pytest.mark.parametrize(
    ("early_stopping", "advice"), [(None, "try early stopping"), ("also", "compare the networks that stopped early")]
)
def test_early_stopping_is_suggested_unless_it_is_already_used(early_stopping, advice):
    records = [
        made_up_record(arm, seed, 0.5, 0.9, 0.9, 0.8, 0.7, 0.6)
        for seed in range(5)
        for arm in names_of_arms(early_stopping)
    ]
    headline = comparison_with(records, seeds=5, epochs=6, early_stopping=early_stopping).notes[0]
    assert f"got 30.0 points worse after that: {advice}." in headline


def test_runs_that_never_stopped_early_are_counted():
    headline = comparison_in({}, {}, early_stopping="only").notes[0]
    assert "With dropout, 5 of 5 runs did not stop before the last epoch: try more epochs." in headline


@pytest.mark.parametrize(
    ("value", "scale", "shown"),
    [
        (0.9394, 100, "93.9%"), (0.1234, 1, "0.123"), (27.1234, 1, "27.123"), (257.31, 1, "257.3"),
        (1234.5, 1, "1,234"), (25123.4, 1, "25,123"), (2.5e30, 1, "2.50e+30"), (-0.003, 1, "-0.003"), (None, 1, ""),
    ],
)  # fmt: skip
def test_numbers_are_written_as_briefly_as_possible(value, scale, shown):
    assert number(value, scale) == shown

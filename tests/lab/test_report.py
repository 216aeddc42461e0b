"""The report: what was compared, both arms, what it shows, and what to know before it is believed."""

import pytest

from tests.lab.small import comparison_of, comparison_with, made_up_record, names_of_arms
from tinygrad_dropout.lab.arms import WITH, WITHOUT
from tinygrad_dropout.lab.report import number

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


def test_a_report_is_the_table_and_the_verdict():
    text = str(comparison_of(*FIVE))
    for words in (
        "moons: 20 training examples, 1,000 test examples; hidden layers 8; p = 0.5, inputs 0.2; 1 epoch of adam\n",
        "mean of 5 pairs",
        "train loss, dropout on     0.300    0.300",
        "train loss, dropout off    0.100    0.100",
        "train accuracy           100.0 %  100.0 %                   +0.0    50.0 %",
        "test accuracy             80.2 %   90.2 %  +10.0 (+8.8 to +11.2)    50.0 %",
        "balanced test accuracy    80.2 %   90.2 %  +10.0 (+8.8 to +11.2)    50.0 %",
        "test log-loss              0.200    0.200",
        "Dropout helps: +10.0 points of test accuracy (95 % interval +8.8 to +11.2, 5 pairs).\n",
        "Compare test loss with the train loss with dropout off",
    ):
        assert words in text
    assert "\x1b" not in text


def test_a_report_fits_a_terminal_of_80_columns():
    lines = str(comparison_of(*FIVE)).splitlines()
    table = lines[1 : next(place for place, line in enumerate(lines) if line.startswith("Dropout"))]
    assert max(map(len, table)) <= 80


def test_label_noise_is_part_of_the_description():
    text = str(comparison_of(*FIVE, label_noise=0.25))
    assert "20 training examples, 25 % of their labels random, 1,000 test examples;" in text
    assert "Train figures are against the labels as trained on, random ones included" in text


def test_a_table_of_ones_own_is_called_by_its_name():
    text = str(comparison_of(*FIVE, dataset=None, csv="folder/my [own] flowers.csv", target="species"))
    assert text.startswith("my [own] flowers.csv: 20 training examples,")


def test_differences_of_losses_are_with_minus_without():
    assert "test log-loss              0.200    0.500                +0.30" in str(
        comparison_in({}, {"test_loss": 0.5})
    )


def test_early_stopping_says_what_was_held_back_and_which_epoch_was_kept():
    text = str(comparison_in({"epoch": 4}, {"epoch": 7}, early_stopping="only", epochs=9))
    assert "24 training examples (4 of them held back for early stopping)" in text
    assert "epoch kept                   4.0      7.0" in text


def test_a_training_that_diverged_has_no_verdict():
    (note,) = comparison_in({"train_loss": 1.2e27}, {"test_accuracy": 0.99}).notes
    assert note == (
        "No verdict, because the training diverged: without dropout in 5 of 5 pairs (train loss 1.20e+27), where a "
        "constant prediction has 0.690. Try a learning rate below 0.001."
    )


def test_both_arms_that_diverged_are_named_and_results_say_so():
    comparison = comparison_in({"train_loss": 5}, {"train_loss": 2e6})
    assert "without dropout in 5 of 5 pairs (train loss 5.000) and with dropout in 5 of 5" in comparison.notes[0]
    assert comparison.summary["comparisons"][0]["verdict"] == "diverged"


@pytest.mark.parametrize("arm", [WITHOUT, WITH])
def test_a_network_that_has_learnt_nothing_is_mentioned(arm):
    both = [{"train_loss": 0.69} if other is arm else {} for other in (WITHOUT, WITH)]
    found = [note for note in comparison_in(*both).notes if "learnt nothing" in note]
    assert found == [
        f"The network {arm.name} has learnt nothing in 5 of 5 pairs: its train loss is no lower than that of a "
        "constant prediction."
    ]


def test_networks_no_better_than_the_most_common_class_are_mentioned():
    notes = comparison_in(
        {"test_accuracy": 0.993, "baseline": {"test_accuracy": 0.993}}, {"test_accuracy": 0.993}
    ).notes
    assert "No network is better than always predicting the most common class (test accuracy 99.3 %)." in notes


def test_unbalanced_classes_are_mentioned():
    notes = comparison_in({"baseline": {"test_accuracy": 0.8}, "test_accuracy": 0.9}, {"test_accuracy": 0.91}).notes
    assert (
        "The classes are unbalanced: always predicting the most common class gives test accuracy 80.0 %. Look at "
        "balanced accuracy and log-loss too."
    ) in notes


def test_nothing_is_said_where_there_is_nothing_to_say():
    verdict, explanation = comparison_of(*FIVE).notes
    assert verdict.endswith("5 pairs).")
    assert explanation.startswith("Compare test loss")


def test_the_headline_says_when_the_number_of_epochs_decided():
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


def test_a_loss_that_still_falls_is_mentioned_where_accuracy_stands_still():
    records = [made_up_record(arm, seed, *[0.8] * 8) for seed in range(5) for arm in names_of_arms(None)]
    for record in records[1::2]:
        for measured in record["curve"]:
            measured["test_loss"] = 1 - measured["epoch"] / 20
    headline = comparison_with(records, seeds=5, epochs=8).notes[0]
    assert headline.endswith(
        "With dropout, test log-loss was still improving at the last epoch (by 0.1 nats since epoch 6): try "
        "more epochs."
    )


def test_curves_are_judged_as_far_as_all_pairs_have_them():
    records = [
        made_up_record(arm, seed, *[0.5, 0.6, 0.7, 0.8][: 4 - (seed == 2)], **{"test_accuracy": 0.7})
        for seed in range(5)
        for arm in names_of_arms(None)
    ]
    headline = comparison_with(records, seeds=5, epochs=4).notes[0]
    assert "With dropout, test accuracy was still improving at the last epoch (by 10.0 points since" in headline


def test_runs_that_never_stopped_early_are_counted():
    headline = comparison_in({}, {}, early_stopping="only").notes[0]
    assert "With dropout, stopped early: 5 of 5 runs reached the last epoch without stopping." in headline


@pytest.mark.parametrize(
    ("value", "scale", "shown"),
    [
        (0.9394, 100, "93.9 %"), (0.1234, 1, "0.123"), (27.1234, 1, "27.123"), (1234.5, 1, "1,234"),
        (2.5e30, 1, "2.50e+30"), (-0.003, 1, "-0.003"), (None, 1, ""),
    ],
)  # fmt: skip
def test_figures_are_as_short_as_they_may_be(value, scale, shown):
    assert number(value, scale) == shown

"""What test curves say about the number of epochs: too few, too many, or nothing."""

import numpy as np
import pytest

from tinygrad_dropout.lab.comparison.budget import Curves, last_part, may_change, past_its_best, still_improving
from tinygrad_dropout.lab.comparison.measures import ACCURACY, LOG_LOSS, RMSE

EPOCHS = range(1, 21)
TIME = np.arange(1, 21)
NOISE = np.random.default_rng(0).normal(size=(8, 20))

RISING = 0.9 - 0.4 * np.exp(-TIME / 8)
RISEN = 0.9 - 0.4 * np.exp(-TIME / 1.5)
FALLEN = RISEN - 0.004 * np.maximum(TIME - 6, 0)
FLAT = np.full(20, 0.8)


def note(curve, *, noise=0.002, measure=ACCURACY, whole=1.0, pairs=8, epochs=EPOCHS):
    values = curve + noise * NOISE[:pairs, : len(curve)]
    curves = Curves("with dropout", measure, list(epochs), values, 0.005 * whole)
    return past_its_best(curves) or still_improving(curves)


@pytest.mark.parametrize(
    ("curve", "words"),
    [
        (RISING, "With dropout, test accuracy was still improving at the last epoch (by 2."),
        (FALLEN, "With dropout, test accuracy was best at epoch "),
        (RISEN, None),
        (FLAT, None),
    ],
    ids=["rising", "fallen", "risen", "flat"],
)
def test_only_a_curve_that_changes_is_mentioned(curve, words):
    assert (note(curve) or "").startswith(words or "")
    assert bool(note(curve)) == bool(words)


def test_the_note_names_the_best_epoch_and_the_decline_since_then():
    curve = np.concatenate([np.linspace(0.5, 0.9, 6), np.linspace(0.9, 0.8, 15)[1:]])
    assert note(curve, noise=0) == (
        "With dropout, test accuracy was best at epoch 6 and got 10.0 points worse after that: try early stopping."
    )


def test_the_gain_is_measured_over_the_last_quarter():
    assert note(TIME / 100, noise=0) == (
        "With dropout, test accuracy was still improving at the last epoch (by 5.0 points since epoch 15): try more "
        "epochs."
    )


@pytest.mark.parametrize("epochs", [2, 3, 80, 81])
def test_the_last_quarter_is_judged_by_its_two_end_epochs(epochs):
    ends = last_part(epochs)
    values = np.array(ends) / epochs + 0.01 * NOISE[:, :2]
    found = still_improving(Curves("with dropout", ACCURACY, ends, values, 0.005))
    assert f"since epoch {int(0.75 * epochs)})" in found
    assert last_part(1) == (1,)


def test_networks_that_were_still_improving_are_listed_in_one_sentence():
    assert may_change(["at p = 0.9", "at p = 0"]) == [
        "Still improving at the end, so that longer training may change a verdict: at p = 0.9; at p = 0."
    ]
    assert may_change([]) == []


def test_random_jitter_is_not_mistaken_for_a_peak():
    """Ten pairs, 20 epochs, 1,000 test rows: from the best epoch of all pairs on, 10% of these seem to fall."""
    rng, alarms = np.random.default_rng(0), 0
    for _ in range(500):
        values = rng.binomial(1000, 0.85, size=(10, 20)) / 1000
        alarms += past_its_best(Curves("with dropout", ACCURACY, list(EPOCHS), values, 0.005)) is not None
    assert alarms < 0.06 * 500


def test_the_decline_is_measured_from_the_epoch_at_which_the_other_pairs_were_best():
    """The first pair is best at epoch 1, and the second at epoch 2, as is their mean; each is seen at the other's."""
    values = np.array([[0.90, 0.80, 0.5, 0.5], [0.82, 0.93, 0.5, 0.5]])
    found = past_its_best(Curves("with dropout", ACCURACY, [1, 2, 3, 4], values, 0.005))
    assert "was best at epoch 2 and got 31.0 points worse" in found


@pytest.mark.parametrize(("best", "mentioned"), [(9, True), (10, True), (11, False)])
def test_a_peak_is_mentioned_only_in_the_first_half_of_the_epochs(best, mentioned):
    curve = np.where(best >= TIME, 0.5 + 0.01 * TIME, 0.4)
    assert bool(note(curve, noise=0)) == mentioned


def test_two_pairs_can_distinguish_a_change_from_chance():
    assert note(RISING, pairs=2, noise=0)


def test_the_measured_epoch_nearest_to_three_quarters_counts():
    """After 80 epochs that is epoch 61; 53 would be a third of the training."""
    found = note(np.array([1, 53, 61, 70, 80]) / 100, noise=0, epochs=[1, 53, 61, 70, 80])
    assert "(by 19.0 points since epoch 61)" in found


def test_an_rmse_in_hundreds_is_written_out():
    assert "(by 125 since epoch 15)" in note(1000 - 25 * TIME, noise=0, measure=RMSE)


@pytest.mark.parametrize(("curve", "words"), [(1 - RISING, "improving"), (1 - FALLEN, " worse after that")])
def test_an_rmse_improves_by_falling(curve, words):
    assert words in note(300 * curve, noise=0.6, measure=RMSE, whole=300)


def test_an_rmse_is_compared_with_its_baseline():
    assert note(300 * (1 - RISING), noise=0, measure=RMSE, whole=300)
    assert note(300 * (1 - RISING), noise=0, measure=RMSE, whole=300 * 100) is None


def test_the_change_of_a_log_loss_is_in_nats():
    words = "With dropout, test log-loss was still improving at the last epoch (by 0.25 nats since epoch 15)"
    assert note(3 - TIME / 20, noise=0, measure=LOG_LOSS).startswith(words)


def test_a_change_that_may_be_chance_is_not_mentioned():
    assert note(RISING, noise=0.002)
    assert note(RISING, noise=0.2) is None


def test_a_recent_best_epoch_is_not_mentioned():
    curve = np.concatenate([np.linspace(0.5, 0.9, 14), np.linspace(0.9, 0.8, 7)[1:]])
    assert note(curve, noise=0) is None


@pytest.mark.parametrize("pairs", [0, 1])
def test_one_pair_cannot_distinguish_a_change_from_chance(pairs):
    assert note(RISING, pairs=pairs) is None


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_two_or_three_epochs_can_be_judged_but_not_one(epochs):
    assert bool(note(TIME[:epochs] / 10, noise=0, epochs=range(1, epochs + 1))) == (epochs > 1)

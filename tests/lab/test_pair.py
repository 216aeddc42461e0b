"""A pair differs in dropout alone, and the code sees for itself that it does: here are faults for it to find."""

from dataclasses import replace

import numpy as np
import pytest

from tests.lab.small import small_config
from tinygrad_dropout.lab import UnfairPairError, training
from tinygrad_dropout.lab.datasets import load
from tinygrad_dropout.lab.datasets.moons import Moons
from tinygrad_dropout.lab.pair import run_pair, tolerance
from tinygrad_dropout.lab.training import Streams

CONFIG = small_config(train_size=400, batch_size=100, epochs=1)
honest_mlp, honest_batches = training.mlp, training.CountedBatches


def run_small_pair(dataset=None):
    return run_pair(CONFIG, dataset or load(CONFIG), 0, lambda: None)


def test_a_pair_says_what_both_arms_shared_and_what_dropout_dropped():
    pair = run_small_pair()
    assert pair["seed"] == 0
    assert pair["shared"].keys() == {"split", "initial_weights", "order", "updates", "optimizer", "learning_rate"}
    assert pair["shared"]["updates"] == 4
    assert pair["dropped"] == pytest.approx([0.2, 0.5], abs=0.1)
    assert pair["without"][-1]["train_loss"] != pair["with"][-1]["train_loss"]


def test_the_same_seed_gives_the_same_bits():
    assert run_small_pair() == run_small_pair()


def test_label_noise_changes_the_labels_and_moves_no_other_chance():
    clean, noisy = (
        run_pair(replace(CONFIG, label_noise=noise), load(CONFIG), 0, lambda: None)["shared"] for noise in (0, 0.5)
    )
    assert [name for name in clean if clean[name] != noisy[name]] == ["split"]


def other_weights(features, hidden, classes, p, input_p, streams):
    return honest_mlp(features, hidden, classes, p, input_p, streams if p else Streams.from_seed(99))


def dropout_in_both_arms(features, hidden, classes, p, input_p, streams):
    """What a published comparison did: NeuromatchAcademy/course-content-dl #228."""
    return honest_mlp(features, hidden, classes, CONFIG.p, CONFIG.input_p, streams)


def dropout_in_no_arm(features, hidden, classes, p, input_p, streams):
    return honest_mlp(features, hidden, classes, 0, 0, streams)


def no_input_dropout(features, hidden, classes, p, input_p, streams):
    return honest_mlp(features, hidden, classes, p, 0, streams)


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        (other_weights, "share their initial_weights"),
        (dropout_in_both_arms, "the arm without dropout dropped units"),
        (dropout_in_no_arm, "p = 0.2 dropped 0 of 800 units"),
        (no_input_dropout, "p = 0.2 dropped 0 of 800 units"),
    ],
)
def test_a_network_that_makes_the_pair_unfair_is_found(monkeypatch, planted, words):
    monkeypatch.setattr(training, "mlp", planted)
    with pytest.raises(UnfairPairError, match=words):
        run_small_pair()


def test_another_order_of_the_examples_is_found(monkeypatch):
    common_rng = np.random.default_rng(0)
    monkeypatch.setattr(training, "CountedBatches", lambda split, size, rng: honest_batches(split, size, common_rng))
    with pytest.raises(UnfairPairError, match="share their order"):
        run_small_pair()


def test_another_number_of_updates_is_found(monkeypatch):
    sizes = iter([100, 200])  # the same examples in the same order, cut otherwise
    monkeypatch.setattr(training, "CountedBatches", lambda split, size, rng: honest_batches(split, next(sizes), rng))
    with pytest.raises(UnfairPairError, match="share their updates, got 4 without dropout and 2 with it"):
        run_small_pair()


def test_another_split_is_found():
    class Restless(Moons):
        def split(self, train_size, rng):
            return super().split(train_size, np.random.default_rng())

    with pytest.raises(UnfairPairError, match="share their split"):
        run_small_pair(Restless())


@pytest.mark.parametrize("p", [0.001, 0.2, 0.5, 0.97])
def test_honest_masks_lie_far_inside_the_tolerance(p):
    draws = np.random.default_rng(0).binomial(10_000, p, size=10_000) / 10_000
    assert np.abs(draws - p).max() < tolerance(p, 10_000) < 0.06


@pytest.mark.parametrize("p", [0, 1])
def test_masks_that_are_not_random_have_next_to_no_tolerance(p):
    assert tolerance(p, 10_000) < 0.002


def test_where_dropout_drops_nothing_both_arms_are_the_same_to_the_last_bit():
    config = small_config(p=1e-9, input_p=1e-9, train_size=100, epochs=3)
    pair = run_pair(config, load(config), 0, lambda: None)
    assert pair["dropped"] == [0, 0]
    assert pair["without"] == pair["with"]


@pytest.mark.parametrize(
    ("stream", "moved"),
    [
        ("split", {"split"}), ("label_noise", {"split"}), ("weights", {"initial_weights"}), ("batches", {"order"}),
        ("masks", set()), ("measurement", set()),
    ],
)  # fmt: skip
def test_a_stream_moves_what_it_is_for_and_nothing_else(monkeypatch, stream, moved):
    config, honest = small_config(label_noise=0.5, train_size=100), Streams.from_seed(0)
    before = run_pair(config, load(config), 0, lambda: None)
    monkeypatch.setattr(Streams, "from_seed", lambda seed: replace(honest, **{stream: np.random.SeedSequence(99)}))
    after = run_pair(config, load(config), 0, lambda: None)
    assert {name for name in before["shared"] if before["shared"][name] != after["shared"][name]} == moved
    if not moved:  # masks: the arm with dropout alone; measurement: one of its losses alone
        assert before["without"] == after["without"]
        differing = {name for name in before["with"][-1] if before["with"][-1][name] != after["with"][-1][name]}
        assert "train_loss_dropout_on" in differing
        assert ("test_loss" in differing) == (stream == "masks")

"""A pair differs only in dropout, and the code checks that: these tests plant faults for it to detect."""

from dataclasses import replace

import numpy as np
import pytest

from tests.lab.small import comparison_with, made_up_pair, small_config
from tinygrad_dropout import nn
from tinygrad_dropout.lab import UnfairPairError, compare
from tinygrad_dropout.lab.comparison import data, training
from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT
from tinygrad_dropout.lab.comparison.fairness import tolerance
from tinygrad_dropout.lab.comparison.training import Streams
from tinygrad_dropout.lab.datasets.moons import Moons

CONFIG = small_config(train_size=400, batch_size=100, epochs=1)
EARLY = replace(CONFIG, early_stopping="only")
honest_mlp, honest_batches = training.mlp, training.CountedBatches


def run_small_pair(config=CONFIG):
    """Both arms' records of one pair."""
    records = compare(replace(config, seeds=2)).records[:2]
    return {"without": records[0], "with": records[1]}


def test_a_pair_records_what_both_arms_shared_and_what_dropout_dropped():
    pair = run_small_pair()
    shared = pair["without"]["shared"]
    assert shared.keys() == {"split", "initial_weights", "order", "updates", "optimizer", "learning_rate"}
    assert shared == pair["with"]["shared"]
    assert shared["updates"] == 4
    assert [dropped / of for dropped, of in pair["with"]["dropped"]] == pytest.approx([0.2, 0.5], abs=0.1)
    assert [dropped for dropped, _ in pair["without"]["dropped"]] == [0, 0]
    assert pair["without"]["final"]["train_loss"] != pair["with"]["final"]["train_loss"]


def test_with_early_stopping_the_arms_need_not_share_their_number_of_updates():
    shared = run_small_pair(EARLY)["without"]["shared"]
    assert shared.keys() == {"split", "initial_weights", "order", "optimizer", "learning_rate", "validation"}


def test_the_same_seed_gives_the_same_bits():
    assert run_small_pair() == run_small_pair()


def test_label_noise_changes_only_the_labels_and_no_other_random_numbers():
    clean, noisy = (run_small_pair(replace(CONFIG, label_noise=noise))["without"]["shared"] for noise in (0, 0.5))
    assert [name for name in clean if clean[name] != noisy[name]] == ["split"]


def other_weights(features, hidden, outputs, method, streams):
    return honest_mlp(features, hidden, outputs, method, streams if method.p else Streams.from_seed(99))


def dropout_in_both_arms(features, hidden, outputs, method, streams):
    """What a published comparison did: NeuromatchAcademy/course-content-dl #228."""
    return honest_mlp(features, hidden, outputs, replace(method, p=CONFIG.p, input_p=CONFIG.input_p), streams)


def dropout_in_no_arm(features, hidden, outputs, method, streams):
    return honest_mlp(features, hidden, outputs, replace(method, p=0, input_p=0), streams)


def no_input_dropout(features, hidden, outputs, method, streams):
    return honest_mlp(features, hidden, outputs, replace(method, input_p=0), streams)


def a_layer_too_few(*arguments):
    return nn.Sequential(*list(honest_mlp(*arguments))[1:])


def a_layer_too_many(*arguments):
    return nn.Sequential(nn.Dropout(arguments[3].p), *honest_mlp(*arguments))


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        (other_weights, "share their initial_weights"),
        (dropout_in_both_arms, "the arm without dropout dropped units"),
        (dropout_in_no_arm, "p = 0.2 dropped 0 of 800 units"),
        (no_input_dropout, "p = 0.2 dropped 0 of 800 units"),
        (a_layer_too_few, "expected 2 dropout layers in the network, got 1"),
        (a_layer_too_many, "expected 2 dropout layers in the network, got 3"),
    ],
)
@pytest.mark.parametrize("early_stopping", [None, "only", "also"])
def test_a_network_that_makes_the_pair_unfair_is_detected(monkeypatch, planted, words, early_stopping):
    monkeypatch.setattr(training, "mlp", planted)
    words = words.replace("800", "640" if early_stopping == "only" else "800")  # a fifth is held back
    with pytest.raises(UnfairPairError, match=words):
        run_small_pair(replace(CONFIG, early_stopping=early_stopping))


def test_a_different_order_of_the_examples_is_detected(monkeypatch):
    common_rng = np.random.default_rng(0)
    monkeypatch.setattr(training, "CountedBatches", lambda *given: honest_batches(*given[:-1], common_rng))
    with pytest.raises(UnfairPairError, match="share their order"):
        run_small_pair()


def test_a_different_number_of_updates_is_detected(monkeypatch):
    sizes = iter([100, 200])  # the same examples in the same order, cut otherwise
    monkeypatch.setattr(
        training, "CountedBatches", lambda split, task, size, rng: honest_batches(split, task, next(sizes), rng)
    )
    with pytest.raises(UnfairPairError, match="share their updates, got 4 without dropout and 2 with it"):
        run_small_pair()


def test_a_different_split_is_detected(monkeypatch):
    honest = Moons.split
    monkeypatch.setattr(Moons, "split", lambda moons, size, rng: honest(moons, size, np.random.default_rng()))
    with pytest.raises(UnfairPairError, match="share their split"):
        run_small_pair()


@pytest.mark.parametrize("early_stopping", ["only", "also"])
def test_a_different_validation_part_is_detected(monkeypatch, early_stopping):
    """Even if both arms are trained on the same rows."""
    honest, calls = data.with_validation, iter(range(9))

    def without_some(split, classes, rng):
        drawn = honest(split, classes, rng)
        kept = slice(next(calls), None)
        return replace(drawn, x_validation=drawn.x_validation[kept], y_validation=drawn.y_validation[kept])

    monkeypatch.setattr(data, "with_validation", without_some)
    with pytest.raises(UnfairPairError, match="share their validation"):
        run_small_pair(replace(CONFIG, early_stopping=early_stopping))


@pytest.mark.parametrize("arm", [WITHOUT, WITH])
def test_a_pair_is_checked_whichever_arm_finishes_last(arm):
    records = [
        record | {"dropped": []} if record["arm"] == WITH.name else record for record in made_up_pair(0, 0.8, 0.9)
    ]
    first, last = sorted(records, key=lambda record: record["arm"] == arm.name)
    outcome = comparison_with([first])
    with pytest.raises(UnfairPairError, match="expected 2 dropout layers in the network, got 0"):
        outcome.check(last)


def test_a_single_dropping_layer_in_the_arm_without_dropout_is_detected():
    without, with_dropout = made_up_pair(0, 0.8, 0.9)
    without["dropped"] = [[0, 1000], [1, 1000]]
    with pytest.raises(UnfairPairError, match="the arm without dropout dropped units"):
        comparison_with([without]).check(with_dropout)


def test_the_validation_stream_draws_the_validation_part(monkeypatch):
    before, honest = run_small_pair(EARLY)["with"]["shared"], Streams.from_seed(0)
    monkeypatch.setattr(Streams, "from_seed", lambda seed: replace(honest, validation=np.random.SeedSequence(99)))
    after = run_small_pair(EARLY)["with"]["shared"]
    assert {name for name in before if before[name] != after[name]} == {"split", "validation"}


def test_arms_of_different_seeds_are_not_compared():
    outcome = comparison_with([made_up_pair(0, 0.8, 0.9)[0]])
    outcome.check(made_up_pair(1, 0.8, 0.9)[1] | {"shared": {"split": "another"}})


@pytest.mark.parametrize("p", [0.001, 0.2, 0.5, 0.97])
def test_random_masks_are_well_within_the_tolerance(p):
    draws = np.random.default_rng(0).binomial(10_000, p, size=10_000) / 10_000
    assert np.abs(draws - p).max() < tolerance(p, 10_000) < 0.06


@pytest.mark.parametrize("p", [0, 1])
def test_at_p_0_and_1_the_tolerance_is_almost_zero(p):
    assert 0.0015 < tolerance(p, 10_000) < 0.002


def test_if_dropout_drops_nothing_both_arms_are_the_same_to_the_last_bit():
    pair = run_small_pair(small_config(p=1e-9, input_p=1e-9, train_size=100, epochs=3))
    assert [dropped for dropped, _ in pair["with"]["dropped"]] == [0, 0]
    assert pair["without"]["curve"] == pair["with"]["curve"]


@pytest.mark.parametrize(
    ("stream", "moved"),
    [
        ("split", {"split"}), ("label_noise", {"split"}), ("weights", {"initial_weights"}), ("batches", {"order"}),
        ("masks", set()), ("measurement", set()), ("validation", set()),
    ],
)  # fmt: skip
def test_a_random_stream_affects_only_what_it_is_for(monkeypatch, stream, moved):
    config, honest = small_config(label_noise=0.5, train_size=100), Streams.from_seed(0)
    before = run_small_pair(config)
    monkeypatch.setattr(Streams, "from_seed", lambda seed: replace(honest, **{stream: np.random.SeedSequence(99)}))
    after = run_small_pair(config)
    shared, now = before["without"]["shared"], after["without"]["shared"]
    assert {name for name in shared if shared[name] != now[name]} == moved
    if not moved:  # masks: only the arm with dropout; measurement: only one of its losses; validation: nothing here
        assert before["without"] == after["without"]
        final, now = before["with"]["final"], after["with"]["final"]
        differing = {name for name in final if final[name] != now[name]}
        assert ("train_loss_dropout_on" in differing) == (stream != "validation")
        assert ("test_loss" in differing) == (stream == "masks")

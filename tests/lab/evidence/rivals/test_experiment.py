"""Dropout and its rivals: how strengths are chosen, what is compared, and what is run."""

import numpy as np
import pytest
from scipy import stats

from tests.lab.evidence.interrupting import assert_resumed_to_the_same_bytes
from tests.lab.evidence.rivals.small import METHODS, better, figures_of, made_up, options_of
from tests.lab.small import SMALL
from tinygrad_dropout.lab import Config, OptionError, UnfairPairError
from tinygrad_dropout.lab.evidence import held_back
from tinygrad_dropout.lab.evidence.rivals import RIVALS, RivalsOptions
from tinygrad_dropout.lab.evidence.rivals.tries import (
    PLAIN_NETWORK,
    SEEN_SEEDS,
    SMOOTHING,
    methods_of,
    networks_of,
)
from tinygrad_dropout.lab.trials import run


def test_all_methods_have_the_same_number_of_tries():
    for optimizer in ("adam", "sgd"):
        assert {len(tries) for tries in methods_of(optimizer, 2).values()} == {4}
    assert methods_of("adam", 2).keys() - methods_of("adam", None).keys() == {SMOOTHING}


def test_the_figures_are_those_of_numpy_and_scipy():
    rng, options = np.random.default_rng(0), options_of(seeds=8)
    arms = [PLAIN_NETWORK, *METHODS]
    scores, losses = rng.normal(0.8, 0.05, size=(8, 8, 4)), rng.random((8, 8, 4))  # of seeds, arms, tries

    def look_up(values):
        return lambda arm, place, seed: float(values[seed, arms.index(arm), place - 1])

    figures = RIVALS.analyze(options, made_up(options, look_up(scores), look_up(losses)))
    chosen = np.take_along_axis(scores, losses.argmin(axis=2)[..., np.newaxis], axis=2)[..., 0]
    chosen[:, 0] = scores[:, 0, 0]  # nothing added has a single try
    looks = 7 + 6
    for place, name in enumerate(METHODS, 1):
        found = figures["methods"][name]
        shifts = 100 * (chosen[:, place] - chosen[:, 0])
        low, high = stats.ttest_1samp(shifts, 0).confidence_interval(1 - 0.05 / looks)
        assert (found["difference"]["low"], found["difference"]["high"]) == pytest.approx((low, high))
        assert found["mean"] == pytest.approx(chosen[:, place].mean())
        assert list(found["chosen"].values()) == np.bincount(losses[:, place].argmin(axis=1), minlength=4).tolist()
        if name != "dropout":
            against = 100 * (chosen[:, 1] - chosen[:, place])
            low, high = stats.ttest_1samp(against, 0).confidence_interval(1 - 0.05 / looks)
            assert (figures["against"][name]["low"], figures["against"][name]["high"]) == pytest.approx((low, high))


def test_test_rows_do_not_affect_a_choice():
    """The first try has the lowest validation loss, so the test scores of the others do not matter."""
    _, honest = figures_of(lambda arm, place, seed: 0.8)
    _, tempting = figures_of(lambda arm, place, seed: 0.8 if place == 1 else 0.99)
    assert tempting == honest


def test_each_seed_chooses_by_its_own_validation_part():
    _, figures = figures_of(lambda arm, place, seed: 0.8, lambda arm, place, seed: float(place != 1 + seed % 4))
    assert all(list(found["chosen"].values()) == [2, 2, 2, 2] for found in figures["methods"].values())


@pytest.mark.usefixtures("blank_pictures")
def test_a_training_that_diverges_is_saved_as_a_result(tmp_path, monkeypatch):
    options = RivalsOptions(**SMALL | {"seeds": 3, "optimizer": "sgd", "learning_rate": 1e9})
    outcome = assert_resumed_to_the_same_bytes(RIVALS, options, tmp_path, monkeypatch, after=5)
    assert any(record["final"] is None for record in outcome.records)
    assert "there is no verdict on any method" in outcome.notes[0]


def test_an_unfinished_seed_is_left_out():
    options = options_of(seeds=3)
    records = made_up(options, better("dropout"))
    assert RIVALS.analyze(options, records[:-1])["seeds"] == 2
    assert RIVALS.analyze(options, records[:5]) is None


def test_the_default_seeds_are_not_the_seen_ones():
    options = RivalsOptions()
    assert not SEEN_SEEDS.intersection(range(options.first_seed, options.first_seed + options.seeds))


def test_tuned_settings_are_not_options():
    for name in ("p", "input_p", "early_stopping", "patience"):
        with pytest.raises(TypeError, match=name):
            RivalsOptions(**{name: getattr(Config(early_stopping="also"), name)})


@pytest.mark.usefixtures("blank_pictures")
def test_an_interrupted_run_resumes_to_the_same_bytes_with_networks_that_share_what_they_must(tmp_path, monkeypatch):
    options = RivalsOptions(**SMALL | {"seeds": 1})
    outcome = assert_resumed_to_the_same_bytes(RIVALS, options, tmp_path, monkeypatch, after=13)
    assert len(outcome.records) == 1 + 7 * 4
    for shared in ("split", "validation", "initial_weights"):
        assert len({record["shared"][shared] for record in outcome.records}) == 1
    assert len({record["final"]["test_loss"] for record in outcome.records}) > 15


@pytest.mark.parametrize("arm", ["dropout (p = 0.4)", "weight decay (0.5)"])
def test_a_network_that_drops_too_much_is_a_bug(arm):
    method = networks_of("adam", 2)[arm]
    draws = 100_000
    found = [[round(p * draws), draws] for p in (method.input_p, method.p)]
    record = {"arm": arm, "seed": 3, "final": {}, "shared": {}, "dropped": found}
    RIVALS.check(options_of(), [record])
    with pytest.raises(UnfairPairError, match=r"seed 3: a layer with p = 0.* dropped 50,000 of 100,000 units"):
        RIVALS.check(options_of(), [record | {"dropped": [found[0], [50_000, draws]]}])


def test_a_regression_has_no_label_smoothing(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 2))
    rows = "\n".join(f"{a},{b},{3 * a - b}" for a, b in x)
    (tmp_path / "table.csv").write_text(f"a,b,y\n{rows}\n")
    options = {key: value for key, value in SMALL.items() if key != "dataset"} | {"seeds": 3}
    outcome = run(RIVALS, RivalsOptions(csv=str(tmp_path / "table.csv"), target="y", regression=True, **options))
    assert SMOOTHING not in outcome.figures["methods"]
    assert outcome.figures["looks"] == 11
    assert any("by the RMSE on its validation part. No test row" in note for note in outcome.notes)
    scores = [record["final"]["test_rmse"] for record in outcome.records if record["arm"] == PLAIN_NETWORK]
    assert f"plain network     {np.mean(scores):.3f}" in str(outcome)


def test_networks_of_one_seed_that_differ_in_their_split_are_a_bug(monkeypatch):
    honest, calls = held_back.draw_split, iter(range(99))

    def another_every_time(config, dataset, streams, *, hold_back):
        return honest(config, dataset, held_back.Streams.from_seed(next(calls)), hold_back=hold_back)

    monkeypatch.setattr(held_back, "draw_split", another_every_time)
    with pytest.raises(UnfairPairError, match="seed 1000: expected all networks to share their split"):
        run(RIVALS, RivalsOptions(**SMALL))


def test_too_few_examples_to_hold_any_back_are_refused():
    with pytest.raises(OptionError, match="expected at least 10 to hold a fifth back, got 9"):
        run(RIVALS, RivalsOptions(**SMALL | {"train_size": 9}))

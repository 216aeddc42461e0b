"""When dropout helps: the settings, what their pairs show together, and what is left out."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from tests.lab.evidence.interrupting import assert_resumed_to_the_same_bytes
from tests.lab.small import made_up_pair, made_up_record, small_config
from tinygrad_dropout.lab import Config, LabError, OptionError, compare
from tinygrad_dropout.lab.evidence import when
from tinygrad_dropout.lab.evidence.when import WHEN, WhenOptions
from tinygrad_dropout.lab.trials import run

SMALL = {"noisy": ("noisy moons", small_config(label_noise=0.3)), "clean": ("clean moons", small_config())}


@pytest.fixture
def small_settings(monkeypatch):
    """Two settings that take a moment instead of the seven."""
    monkeypatch.setattr(when, "SETTINGS", SMALL)


def outcome_of(**accuracies):
    """Settings whose pairs have these test accuracies, without and with dropout."""
    configurations = {name: small_config(seeds=len(pairs)) for name, pairs in accuracies.items()}
    kept = {name: config.as_json() | {"classes": 2, "data": "0"} for name, config in configurations.items()}
    records = [
        record | {"configuration": name}
        for name, pairs in accuracies.items()
        for seed, both in enumerate(pairs)
        for record in made_up_pair(seed, *both)
    ]
    options = {"seeds": max(map(len, accuracies.values())), "first_seed": 0, "configurations": kept}
    return WHEN.outcome(options, {}).with_records(records)


UP, DOWN, SAME = ([(0.5, 0.9), (0.5, 0.91), (0.5, 0.92), (0.5, 0.9)], [(0.9, 0.5), (0.9, 0.51), (0.9, 0.52)],
                  [(0.5, 0.52), (0.5, 0.48), (0.5, 0.5)])  # fmt: skip


def test_the_settings_are_those_that_the_description_names():
    assert dict(when.SETTINGS.values()) == {
        "noisy digits": Config(label_noise=0.2),
        "clean digits": Config(label_noise=0),
        "100 clean digits": Config(label_noise=0, train_size=100),
        "MNIST-1D": Config(dataset="mnist1d", p=0.3, input_p=0),
        "two moons": Config(dataset="moons"),
        "8-8 hidden units": Config(label_noise=0, hidden=(8, 8)),
        "5 epochs": Config(label_noise=0, epochs=5),
    }
    assert Config() == Config(hidden=(256, 256), p=0.5, input_p=0.2, epochs=80)


@pytest.mark.usefixtures("small_settings")
def test_each_setting_has_the_networks_of_a_comparison():
    outcome = run(WHEN, WhenOptions(seeds=2, first_seed=3))
    for name, config in SMALL.values():
        alone = compare(replace(config, seeds=2, first_seed=3))
        mine = [record | {"configuration": ""} for record in outcome.records if record["configuration"] == name]
        assert mine == list(alone.records)
        assert outcome.figures[name] == alone.figures | {
            key: outcome.figures[name][key] for key in ("difference", "verdict", "improving")
        }


def test_the_intervals_share_the_five_percent():
    figures = outcome_of(a=UP, b=DOWN, c=SAME).figures
    for name, pairs in {"a": UP, "b": DOWN, "c": SAME}.items():
        differences = 100 * np.diff(pairs)[:, 0]
        expected = stats.t.interval(1 - 0.05 / 3, len(pairs) - 1, differences.mean(), stats.sem(differences))
        found = figures[name]["difference"]
        np.testing.assert_allclose([found["mean"], found["low"], found["high"]], [differences.mean(), *expected])


def test_an_effect_shown_by_one_look_is_not_shown_among_many():
    pairs = [(0.5, 0.6), (0.5, 0.57), (0.5, 0.62)]
    assert outcome_of(a=pairs).figures["a"]["verdict"] == "helps"
    assert outcome_of(a=pairs, b=SAME, c=SAME).figures["a"]["verdict"] == "no effect shown"


def test_the_sentence_groups_the_settings_by_the_effect_of_dropout():
    outcome = outcome_of(ups=UP, downs=DOWN, sames=SAME, more=UP)
    assert outcome.notes == [
        "Dropout helps with ups and more; it hurts with downs; it shows no effect with sames.",
        "The intervals are corrected for 4 looks: in about 95% of cases, all of them contain the true values.",
    ]
    assert "+40.8 (" in str(outcome)
    assert "-39.0 (" in str(outcome)


def test_settings_whose_networks_were_still_improving_at_the_end_are_named():
    outcome = outcome_of(some=UP, other=UP)
    for record in outcome.records:
        record["curve"][0]["test_accuracy"] -= 0.1 * ("dropout" in record["arm"]) * (record["configuration"] == "some")
    assert outcome.notes[-1] == (
        "Still improving at the end, so that longer training may change a verdict: some (without dropout and with "
        "dropout)."
    )


def test_a_note_says_what_the_intervals_do_not_cover():
    outcome = outcome_of(points=UP, images=UP, more=UP, signals=UP)
    for name, dataset in {"images": "digits", "more": "digits", "signals": "mnist1d"}.items():
        outcome.options["configurations"][name]["dataset"] = dataset
    assert outcome.notes[-1] == (
        "The intervals are about other random splits of the same rows with images and more, and only about other "
        "initial weights, orders and masks with signals, where all pairs have the same training and test rows."
    )
    assert [name for name, (_, one) in when.SETTINGS.items() if one.dataset == "mnist1d"] == ["mnist1d"]
    assert when.SETTINGS["mnist1d"][1].train_size is None, "which is all its training rows"


def test_two_pairs_are_too_few_for_a_verdict():
    assert outcome_of(one=UP[:2]).notes == [
        "Dropout has too few pairs for a verdict with one.",
        "At least 3 pairs are needed for an interval.",
    ]


def test_if_a_network_diverged_its_setting_has_no_verdict():
    outcome = outcome_of(good=UP, bad=UP)
    diverged = made_up_record("with dropout", 1, 0.1, train_loss=50.0) | {"configuration": "bad"}
    others = [one for one in outcome.records if (one["configuration"], one["arm"], one["seed"]) !=
              ("bad", "with dropout", 1)]  # fmt: skip
    found = replace(outcome, records=()).with_records([*others, diverged])
    assert found.notes[0] == ("Dropout helps with good; it has no verdict, because the training diverged, with bad.")
    assert found.pictures().keys() == {"when.png"}


@pytest.mark.usefixtures("small_settings", "blank_pictures")
def test_an_interrupted_run_resumes_to_the_same_bytes(tmp_path, monkeypatch):
    options = WhenOptions(seeds=2)
    outcome = assert_resumed_to_the_same_bytes(WHEN, options, tmp_path, monkeypatch, after=3)
    assert len(outcome.records) == 8


@pytest.mark.usefixtures("small_settings", "blank_pictures")
def test_a_folder_accepts_more_seeds_but_no_other_settings(tmp_path, monkeypatch):
    run(WHEN, WhenOptions(seeds=1), out=tmp_path)
    assert run(WHEN, WhenOptions(seeds=2), out=tmp_path) == run(WHEN, WhenOptions(seeds=2))
    with pytest.raises(LabError, match=r"options \(configurations noisy moons,clean moons, not clean moons\): choose"):
        run(WHEN, WhenOptions(settings=("clean",), seeds=2), out=tmp_path)
    monkeypatch.setattr(when, "SETTINGS", SMALL | {"noisy": ("noisy moons", small_config(label_noise=0.2))})
    with pytest.raises(LabError, match=r"options \(configurations: noisy moons: label_noise 0\.3, not 0\.2\): choose"):
        run(WHEN, WhenOptions(seeds=2), out=tmp_path)


@pytest.mark.usefixtures("blank_pictures")
def test_mnist_1d_is_left_out_with_a_sentence_if_its_package_is_missing(monkeypatch):
    monkeypatch.setattr(when, "find_spec", lambda name: None)
    told = []
    _, data = WHEN.prepare(WhenOptions(), told.append)
    assert "MNIST-1D" not in data
    assert len(data) == 6
    assert told == ["MNIST-1D is left out: its package is not installed (`pip install mnist1d`)."]


def test_chosen_settings_keep_their_order():
    assert list(WhenOptions(settings=("moons", "noisy")).configurations()) == ["noisy digits", "two moons"]
    with pytest.raises(OptionError, match=r"expected some of noisy, clean, few, .* and short, got 'moon'"):
        WhenOptions(settings=("moon",))
    with pytest.raises(OptionError, match="seeds"):
        WhenOptions(seeds=0)

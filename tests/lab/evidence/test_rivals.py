"""Dropout and its rivals: who is chosen by what, what is compared with what, and what is said about it."""

import math

import numpy as np
import pytest
from scipy import stats

from tests.lab.evidence.interrupting import assert_resumed_to_the_same_bytes
from tests.lab.layout import assert_nothing_is_cut_off_or_overlaps
from tests.lab.small import SMALL, small_options
from tinygrad_dropout.lab import Config, OptionError, UnfairPairError
from tinygrad_dropout.lab.evidence import held_back
from tinygrad_dropout.lab.evidence.rivals import RIVALS, RivalsOptions
from tinygrad_dropout.lab.evidence.rivals.tries import (
    DROPOUT,
    PLAIN_NETWORK,
    SEEN_SEEDS,
    SMOOTHING,
    methods_of,
    networks_of,
    try_of,
)
from tinygrad_dropout.lab.trials import run

METHODS = methods_of("adam", 2)
PLACES = {PLAIN_NETWORK: (PLAIN_NETWORK, 1)} | {
    try_of(name, strength): (name, place)
    for name, strengths in METHODS.items()
    for place, strength in enumerate(strengths, 1)
}
"""By its name, of which method each network is, and which of its tries."""


def options_of(**given):
    return small_options(**given) | {"methods": {name: list(strengths) for name, strengths in METHODS.items()}}


def made_up(options, score, validation_loss=None, train_loss=lambda arm, place: 0.1, gain=lambda arm: 0):
    """Records with these test scores and validation losses, functions of method, number of the try and seed."""
    records = []
    for trial in RIVALS.trials(options):
        arm, place = PLACES[trial.arm]
        loss = float(place) if validation_loss is None else validation_loss(arm, place, trial.seed)
        final = {
            "test_accuracy": score(arm, place, trial.seed),
            "validation_loss": loss,
            "train_loss": train_loss(arm, place),
        }
        baseline = {"test_accuracy": 0.5, "train_loss": 0.7}
        curve = [
            {"epoch": epoch, "test_accuracy": final["test_accuracy"] - left * gain(arm)}
            for epoch, left in ((3, 1), (4, 0))
        ]
        result = {"curve": curve, "rows": {"train": 16, "validation": 4, "test": 1000}, "baseline": baseline}
        records.append(trial.record(result | {"final": final if final["train_loss"] < math.inf else None}))
    return records


def figures_of(score, validation_loss=None, train_loss=lambda arm, place: 0.1, gain=lambda arm: 0, **given):
    options = options_of(**{"seeds": 8} | given)
    figures = RIVALS.analyse(options, made_up(options, score, validation_loss, train_loss, gain))
    return options, figures


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

    figures = RIVALS.analyse(options, made_up(options, look_up(scores), look_up(losses)))
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


def test_a_test_row_has_no_say_in_a_choice():
    """Of all tries but the first, which has the lowest validation loss, the test scores may be anything."""
    _, honest = figures_of(lambda arm, place, seed: 0.8)
    _, tempting = figures_of(lambda arm, place, seed: 0.8 if place == 1 else 0.99)
    assert tempting == honest


def test_each_seed_chooses_by_its_own_validation_part():
    _, figures = figures_of(lambda arm, place, seed: 0.8, lambda arm, place, seed: float(place != 1 + seed % 4))
    assert all(list(found["chosen"].values()) == [2, 2, 2, 2] for found in figures["methods"].values())


def better(*arms, by=0.05):
    return lambda arm, place, seed: 0.8 + 0.001 * (seed % 3) * (arm == PLAIN_NETWORK) + by * (arm in arms)


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (
            better(DROPOUT),
            "dropout does better than the plain network; Gaussian dropout, DropConnect, weight decay, max-norm, early "
            "stopping and label smoothing show no difference from it. Dropout does better than each of the others.",
        ),
        (
            better("max-norm"),
            "max-norm does better than the plain network; dropout, Gaussian dropout, DropConnect, weight decay, early "
            "stopping and label smoothing show no difference from it. Dropout does worse than max-norm; it shows no "
            "difference from Gaussian dropout, DropConnect, weight decay, early stopping or label smoothing.",
        ),
        (
            better(DROPOUT, by=-0.05),
            "Gaussian dropout, DropConnect, weight decay, max-norm, early stopping and label smoothing show no "
            "difference from the plain network; dropout does worse than it. "
            "Dropout does worse than each of the others.",
        ),
        (
            better(*METHODS),
            "each of the 7 methods does better than the plain network. Dropout shows no difference from any of the "
            "others.",
        ),
        (
            better(),
            "each of the 7 methods shows no difference from the plain network. Dropout shows no difference from any of "
            "the others.",
        ),
    ],
)
def test_the_sentence_is_true_whichever_way_it_goes(score, words):
    options, figures = figures_of(score)
    assert RIVALS.notes(options, figures)[0] == f"On moons, after 2 epochs: {words}"


def test_a_method_whose_training_diverged_has_no_verdict():
    options, figures = figures_of(better(DROPOUT), train_loss=lambda arm, place: 9.0 * (arm == "max-norm"))
    said = RIVALS.notes(options, figures)[0]
    assert "; there is no verdict on max-norm, because the training diverged. Dropout does better than " in said
    assert said.endswith("; it has no verdict against max-norm, because the training diverged.")


@pytest.mark.parametrize("loss", [9.0, math.inf])
def test_a_try_that_diverged_counts_as_the_worst(loss):
    """The first try of max-norm, whose validation loss is the lowest, has diverged."""
    options, figures = figures_of(
        better(DROPOUT), train_loss=lambda arm, place: loss if (arm, place) == ("max-norm", 1) else 0.1
    )
    assert list(figures["methods"]["max-norm"]["chosen"].values()) == [0, 8, 0, 0]
    assert figures["methods"]["max-norm"]["difference"]["verdict"] == "no effect shown"
    said = "A try whose training diverged counts as the worst, as happened with max-norm (8 of 32 tries)."
    assert said in RIVALS.notes(options, figures)
    assert not any("diverged" in note for note in RIVALS.notes(*figures_of(better(DROPOUT))))


@pytest.mark.parametrize("loss", [9.0, math.inf])
def test_without_a_plain_network_there_is_no_verdict_on_any_method(loss):
    options, figures = figures_of(better(DROPOUT), train_loss=lambda arm, place: loss if arm == PLAIN_NETWORK else 0.1)
    assert RIVALS.notes(options, figures)[0] == (
        "On moons, after 2 epochs: there is no verdict on any method, because the training of the plain network "
        "diverged. Dropout does better than each of the others."
    )
    assert "nan" not in str(
        RIVALS.outcome(options, {}, made_up(options, better(DROPOUT), None, lambda arm, place: loss))
    )


@pytest.mark.usefixtures("blank_pictures")
def test_a_training_that_diverges_is_a_result_that_is_kept(tmp_path, monkeypatch):
    options = RivalsOptions(**SMALL | {"seeds": 3, "optimizer": "sgd", "learning_rate": 1e9})
    outcome = assert_resumed_to_the_same_bytes(RIVALS, options, tmp_path, monkeypatch, after=5)
    assert any(record["final"] is None for record in outcome.records)
    assert "there is no verdict on any method" in outcome.notes[0]


@pytest.mark.parametrize(
    ("improving", "words"),
    [
        ((PLAIN_NETWORK, DROPOUT, "max-norm"), "plain network, dropout and max-norm"),
        (("early stopping",), None),
        ((), None),
    ],
)
def test_networks_that_were_still_improving_at_the_end_are_named(improving, words):
    """Of early stopping nothing is said: its networks are not those of the last epoch."""
    options, figures = figures_of(better(), gain=lambda arm: 0.05 * (arm in improving))
    said = [note for note in RIVALS.notes(options, figures) if note.startswith("Still improving")]
    wanted = f"Still improving at the end, so that longer training may change a verdict: {words}."
    assert said == [wanted] * (words is not None)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"dataset": "digits", "label_noise": 0.2, "epochs": 80},
         "On digits with 20 % of the training labels random, after 80 epochs: each of"),
        ({"epochs": 1}, "On moons, after 1 epoch: each of"),
        ({"dataset": None, "csv": "folder/a.csv", "target": "y"}, "On a.csv, after 2 epochs: each of"),
    ],
)  # fmt: skip
def test_the_verdict_begins_with_its_conditions(given, words):
    assert RIVALS.notes(*figures_of(better(), **given))[0].startswith(words)


def test_what_stands_behind_the_names_is_said():
    options, figures = figures_of(better())
    said = " ".join(RIVALS.notes(options, figures))
    assert "by the log-loss on its validation part (choosing by accuracy could choose otherwise); no choice" in said
    assert "DropConnect draws one mask of weights for each batch here" in said


def test_no_network_that_beats_the_baseline_is_said():
    options, figures = figures_of(lambda arm, place, seed: 0.5)
    said = "By test accuracy, no network beats always predicting the most common class (test accuracy 50.0 %)."
    assert said in RIVALS.notes(options, figures)
    options, figures = figures_of(lambda arm, place, seed: 0.5 + 0.01 * (arm == "max-norm"))
    assert said not in RIVALS.notes(options, figures)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"dataset": "digits"}, "The intervals are about other random splits of the same rows, not about other data."),
        ({"dataset": "mnist"}, "All seeds are tested on the same 1,000 rows of mnist: the intervals do not cover other "
                               "test rows."),
        ({"dataset": "moons"}, None),
    ],
)  # fmt: skip
def test_what_the_intervals_leave_out_is_said(given, words):
    notes = RIVALS.notes(*figures_of(better(), **given))
    assert [note for note in notes if "The intervals are about" in note or "do not cover" in note] == [words] * bool(
        words
    )


def test_of_two_seeds_nothing_is_concluded():
    options, figures = figures_of(better("dropout"), seeds=2)
    assert RIVALS.notes(options, figures) == ["Too few seeds for a verdict: 2; at least 3 are needed."]


@pytest.mark.parametrize("mostly", [True, False])
def test_a_try_at_an_end_that_most_seeds_choose_is_said(mostly):
    """Five of eight seeds, or four: the others choose the second try, as all do with most methods."""

    def validation_loss(arm, place, seed):
        wanted = {"max-norm": 4, "early stopping": 4, "label smoothing": 1}.get(arm, 2)
        return float(place != (wanted if seed < 4 + mostly else 2))

    options, figures = figures_of(better(), validation_loss)
    said = [note for note in RIVALS.notes(options, figures) if note.startswith("For most seeds")]
    assert (
        said
        == [
            "For most seeds, the strongest try was chosen of max-norm (c = 0.35): a stronger one may do better.",
            "For most seeds, the weakest try was chosen of label smoothing (0.1): a weaker one may do better.",
        ]
        * mostly
    )


def test_an_unfinished_seed_is_left_out():
    options = options_of(seeds=3)
    records = made_up(options, better("dropout"))
    assert RIVALS.analyse(options, records[:-1])["seeds"] == 2
    assert RIVALS.analyse(options, records[:5]) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"dataset": "digits", "first_seed": 1000}, "results of other seeds on these digits"),
        ({"dataset": "digits", "first_seed": 104}, "results of some of these seeds on these digits"),
        ({"dataset": "digits", "first_seed": 105}, "results of other seeds on these digits"),
        ({"first_seed": 0}, ""),
    ],
)
def test_seeds_that_the_strengths_may_have_been_chosen_by_are_said(given, words):
    options, figures = figures_of(better(), **given)
    said = [note for note in RIVALS.notes(options, figures) if note.startswith("The strengths")]
    assert said == [f"The strengths that are tried were chosen after {words} had been seen."] * bool(words)


def test_the_default_seeds_are_others():
    options = RivalsOptions()
    assert not SEEN_SEEDS.intersection(range(options.first_seed, options.first_seed + options.seeds))


def test_what_is_tuned_is_no_option():
    for name in ("p", "input_p", "early_stopping", "patience"):
        with pytest.raises(TypeError, match=name):
            RivalsOptions(**{name: getattr(Config(early_stopping="also"), name)})


@pytest.mark.usefixtures("blank_pictures")
def test_an_interrupted_run_goes_on_to_the_same_bytes_with_networks_that_share_what_they_must(tmp_path, monkeypatch):
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
    assert any("by the RMSE on its validation part; no choice" in note for note in outcome.notes)
    scores = [record["final"]["test_rmse"] for record in outcome.records if record["arm"] == PLAIN_NETWORK]
    assert f"plain network     {np.mean(scores):.3f}" in str(outcome)


@pytest.mark.parametrize("diverged", [None, DROPOUT, "everything"])
def test_in_the_picture_nothing_overlaps_and_the_best_is_at_the_top(drawn, diverged):
    options = options_of(seeds=4)
    records = made_up(
        options, better("max-norm"), train_loss=lambda arm, place: 9.0 * (diverged in (arm, "everything"))
    )
    figure = drawn(RIVALS.outcome(options, {}, tuple(records)))
    assert_nothing_is_cut_off_or_overlaps(figure)
    left, right = figure.axes
    assert left.get_yticklabels()[0].get_text() == ("dropout" if diverged == "everything" else "max-norm")
    drawn_methods = [len(axes.containers) for axes in (left, right)]
    assert drawn_methods == {None: [7, 6], DROPOUT: [6, 0], "everything": [0, 0]}[diverged]
    assert [axes.get_title() for axes in figure.axes] == ["method minus plain network", "dropout minus method"]


def test_networks_of_one_seed_that_differ_in_their_split_are_a_bug(monkeypatch):
    honest, calls = held_back.draw_split, iter(range(99))

    def another_every_time(config, dataset, streams, *, hold_back):
        return honest(config, dataset, held_back.Streams.from_seed(next(calls)), hold_back=hold_back)

    monkeypatch.setattr(held_back, "draw_split", another_every_time)
    with pytest.raises(UnfairPairError, match="seed 1000: expected all networks to share their split"):
        run(RIVALS, RivalsOptions(**SMALL))


def test_too_few_examples_to_hold_any_back():
    with pytest.raises(OptionError, match="expected at least 10 to hold a fifth back, got 9"):
        run(RIVALS, RivalsOptions(**SMALL | {"train_size": 9}))

"""The sentences about dropout and its rivals, for results in either direction."""

import math

import pytest

from tests.lab.evidence.rivals.small import METHODS, better, figures_of, made_up
from tinygrad_dropout.lab.evidence.rivals import RIVALS
from tinygrad_dropout.lab.evidence.rivals.tries import (
    DROPOUT,
    PLAIN_NETWORK,
)


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
def test_the_sentence_fits_the_result_in_either_direction(score, words):
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
    said = "A try whose training diverged counts as the worst; this happened with max-norm (8 of 32 tries)."
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


@pytest.mark.parametrize(
    ("improving", "words"),
    [
        ((PLAIN_NETWORK, DROPOUT, "max-norm"), "plain network, dropout and max-norm"),
        (("early stopping",), None),
        ((), None),
    ],
)
def test_networks_that_were_still_improving_at_the_end_are_named(improving, words):
    """Early stopping is left out, because its networks are not those of the last epoch."""
    options, figures = figures_of(better(), gain=lambda arm: 0.05 * (arm in improving))
    said = [note for note in RIVALS.notes(options, figures) if note.startswith("Still improving")]
    wanted = f"Still improving at the end, so that longer training may change a verdict: {words}."
    assert said == [wanted] * (words is not None)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"dataset": "digits", "label_noise": 0.2, "epochs": 80},
         "On digits with 20% of the training labels random, after 80 epochs: each of"),
        ({"epochs": 1}, "On moons, after 1 epoch: each of"),
        ({"dataset": None, "csv": "folder/a.csv", "target": "y"}, "On a.csv, after 2 epochs: each of"),
    ],
)  # fmt: skip
def test_the_verdict_begins_with_its_conditions(given, words):
    assert RIVALS.notes(*figures_of(better(), **given))[0].startswith(words)


def test_the_notes_explain_the_methods():
    options, figures = figures_of(better())
    said = " ".join(RIVALS.notes(options, figures))
    assert "by the log-loss on its validation part (accuracy might lead to other choices). No test row" in said
    assert "Here, DropConnect draws one mask of weights for each batch" in said


def test_a_note_says_if_no_network_beats_the_baseline():
    options, figures = figures_of(lambda arm, place, seed: 0.5)
    said = "By test accuracy, no network beats always predicting the most common class (test accuracy 50.0%)."
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
def test_a_note_says_what_the_intervals_do_not_cover(given, words):
    notes = RIVALS.notes(*figures_of(better(), **given))
    assert [note for note in notes if "The intervals are about" in note or "do not cover" in note] == [words] * bool(
        words
    )


def test_two_seeds_are_too_few_for_a_conclusion():
    options, figures = figures_of(better("dropout"), seeds=2)
    assert RIVALS.notes(options, figures) == ["Too few seeds for a verdict: 2; at least 3 are needed."]


@pytest.mark.parametrize("mostly", [True, False])
def test_a_note_names_strengths_at_an_end_that_most_seeds_choose(mostly):
    """Five of eight seeds, or only four, choose an end; all other choices are the second try."""

    def validation_loss(arm, place, seed):
        wanted = {"max-norm": 4, "early stopping": 4, "label smoothing": 1}.get(arm, 2)
        return float(place != (wanted if seed < 4 + mostly else 2))

    options, figures = figures_of(better(), validation_loss)
    said = [note for note in RIVALS.notes(options, figures) if note.startswith("For most seeds")]
    assert (
        said
        == [
            "For most seeds, the strongest strength was chosen for max-norm (c = 0.35). "
            "A stronger strength might do better.",
            "For most seeds, the weakest strength was chosen for label smoothing (0.1). "
            "A weaker strength might do better.",
        ]
        * mostly
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"dataset": "digits", "first_seed": 1000}, "results of other seeds on these digits"),
        ({"dataset": "digits", "first_seed": 104}, "results of some of these seeds on these digits"),
        ({"dataset": "digits", "first_seed": 105}, "results of other seeds on these digits"),
        ({"first_seed": 0}, ""),
    ],
)
def test_a_note_says_which_seeds_were_seen_before_choosing_the_strengths(given, words):
    options, figures = figures_of(better(), **given)
    said = [note for note in RIVALS.notes(options, figures) if note.startswith("The strengths")]
    assert said == [f"The strengths to try were chosen after seeing {words}."] * bool(words)

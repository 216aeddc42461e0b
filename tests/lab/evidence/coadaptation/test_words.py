"""The sentences about co-adaptation, for results in either direction."""

import pytest

from tests.lab.evidence.small import made_up_records, options_of
from tinygrad_dropout.lab.evidence.claim import HOLDS, NO_INTERVAL, NOT_SHOWN, OPPOSITE
from tinygrad_dropout.lab.evidence.coadaptation.experiment import COADAPTATION
from tinygrad_dropout.lab.evidence.coadaptation.options import AUTOENCODER, CLEAN, NOISY
from tinygrad_dropout.lab.evidence.coadaptation.words import headline

PROBE, SPARSE = "A single unit says more about the class", "More activations are near zero (sparsity)"
CORRELATION = "The mean |correlation| between units changes (both directions are claimed)"
ONE, TWO = "layer 1", "layer 2"
ENDING = "A change inside a network is not necessarily what makes it better."


def notes_of(changes, pairs=4):
    """The notes if dropout changes these measures by these amounts, and no others."""
    records = []
    for setting in (NOISY, CLEAN, AUTOENCODER):
        after = []
        for seed in range(pairs):
            measured = {}
            for (where, part, name), by in changes.items():
                if where == setting:
                    measured.setdefault(part, {})[name] = 0.5 + by + 1e-4 * seed
            after.append(measured)
        records += made_up_records(COADAPTATION, setting, [({}, one) for one in after])
    return COADAPTATION.notes(options_of(COADAPTATION), COADAPTATION.analyze(options_of(COADAPTATION), records))


def test_each_claim_that_does_not_hold_everywhere_gets_its_own_sentence():
    notes = notes_of({
        (NOISY, ONE, "probe"): -0.1, (CLEAN, ONE, "probe"): -0.1, (NOISY, TWO, "probe"): 0.1,
        (NOISY, ONE, "near_zero"): 0.1, (NOISY, TWO, "near_zero"): 0.1, (AUTOENCODER, ONE, "near_zero"): 0.1,
        (NOISY, ONE, "correlation"): 0.1, (CLEAN, ONE, "correlation"): -0.1, (CLEAN, TWO, "correlation"): -0.1,
        (NOISY, "", "quality"): 0.1, (AUTOENCODER, "", "quality"): 0.1,
    })  # fmt: skip
    assert notes[:2] == [
        "Of 12 claims about what dropout does inside a network: 1 shown only in some places, "
        "1 shown in some places and reversed in others and 10 shown nowhere.",
        "The network is better on new data: holds for noisy digits; the opposite holds for the autoencoder; not shown "
        "for clean digits.",
    ]
    assert (
        f"{PROBE}: holds for noisy digits (layer 2); the opposite holds for noisy digits (layer 1) and clean digits "
        "(layer 1); not shown for clean digits (layer 2)."
    ) in notes
    assert (
        f"{SPARSE}: holds for noisy digits (both layers) and the autoencoder; not shown for clean digits (both layers)."
    ) in notes
    assert (
        f"{CORRELATION}: higher with dropout for noisy digits (layer 1); lower with dropout for clean digits (both "
        "layers); not shown for noisy digits (layer 2) and the autoencoder."
    ) in notes
    assert (
        "The intervals are corrected for 55 looks: in about 95% of cases, all of them contain the true values." in notes
    )


def test_claims_that_hold_everywhere_or_nowhere_share_a_sentence_each():
    everywhere = {(setting, layer, "activation"): -0.1 for setting in (NOISY, CLEAN) for layer in (ONE, TWO)}
    local = {(AUTOENCODER, ONE, "activation"): -0.1, (AUTOENCODER, ONE, "feature_gini"): 0.1}
    notes = notes_of(everywhere | local)
    assert notes[0] == (
        "Of 12 claims about what dropout does inside a network: 2 shown wherever we looked and 10 shown nowhere."
    )
    assert notes[2] == (
        "Shown wherever we looked: activations are lower on average; features are more local (a few pixels have most "
        "of the weight)."
    )
    assert notes[3].startswith("Shown nowhere: accuracy survives the loss of as many units as training ")
    assert notes[3].endswith("; more activations are near zero (sparsity).")
    assert notes[4].startswith(CORRELATION)


def test_changes_without_a_better_network_are_counted():
    probes = {(setting, layer, "probe"): 0.1 for setting in (NOISY, CLEAN) for layer in (ONE, TWO)}
    notes = notes_of({**probes, (NOISY, "", "quality"): 0.1, (CLEAN, ONE, "correlation"): 0.1})
    assert [note for note in notes if ENDING in note] == [
        f"Measures change as claimed even if dropout does not help: 2 of 22 in clean digits, which it is not shown "
        f"to make better. {ENDING}"
    ]
    worse = {(CLEAN, "", "quality"): -0.1, (CLEAN, TWO, "effect_gini"): -0.1, (AUTOENCODER, ONE, "activation"): -0.1}
    (note,) = [note for note in notes_of(worse) if ENDING in note]
    assert "help: 1 of 22 in clean digits, which it makes worse; 1 of 3 in the autoencoder, which it is not" in note
    assert not any(ENDING in note for note in notes_of({}))


def test_the_notes_explain_the_measures_and_name_synergy():
    remarks = " ".join(notes_of({}))
    assert "If all units matter less, the mean |effect| is lower." in remarks
    assert "how much the most important unit stands out" in remarks
    assert remarks.count("synergy") == 1


def test_two_pairs_are_too_few_for_a_verdict():
    notes = notes_of({}, pairs=2)
    assert notes[0] == "Too few pairs for a verdict: at least 3 are needed."
    assert not any("corrected" in note or PROBE in note for note in notes)


@pytest.mark.parametrize(
    ("tested", "words"),
    [
        ([{HOLDS}, {HOLDS}], "Of 2 {}: 2 shown wherever we looked."),
        ([{OPPOSITE}, {OPPOSITE, NOT_SHOWN}], "Of 2 {}: 2 reversed."),
        (
            [{NO_INTERVAL}, {HOLDS, NO_INTERVAL}],
            "Of 2 {}: 1 shown only in some places and 1 shown nowhere.",
        ),
        ([{HOLDS, OPPOSITE, NOT_SHOWN}], "Of 1 {}: 1 shown in some places and reversed in others."),
        (
            [{NOT_SHOWN}, {HOLDS, NOT_SHOWN}, {HOLDS}],
            "Of 3 {}: 1 shown wherever we looked, 1 shown only in some places and 1 shown nowhere.",
        ),
    ],
)
def test_the_first_sentence_counts_every_claim_once(tested, words):
    assert headline(tested) == words.format("claims about what dropout does inside a network")


def test_the_description_says_what_was_trained():
    options = options_of(COADAPTATION) | {"hidden": 256, "epochs": 80, "autoencoder_epochs": 1000, "train_size": 1500}
    assert COADAPTATION.describe(options, {NOISY: {"pairs": 4}, CLEAN: {"pairs": 3}}) == (
        "3 pairs in each setting: 1,500 training digits; classifiers with hidden layers 256, 256 after 80 epochs of "
        "adam, an autoencoder with one of 256 after 1,000; p = 0.5, inputs 0. Noisy digits: 20% of the training "
        "labels are random"
    )

"""The sentences about the boundary, for results in either direction."""

from tests.lab.evidence.small import made_up_records, options_of
from tinygrad_dropout.lab.evidence.boundary.experiment import BOUNDARY
from tinygrad_dropout.lab.evidence.boundary.options import FEW, NOISY, PLAIN


def notes_of(changes, pairs=4):
    """The notes if dropout changes these measures by these amounts in these settings, and no others."""
    records = []
    for setting, changed in changes.items():
        after = [{name: 0.5 + by + 1e-4 * seed for name, by in changed.items()} for seed in range(pairs)]
        records += made_up_records(BOUNDARY, setting, [({}, {"": one}) for one in after])
    return BOUNDARY.notes(options_of(BOUNDARY), BOUNDARY.analyze(options_of(BOUNDARY), records))


def test_the_first_sentence_says_in_which_settings_dropout_does_what():
    notes = notes_of({
        PLAIN: {"length": -1.0, "regions": -3.0, "accuracy": 0.02},
        NOISY: {"length": -4.0, "regions": -3.0, "accuracy": 0.05},
        FEW: {"length": -1.0, "accuracy": -0.04},
    })  # fmt: skip
    assert notes[:3] == [
        "Dropout shortens the boundary in every setting; it lowers the number of regions with two moons and noisy "
        "moons, and shows no effect on it with few units; it raises the test accuracy with two moons and noisy moons, "
        "and lowers it with few units.",
        "The intervals are corrected for 9 looks: in about 95% of cases, all of them contain the true values.",
        "The claims about networks with dropout: they are right more often, their boundaries are shorter and they "
        "cut the plane into fewer regions.",
    ]


def test_opposite_effects_and_no_effects_are_reported_too():
    up = {"length": 1.0, "regions": 3.0}
    assert notes_of({PLAIN: up, NOISY: up, FEW: up | {"accuracy": -0.1}})[0] == (
        "Dropout lengthens the boundary in every setting; it raises the number of regions in every setting; it lowers "
        "the test accuracy with few units, and shows no effect on it with two moons and noisy moons."
    )
    assert notes_of({PLAIN: {}, NOISY: {}, FEW: {}})[0] == (
        "Dropout shows no effect on the boundary in any setting; it shows no effect on the number of regions in any "
        "setting; it shows no effect on the test accuracy in any setting."
    )
    assert notes_of({PLAIN: {"length": -1.0}, NOISY: {"length": 1.0}, FEW: {}})[0].startswith(
        "Dropout shortens the boundary with two moons, lengthens it with noisy moons, and shows no effect on it with "
        "few units; it shows no effect on the number of regions in any setting;"
    )


def test_a_single_finished_setting_is_named():
    assert notes_of({NOISY: {"length": -1.0}})[0].startswith("Dropout shortens the boundary with noisy moons; it ")


def test_while_a_setting_is_unfinished_the_others_are_named():
    assert notes_of({PLAIN: {"length": -1.0}, NOISY: {"length": -1.0}})[0] == (
        "Dropout shortens the boundary with two moons and noisy moons; it shows no effect on the number of regions "
        "with two moons and noisy moons; it shows no effect on the test accuracy with two moons and noisy moons."
    )


def test_the_same_change_in_every_pair_is_not_called_no_effect():
    pairs = [({"": {"length": 7.0}}, {"": {"length": 5.0}})] * 5
    records = [record for setting in (PLAIN, NOISY, FEW) for record in made_up_records(BOUNDARY, setting, pairs)]
    options = options_of(BOUNDARY)
    outcome = BOUNDARY.outcome(options | {"seeds": 5}, {}, records)
    assert outcome.notes[0].startswith(
        "Dropout has the same effect in every pair (so there is no interval) on the boundary in every setting; it "
    )
    assert "no interval" in str(outcome)
    outcome = BOUNDARY.outcome(options | {"seeds": 5}, {}, records[:10])
    assert outcome.notes[0].startswith(
        "Dropout has the same effect in every pair (so there is no interval) on the boundary with two moons; it "
    )


def test_two_pairs_are_too_few_for_a_verdict():
    notes = notes_of({PLAIN: {"length": -1.0}}, pairs=2)
    assert notes[0] == "Too few pairs for a verdict: at least 3 are needed."
    assert not any("corrected" in note for note in notes)


def test_the_description_says_what_was_trained():
    options = options_of(BOUNDARY) | {"train_size": 1234, "hidden": 100, "few": 8, "epochs": 1000, "label_noise": 0.25}
    assert BOUNDARY.describe(options, {PLAIN: {"pairs": 4}, NOISY: {"pairs": 3}}) == (
        "3 pairs in each setting: 1,234 training points, 2,000 test points with true labels; hidden layers 100, 100 "
        "(few units: 8, 8); p = 0.5, inputs 0; 1,000 steps of sgd on all points. Noisy moons: 25% of the training "
        "labels are random"
    )
    assert BOUNDARY.describe(options, {PLAIN: {"pairs": 1}}).startswith("1 pair in each setting: ")

"""The notes that say whether a choice was made after seeing results of these seeds."""

import pytest

from tests.lab.evidence.small import made_up_records, options_of
from tests.lab.evidence.uncertainty.small import made_up_outcome
from tinygrad_dropout.lab.evidence.boundary.experiment import BOUNDARY
from tinygrad_dropout.lab.evidence.coadaptation.experiment import COADAPTATION
from tinygrad_dropout.lab.evidence.seen import which_seeds


def last_notes(experiment, first_seed):
    options = options_of(experiment) | {"first_seed": first_seed, "seeds": 5}
    setting = next(iter(options["configurations"]))
    return experiment.notes(options, experiment.analyze(options, made_up_records(experiment, setting, [({}, {})] * 5)))


@pytest.mark.parametrize(
    ("first_seed", "words"), [(0, "some of these"), (4, "some of these"), (5, "other"), (9, "some of these")]
)
def test_seeds_are_seen_if_any_of_them_is(first_seed, words):
    assert which_seeds({"first_seed": first_seed, "seeds": 3}, {*range(5), 10}) == f"{words} seeds"


@pytest.mark.parametrize(
    ("experiment", "first_seed", "which"),
    [
        (BOUNDARY, 19, "some of these seeds"),
        (BOUNDARY, 20, "other seeds"),
        (COADAPTATION, 14, "some of these seeds"),
        (COADAPTATION, 114, "some of these seeds"),
        (COADAPTATION, 115, "other seeds"),
    ],
)
def test_a_note_says_whether_a_choice_was_made_after_these_seeds(experiment, first_seed, which):
    assert f"chosen after seeing results of {which}" in last_notes(experiment, first_seed)[-1]


@pytest.mark.parametrize(("first_seed", "which"), [(19, "some of these seeds"), (20, "other seeds")])
def test_the_note_about_the_function_with_the_gap_says_so_too(first_seed, which):
    said = f"The function with the gap was changed after seeing results of {which}."
    assert said in " ".join(made_up_outcome(first_seed=first_seed).notes)

"""The networks beside the papers: errors, intervals, the order, and what is said about them."""

import numpy as np
import pytest
from scipy import stats

from tests.lab.evidence.interrupting import assert_resumed_to_the_same_bytes
from tests.lab.evidence.paper.small import SETTINGS, small_options
from tinygrad_dropout.lab import LabError, OptionError
from tinygrad_dropout.lab.evidence.paper import PAPER, PaperOptions
from tinygrad_dropout.lab.evidence.paper.networks import RECIPES
from tinygrad_dropout.lab.evidence.paper.published import PUBLISHED
from tinygrad_dropout.lab.trials import Trial, run

OPTIONS = {
    "hidden": [1024] * 3, "train_size": 60_000, "epochs": [30, 80, 80, 120], "seeds": 3, "first_seed": 0,
    "settings": {name: {"lr": one.lr, "c": one.c} for name, one in SETTINGS.items()},
}  # fmt: skip


def outcome_of(*errors, updates=(18_000, 48_000, 48_000, 72_000)):
    """For each network its errors, seed by seed."""
    records = [
        Trial("", recipe.name, seed).record(
            {"curve": [{"epoch": 1, "errors": 2 * wrong}, {"epoch": 2, "errors": wrong}], "errors": wrong,
             "updates": steps}
        )
        for recipe, own, steps in zip(RECIPES, errors, updates, strict=True)
        for seed, wrong in enumerate(own)
    ]  # fmt: skip
    return PAPER.outcome(OPTIONS | {"seeds": len(errors[0])}, {}).with_records(records)


AS_PUBLISHED = ((170, 172, 168), (150, 151, 149), (140, 142, 141), (120, 121, 119))


def test_the_order_of_the_papers_is_found_where_it_is_there():
    assert outcome_of(*AS_PUBLISHED).notes[0] == (
        "The order of the papers comes out: 170 (standard), 150 (hidden dropout), 141 (+ input dropout) and "
        "120 (+ max-norm) test errors, means of 3."
    )


@pytest.mark.parametrize("swapped", range(3))
def test_the_order_is_denied_if_two_neighbours_are_swapped(swapped):
    errors = list(AS_PUBLISHED)
    errors[swapped : swapped + 2] = errors[swapped + 1], errors[swapped]
    assert outcome_of(*errors).notes[0].startswith("The order of the papers does not come out: ")


def test_the_order_is_denied_if_two_are_equal():
    errors = (AS_PUBLISHED[0], AS_PUBLISHED[1], AS_PUBLISHED[1], AS_PUBLISHED[3])
    assert outcome_of(*errors).notes[0].startswith("The order of the papers does not come out: ")


def test_the_intervals_are_those_of_three_paired_looks():
    errors = ((170, 175, 166), (150, 149, 158), (165, 171, 177), (190, 196, 189))
    outcome = outcome_of(*errors)
    for recipe, own in list(zip(RECIPES, errors, strict=True))[1:]:
        differences = np.subtract(own, errors[0])
        expected = stats.t.interval(1 - 0.05 / 3, 2, differences.mean(), stats.sem(differences))
        found = outcome.figures["networks"][recipe.name]["difference"]
        np.testing.assert_allclose([found["low"], found["high"]], expected)
    assert outcome.figures["networks"]["standard"]["difference"] is None


def test_what_is_shown_and_what_is_not_is_said():
    errors = ((170, 171, 172), (150, 151, 152), (160, 175, 171), (220, 221, 222))
    assert outcome_of(*errors).notes[1] == (
        "Shown with 3 seeds, all intervals together in 95 % of cases: fewer errors than the standard network for "
        "hidden dropout; more errors than the standard network for + max-norm; no difference from the standard "
        "network for + input dropout."
    )
    assert outcome_of(*(own[:2] for own in errors)).notes[1] == (
        "Too few seeds for an interval: 2; at least 3 are needed."
    )


def test_the_published_figures_stand_in_the_same_table_with_the_share_of_the_updates():
    lines = [line.split() for line in str(outcome_of(*AS_PUBLISHED)).splitlines()]
    assert ["standard", "170", "160", "160", "18,000", "1.8", "%"] in lines
    assert ["hidden", "dropout", "150", "about", "130", "48,000", "4.8", "%"] in lines
    assert ["+", "input", "dropout", "141", "125", "48,000", "4.8", "%"] in lines
    assert ["+", "max-norm", "120", "about", "110", "106", "72,000", "7.2", "%"] in lines


def test_each_published_figure_is_explained():
    notes = outcome_of(*AS_PUBLISHED).notes
    for published in PUBLISHED.values():
        for one in published:
            assert f"{one.source}, {one}: {one.differs}." in notes


def test_only_seeds_with_all_four_networks_count():
    whole = outcome_of(*AS_PUBLISHED)
    part = PAPER.outcome(whole.options, {}).with_records(
        record for record in whole.records if (record["arm"], record["seed"]) != ("+ max-norm", 1)
    )
    assert part.figures["seeds"] == 2
    assert part.figures["networks"]["standard"]["errors"] == [170, 168]
    assert PAPER.outcome(whole.options, {}, whole.records[:3]).figures is None


@pytest.mark.usefixtures("blank_pictures")
def test_an_interrupted_run_goes_on_to_the_same_bytes_and_each_network_has_its_epochs(mnist, tmp_path, monkeypatch):
    outcome = assert_resumed_to_the_same_bytes(PAPER, small_options(mnist), tmp_path, monkeypatch, after=3)
    assert [record["curve"][-1]["epoch"] for record in outcome.records] == [2, 2, 2, 3] * 2
    assert outcome.figures["seeds"] == 2
    assert outcome.options["settings"] == OPTIONS["settings"]


def test_a_part_of_the_training_examples_can_be_used(mnist):
    record = run(PAPER, small_options(mnist, train_size=150, seeds=1)).records[0]
    assert record["updates"] == 2 * 2  # epochs of 150 examples in batches of 100


def test_the_picture_shows_every_network():
    assert outcome_of(*AS_PUBLISHED).pictures()["paper.png"].startswith(b"\x89PNG")


WRONG = {
    "epochs": ((1, 2, 3), "epochs: expected 4 numbers, one for each network, got 3"),
    "choice_epochs": (0, "choice_epochs: expected at least 1, got 0"),
    "train_size": (99, "train_size: expected at least 100, got 99"),
    "hidden": ((), "hidden"),
    "seeds": (0, "seeds"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_options_are_refused(name):
    value, message = WRONG[name]
    with pytest.raises(OptionError, match=message):
        PaperOptions(**{name: value})


def test_epochs_are_at_least_1():
    with pytest.raises(OptionError, match="epochs: expected at least 1, got 0"):
        PaperOptions(epochs=(1, 1, 0, 1))


def test_a_network_without_settings_is_an_error(mnist):
    with pytest.raises(LabError, match=r"got none for \+ max-norm"):
        run(PAPER, small_options(mnist, settings={name: one for name, one in SETTINGS.items() if name != "+ max-norm"}))


def test_more_training_examples_than_there_are_is_an_error(mnist):
    with pytest.raises(OptionError, match=r"train_size: expected between 10 .* and 240, got 241"):
        run(PAPER, small_options(mnist, train_size=241))

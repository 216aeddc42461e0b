"""The networks compared with the papers: errors, intervals, the order, and the sentences about them."""

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
    "hidden": [1024] * 3, "train_size": 60_000, "epochs": 80, "seeds": 3, "first_seed": 0,
    "settings": {name: {"lr": one.lr, "c": one.c} for name, one in SETTINGS.items()},
}  # fmt: skip


def outcome_of(*errors, updates=48_000):
    """For each network its errors, seed by seed."""
    records = [
        Trial("", recipe.name, seed).record(
            {"curve": [{"epoch": 1, "errors": 2 * wrong}, {"epoch": 2, "errors": wrong}], "errors": wrong,
             "updates": updates}
        )
        for recipe, own in zip(RECIPES, errors, strict=True)
        for seed, wrong in enumerate(own)
    ]  # fmt: skip
    return PAPER.outcome(OPTIONS | {"seeds": len(errors[0])}, {}).with_records(records)


CLEAR = ((170, 171, 172), (150, 151, 152), (130, 131, 132), (110, 111, 112))
SLIGHT = ((170, 171, 169), (150, 151, 152), (149, 153, 148), (110, 111, 112))


def test_the_order_is_shown_only_if_every_step_is():
    assert outcome_of(*CLEAR).notes[0] == (
        "The order of the published numbers is shown here: 171.0 (standard), 151.0 (hidden dropout), "
        "131.0 (+ input dropout) and 111.0 (+ max-norm) test errors."
    )
    assert outcome_of(*SLIGHT).notes[0] == (
        "The means fall in the order of the published numbers, but 1 of the 3 steps (+ input dropout) may be chance: "
        "170.0 (standard), 151.0 (hidden dropout), 150.0 (+ input dropout) and 111.0 (+ max-norm) test errors."
    )
    assert outcome_of(*(own[:2] for own in CLEAR)).notes[0].startswith("The means fall in the order of the published")


@pytest.mark.parametrize("swapped", range(3))
def test_the_order_is_denied_if_two_neighbors_are_swapped(swapped):
    errors = list(CLEAR)
    errors[swapped : swapped + 2] = errors[swapped + 1], errors[swapped]
    assert outcome_of(*errors).notes[0].startswith("The means don't fall in the order of the published numbers: ")


def test_the_order_is_denied_if_two_are_equal():
    errors = (CLEAR[0], CLEAR[1], CLEAR[1], CLEAR[3])
    assert outcome_of(*errors).notes[0].startswith("The means don't fall in the order of the published numbers: ")


def test_the_intervals_are_those_of_five_paired_looks():
    errors = ((170, 175, 166), (150, 149, 158), (165, 171, 177), (190, 196, 189))
    networks = outcome_of(*errors).figures["networks"]
    for place, recipe in enumerate(RECIPES[1:], 1):
        for name, other in (("minus_standard", 0), ("minus_previous", place - 1)):
            differences = np.subtract(errors[place], errors[other])
            expected = stats.t.interval(1 - 0.05 / 5, 2, differences.mean(), stats.sem(differences))
            found = networks[recipe.name][name]
            np.testing.assert_allclose([found["low"], found["high"]], expected)
    assert networks["standard"]["minus_standard"] is networks["standard"]["minus_previous"] is None


def test_the_note_says_which_differences_are_shown():
    errors = ((170, 171, 172), (150, 151, 152), (160, 175, 171), (220, 221, 222))
    assert outcome_of(*errors).notes[1] == (
        "Compared with the standard network, hidden dropout is shown to make fewer errors; + max-norm is shown to make "
        "more errors; no difference is shown for + input dropout."
    )
    assert "corrected for 5 looks" in outcome_of(*errors).notes[2]
    assert outcome_of(*(own[:2] for own in errors)).notes[1] == (
        "Too few seeds for an interval: 2; at least 3 are needed."
    )


def test_if_a_network_diverged_there_is_no_verdict():
    whole = outcome_of(*CLEAR)
    records = [record | {"errors": 10_000, "updates": 0} if (record["arm"], record["seed"]) == ("+ max-norm", 1) else
               record for record in whole.records]  # fmt: skip
    found = PAPER.outcome(whole.options, {}).with_records(records)
    assert found.notes == ["No verdict, because the training diverged with + max-norm."]


def test_the_table_has_the_published_figures_and_the_share_of_the_updates():
    lines = [line.split() for line in str(outcome_of(*CLEAR)).splitlines()]
    assert ["standard", "171", "160", "160", "48,000", "4.8%"] in lines
    assert ["hidden", "dropout", "151", "about", "130", "48,000", "4.8%"] in lines
    assert ["+", "input", "dropout", "131", "125", "48,000", "4.8%"] in lines
    assert ["+", "max-norm", "111", "about", "110", "106", "48,000", "4.8%"] in lines


def test_the_tables_fit_a_terminal():
    lines = str(outcome_of(*SLIGHT)).splitlines()
    assert max(len(line.rstrip()) for line in lines if line.startswith(("standard", "hidden", "+ "))) <= 80


def test_each_published_figure_is_explained():
    notes = outcome_of(*CLEAR).notes
    for published in PUBLISHED.values():
        for one in published:
            assert f"{one.source}, {one}: {one.differs}." in notes


def test_only_seeds_with_all_four_networks_count():
    whole = outcome_of(*CLEAR)
    part = PAPER.outcome(whole.options, {}).with_records(
        record for record in whole.records if (record["arm"], record["seed"]) != ("+ max-norm", 1)
    )
    assert part.figures["seeds"] == 2
    assert part.figures["networks"]["standard"]["errors"] == [170, 172]
    assert PAPER.outcome(whole.options, {}, whole.records[:3]).figures is None


@pytest.mark.usefixtures("blank_pictures")
def test_an_interrupted_run_resumes_to_the_same_bytes(mnist, tmp_path, monkeypatch):
    outcome = assert_resumed_to_the_same_bytes(PAPER, small_options(mnist), tmp_path, monkeypatch, after=3)
    assert {record["curve"][-1]["epoch"] for record in outcome.records} == {3}
    assert outcome.figures["seeds"] == 2
    assert outcome.options["settings"] == OPTIONS["settings"]


def test_a_part_of_the_training_examples_can_be_used(mnist):
    record = run(PAPER, small_options(mnist, train_size=150, seeds=1)).records[0]
    assert record["updates"] == 3 * 2  # epochs of 150 examples in batches of 100


def test_the_picture_shows_every_network():
    assert outcome_of(*CLEAR).pictures()["paper.png"].startswith(b"\x89PNG")


WRONG = {
    "epochs": (0, "epochs: expected at least 1, got 0"),
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


def test_a_network_without_settings_is_an_error(mnist):
    with pytest.raises(LabError, match=r"got none for \+ max-norm"):
        run(PAPER, small_options(mnist, settings={name: one for name, one in SETTINGS.items() if name != "+ max-norm"}))


def test_more_training_examples_than_there_are_is_an_error(mnist):
    with pytest.raises(OptionError, match=r"train_size: expected between 10 .* and 240, got 241"):
        run(PAPER, small_options(mnist, train_size=241))

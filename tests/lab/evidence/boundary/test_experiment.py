"""The boundary of two moons: the record of a trial, checked with NumPy, SciPy and contourpy, and the settings."""

import dataclasses

import contourpy
import numpy as np
import pytest
from scipy.ndimage import label
from scipy.spatial.distance import cdist
from scipy.special import softmax
from scipy.stats import t

from tests.lab.evidence.small import forward, made_up_records, options_of, small_outcome, trained, weights_of
from tinygrad_dropout.lab import OptionError
from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT
from tinygrad_dropout.lab.evidence.boundary.experiment import BOUNDARY, FINE, PLANE
from tinygrad_dropout.lab.evidence.boundary.options import FEW, NOISY, PLAIN, SEEN_SEEDS, BoundaryOptions
from tinygrad_dropout.lab.evidence.boundary.pictures import FARTHEST, REACH
from tinygrad_dropout.lab.evidence.packed import unpacked

OPTIONS = BoundaryOptions(seeds=3, hidden=20, train_size=40, epochs=150, grid=9)


@pytest.mark.parametrize("arm", [WITHOUT, WITH], ids=lambda arm: arm.name)
def test_a_trial_saves_the_same_values_that_other_packages_find(arm):
    network = trained(BOUNDARY, OPTIONS, NOISY, arm, seed=2)
    state, split = weights_of(network.model), network.split
    kept = PLANE.examine(OPTIONS, network)
    measured = kept["measured"][""]

    right = forward(state, split.x_test).argmax(axis=1) == split.y_test
    assert measured["accuracy"] == pytest.approx(right.mean(), abs=1e-12)
    places = np.linspace(-REACH, REACH, FINE)
    points = np.array([[(x, y) for x in places] for y in places])
    odds = np.diff(forward(state, points))[..., 0]
    lines = contourpy.contour_generator(places, places, odds).lines(0)
    length = sum(np.linalg.norm(np.diff(line, axis=0), axis=1).sum() for line in lines)
    assert measured["length"] == pytest.approx(length, rel=2e-3)
    assert length > 3
    assert measured["regions"] == label(odds >= 0)[1] + label(odds < 0)[1]

    corners = np.concatenate([unpacked(line, REACH).reshape(-1, 2) for line in kept["boundary"]])
    assert len(kept["boundary"]) == len(lines)
    assert cdist(corners, np.concatenate(lines)).min(axis=1).max() < 0.03
    coarse = np.array([[(x, y) for x in np.linspace(-REACH, REACH, 9)] for y in np.linspace(-REACH, REACH, 9)])
    leaning = np.diff(softmax(forward(state, coarse), axis=-1))[..., 0]
    np.testing.assert_allclose(unpacked(kept["leaning"], 1).reshape(9, 9), leaning, atol=0.005)
    for moon, own in enumerate(kept["points"]):
        found = unpacked(own, FARTHEST).reshape(-1, 2)
        np.testing.assert_allclose(found, split.x_train[split.y_train == moon], atol=0.02)


def test_labels_are_noisy_in_one_setting_only_and_on_the_same_points():
    outcome = small_outcome(BOUNDARY)
    kept = {record["configuration"]: record["points"] for record in outcome.records if record["seed"] == 0}
    assert kept[PLAIN] == kept[FEW]
    both = [np.concatenate([unpacked(own, 1).reshape(-1, 2) for own in kept[setting]]) for setting in (PLAIN, NOISY)]
    assert both[0].shape == both[1].shape == (20, 2)
    assert sorted(map(tuple, both[0])) == sorted(map(tuple, both[1]))
    assert [unpacked(own, 1).size for own in kept[PLAIN]] == [20, 20]
    assert kept[NOISY] != kept[PLAIN]


def test_the_default_seeds_were_not_used_to_choose_the_settings():
    options = BoundaryOptions()
    assert options.first_seed == 100
    assert not SEEN_SEEDS.intersection(range(options.first_seed, options.first_seed + options.seeds))


def test_the_settings_differ_in_one_thing():
    plain, noisy, few = (BoundaryOptions().configurations()[setting] for setting in (PLAIN, NOISY, FEW))
    assert (plain.hidden, plain.label_noise, plain.input_p, plain.batch_size) == ((100, 100), 0, 0, plain.train_size)
    assert dataclasses.replace(noisy, label_noise=0) == plain
    assert noisy.label_noise == 0.3
    assert dataclasses.replace(few, hidden=(100, 100)) == plain
    assert few.hidden == (8, 8)


def test_regions_are_whole_numbers_so_the_interval_of_ties_has_a_width():
    """Student's interval is ±0.16, but the true mean could just as well be halfway to the next whole number."""
    pairs = [({"": {"regions": 2}}, {"": {"regions": after}}) for after in (*[2] * 19, 1)]
    options = options_of(BOUNDARY) | {"seeds": 20}
    outcome = BOUNDARY.outcome(options, {}, made_up_records(BOUNDARY, PLAIN, pairs))
    found = outcome.figures[PLAIN]["parts"][""]["regions"]
    assert found["high"] - found["mean"] == pytest.approx(t.ppf(1 - 0.025 / 9, 19) * 0.5 / 20**0.5)
    assert "-0.05 (-0.40 to +0.30)" in str(outcome)


@pytest.mark.parametrize("key", ["leaning", "boundary", "points"])
def test_a_record_without_the_data_for_the_picture_is_incomplete(key):
    outcome = small_outcome(BOUNDARY)
    record = outcome.records[0]
    shorter = {"leaning": record["leaning"][:-4], "boundary": ["AAAA"], "points": record["points"][:1]}[key]
    assert not BOUNDARY.is_complete(outcome.options, record | {key: shorter})


def test_a_default_record_is_small():
    """About 4 kB for each of the 120 networks."""
    network = trained(BOUNDARY, BoundaryOptions(epochs=30), PLAIN, WITH, seed=0)
    kept = PLANE.examine(BoundaryOptions(), network)
    assert sum(len(kept["leaning"]) + len("".join(kept[key])) for key in ("boundary", "points")) < 5500


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"p": 0}, "p: expected a probability of dropping above 0"),
        ({"grid": 1}, "grid: expected a number from 2"),
        ({"hidden": 0}, "hidden: expected a number from 1"),
        ({"few": 0}, "few: expected a number from 1"),
        ({"seeds": 0}, "seeds: expected a number from 1"),
        ({"label_noise": 2}, "label_noise: expected a fraction"),
        ({"epochs": 1.5}, "epochs: expected a whole number"),
    ],
)
def test_invalid_options_are_refused(options, problem):
    with pytest.raises(OptionError, match=problem):
        BoundaryOptions(**options)

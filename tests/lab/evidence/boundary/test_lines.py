"""A boundary, its length and its regions, for shapes with known answers, and compared with contourpy and SciPy."""

from itertools import pairwise

import contourpy
import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tinygrad_dropout.lab.evidence.boundary.lines import boundary, grid, length, regions, simplified

REACH = 2.0


def field(function, size=201):
    return function(*np.moveaxis(grid(REACH, size), -1, 0))


def waves(seed):
    return lambda x, y: sum(
        a * np.sin(b * x + c * y + d) for a, b, c, d in np.random.default_rng(seed).normal(size=(4, 4))
    )


def length_of(values):
    return length(boundary(values, REACH))


def by_contourpy(values):
    places = np.linspace(-REACH, REACH, len(values))
    return contourpy.contour_generator(places, places, values).lines(0)


def test_the_grid_goes_from_left_to_right_and_from_bottom_to_top():
    assert grid(2, 3)[0].tolist() == [[-2, -2], [0, -2], [2, -2]]
    assert grid(2, 3)[:, 0].tolist() == [[-2, -2], [-2, 0], [-2, 2]]


@pytest.mark.parametrize("radius", [0.3, 1.0, 1.7])
def test_a_circle_is_one_closed_line_with_its_circumference(radius):
    values = field(lambda x, y: (x - 0.1) ** 2 + y**2 - radius**2)
    (line,) = boundary(values, REACH)
    np.testing.assert_array_equal(line[0], line[-1])
    np.testing.assert_allclose(np.hypot(line[:, 0] - 0.1, line[:, 1]), radius, atol=1e-3)
    assert length([line]) == pytest.approx(2 * np.pi * radius, rel=1e-3)
    assert regions(values) == 2


@pytest.mark.parametrize(("slope", "expected"), [((1, 0), 4), ((0, 1), 4), ((1, -1), 32**0.5), ((1, 1), 32**0.5)])
def test_a_straight_line_goes_from_edge_to_edge_and_has_the_exact_length(slope, expected):
    (line,) = boundary(field(lambda x, y: slope[0] * x + slope[1] * y + 1e-9), REACH)
    assert np.abs(line[[0, -1]]).max(axis=1) == pytest.approx(REACH)
    assert length([line]) == pytest.approx(expected, rel=1e-6)


def test_a_constant_sign_has_no_crossings():
    for values in (np.ones((4, 4)), -np.ones((4, 4))):
        assert boundary(values, REACH) == []
        assert length_of(values) == 0
        assert regions(values) == 1


@pytest.mark.parametrize("seed", range(4))
def test_contourpy_finds_the_same_lines(seed):
    """It crosses squares, not triangles, so the lines agree except for the curvature inside a square."""
    found, expected = boundary(field(waves(seed)), REACH), by_contourpy(field(waves(seed)))
    assert len(found) == len(expected) >= 2
    assert length(found) == pytest.approx(length(expected), rel=2e-3)
    distances = cdist(np.concatenate(found), np.concatenate(expected))
    assert max(distances.min(axis=0).max(), distances.min(axis=1).max()) < 4 / 200


def test_no_line_jumps():
    for line in boundary(field(waves(0)), REACH):
        assert np.linalg.norm(np.diff(line, axis=0), axis=1).max() <= 2**0.5 * 4 / 200 + 1e-12


def test_steeper_log_odds_have_the_same_boundary():
    values = field(lambda x, y: x**2 - y + 0.3)
    for one, other in zip(boundary(50 * values, REACH), boundary(values, REACH), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_a_probability_that_saturates_would_be_longer():
    """Why the boundary is measured on log-odds: between two saturated points a step looks as if it were half-way."""
    values = field(lambda x, y: x - 0.4 * y + 0.013)
    straight = length_of(values)
    assert straight == pytest.approx(4 * np.hypot(1, 0.4), rel=1e-3)
    assert length_of(np.sign(values)) > 1.05 * straight


def test_islands_are_separate_regions_and_lines():
    values = field(lambda x, y: np.minimum((x - 1) ** 2 + y**2, (x + 1) ** 2 + y**2) - 0.25)
    assert regions(values) == 3
    assert len(boundary(values, REACH)) == 2
    pattern = np.array([[1, -1, 1], [-1, 1, -1], [1, -1, 1]])
    assert regions(pattern) == 9  # corners do not connect


@pytest.mark.parametrize("tolerance", [0.3, 0.03, 0.003])
def test_a_simplified_line_has_few_points_and_passes_near_all_others(tolerance):
    for line in boundary(field(waves(1)), REACH):
        found = simplified(line, tolerance)
        assert {tuple(point) for point in found} <= {tuple(point) for point in line}
        np.testing.assert_array_equal(found[[0, -1]], line[[0, -1]])
        starts, along = found[:-1], np.diff(found, axis=0)
        share = np.einsum("psd,sd->ps", line[:, None] - starts, along) / np.maximum((along**2).sum(axis=1), 1e-12)
        nearest = starts + np.clip(share, 0, 1)[..., None] * along
        assert np.linalg.norm(line[:, None] - nearest, axis=2).min(axis=1).max() <= tolerance + 1e-9


def test_the_corners_of_an_angular_line_are_kept():
    corners = np.array([[0, 0], [1, 0.5], [1.5, -1], [0, 0]])  # closed
    line = np.concatenate([np.linspace(a, b, 20, endpoint=False) for a, b in pairwise(corners)])
    np.testing.assert_array_equal(simplified(np.array([*line, corners[-1]]), 1e-9), corners)
    np.testing.assert_array_equal(simplified(line[:1], 0.1), line[:1])

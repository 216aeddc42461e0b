"""The plane: rows from top to bottom, the probability of class 1, and each unit's output."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.play.plane import EVERY, GRID, grid_points, layer_outputs, plane_pictures
from tinygrad_dropout.play.two_networks import mlp


@pytest.fixture
def model():
    return mlp(
        3, 2, p=0.5, input_p=0.5, scaling="train", streams=(np.random.SeedSequence(0), np.random.SeedSequence(1))
    )


def test_the_first_point_is_the_upper_left_one():
    points = grid_points().reshape(GRID, GRID, 2)
    assert (points[0, 0] == -points[-1, -1]).all()
    assert points[0, 0, 0] < -2.9
    assert points[0, 0, 1] > 2.9
    assert (np.diff(points[:, :, 0], axis=1) > 0).all()
    assert (np.diff(points[:, :, 1], axis=0) < 0).all()


def test_the_picture_is_the_probability_of_class_1_with_nothing_dropped(model):
    whole, _ = plane_pictures(model)
    model.eval()
    expected = model(td.Tensor(grid_points())).softmax().data[:, 1].reshape(GRID, GRID)
    assert whole.dtype == np.uint8
    assert np.abs(whole - 255 * expected).max() <= 1


def test_each_units_picture_is_its_output_relative_to_its_maximum(model):
    _, units = plane_pictures(model)
    assert (units.shape, units.dtype) == ((2, 3, GRID // EVERY, GRID // EVERY), np.uint8)
    model.eval()
    second = model[:6](td.Tensor(grid_points())).data if hasattr(model, "__getitem__") else None
    outputs = second[:, 1].reshape(GRID, GRID)[::EVERY, ::EVERY]
    assert np.abs(units[1, 1] - 255 * outputs / outputs.max()).max() <= 1


def test_a_unit_that_is_off_everywhere_is_blank(model):
    model[1].bias.data[0] = -100
    assert not plane_pictures(model)[1][0, 0].any()


def test_drawing_leaves_the_network_in_training_mode_and_draws_no_mask(model):
    before = model[0].rng.bit_generator.state
    plane_pictures(model)
    assert model[0].rng.bit_generator.state == before
    assert all(layer.training for layer in model.modules())


def test_a_diverged_network_has_finite_outputs_on_the_plane(model):
    model[1].weight.data[:] = np.nan
    hidden, logits = layer_outputs(model, grid_points())
    assert np.isfinite(logits).all()
    assert all(np.isfinite(outputs).all() for outputs in hidden)

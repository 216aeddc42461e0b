"""The points: two classes, with label noise only in the training points, and the same for the same seed."""

import numpy as np
import pytest

from tinygrad_dropout.play.datasets import GENERATED, TEST_POINTS, drawn_points, make_points


@pytest.fixture(autouse=True)
def _scikit_learn(request):
    if "digits" in request.node.name:
        pytest.importorskip("sklearn", reason="the digits are scikit-learn's")


@pytest.mark.parametrize("name", GENERATED)
def test_both_classes_occur_and_the_number_of_points_is_the_requested_one(name):
    points = make_points(name, points=81, noise=0.2, label_noise=0.0, seed=1)
    assert (points.x_train.shape, points.x_train.dtype) == ((81, 2), np.float32)
    assert (points.x_test.shape, points.y_test.dtype) == ((TEST_POINTS, 2), np.int64)
    assert set(points.y_train) == set(points.y_test) == {0, 1}
    assert abs(np.bincount(points.y_train)[0] - 40.5) < 20
    assert not points.flipped.any()


@pytest.mark.parametrize("name", GENERATED)
def test_almost_all_points_are_inside_the_plane(name):
    points = make_points(name, points=200, noise=0.3, label_noise=0.0, seed=0)
    np.testing.assert_allclose(points.x_train.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(points.x_train.std(axis=0), 1, atol=1e-5)
    assert (np.abs(points.x_test) < 3).all(axis=1).mean() > 0.97


@pytest.mark.parametrize("name", GENERATED)
def test_the_seed_decides_everything(name):
    first, again, other = (make_points(name, points=30, noise=0.2, label_noise=0.2, seed=seed) for seed in (5, 5, 6))
    for field in ("x_train", "y_train", "x_test", "y_test", "flipped"):
        np.testing.assert_array_equal(getattr(first, field), getattr(again, field))
    assert (first.x_train != other.x_train).any()
    assert (first.x_test != other.x_test).any()


@pytest.mark.parametrize("name", GENERATED)
def test_the_test_points_differ_from_the_training_points(name):
    points = make_points(name, points=TEST_POINTS, noise=0.0 if name == "digits" else 0.3, label_noise=0, seed=0)
    train, test = ({row.tobytes() for row in x.round(4)} for x in (points.x_train, points.x_test))
    assert len(train) > 50
    assert not train & test


def test_only_training_points_have_flipped_labels():
    clean, noisy = (make_points("moons", points=400, noise=0.2, label_noise=share, seed=0) for share in (0.0, 0.3))
    np.testing.assert_array_equal(clean.y_train != noisy.y_train, noisy.flipped)
    assert 0.2 < noisy.flipped.mean() < 0.4
    np.testing.assert_array_equal(clean.y_test, noisy.y_test)
    np.testing.assert_array_equal(clean.x_train, noisy.x_train)


def nearest_neighbor_accuracy(points):
    distances = np.linalg.norm(points.x_test[:, None] - points.x_train, axis=-1)
    return (points.y_train[distances.argmin(axis=1)] == points.y_test).mean()


@pytest.mark.parametrize("name", [*GENERATED])
def test_the_training_points_predict_the_test_points(name):
    assert nearest_neighbor_accuracy(make_points(name, points=300, noise=0.05, label_noise=0, seed=0)) > 0.75


@pytest.mark.parametrize("name", GENERATED)
def test_noise_makes_classifying_harder(name):
    easy, hard = (
        nearest_neighbor_accuracy(make_points(name, points=300, noise=noise, label_noise=0, seed=0))
        for noise in (0.05, 0.8)
    )
    assert easy > hard + 0.05


def test_circles_and_spirals_have_the_shapes_that_their_names_say():
    from tinygrad_dropout.play.datasets import circles, spirals

    radii = np.linalg.norm(circles(11), axis=1)
    np.testing.assert_allclose(radii, [1.0] * 5 + [0.5] * 6)
    assert len(np.unique(circles(12).round(6), axis=0)) == 12
    arms = spirals(20)
    np.testing.assert_allclose(arms[:10], -arms[10:], atol=1e-12)  # one is the other turned by half a turn
    assert (np.diff(np.linalg.norm(arms[:10], axis=1)) > 0).all()


def test_every_third_point_drawn_by_hand_is_a_test_point():
    points = drawn_points([(0.5, -1.0, 0), (1.0, 2.0, 1), (-0.25, 0.0, 1), (3.0, -3.0, 0)])
    np.testing.assert_array_equal(points.x_train, np.float32([[0.5, -1.0], [1.0, 2.0], [3.0, -3.0]]))
    np.testing.assert_array_equal(points.y_train, [0, 1, 0])
    np.testing.assert_array_equal(points.x_test, np.float32([[-0.25, 0.0]]))
    np.testing.assert_array_equal(points.y_test, [1])


def test_an_empty_drawing_has_no_points():
    points = drawn_points([])
    assert points.x_train.shape == points.x_test.shape == (0, 2)

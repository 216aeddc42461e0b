"""Linear regression with dropout is ridge regression: the enumeration, the closed form, and scikit-learn's ridge."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_dropout as td
from tests.lab.theory.small import small_outcome
from tinygrad_dropout.lab.theory import ridge
from tinygrad_dropout.lab.theory.ridge import AGREEMENT, Options, Regression, distance, measure

SMALL = Options(p=(0.0, 0.3, 0.8), features=4, examples=12)
EVERY_P = [0.1, 0.5, 0.9]


@pytest.fixture
def regression():
    return Regression.draw(SMALL, np.random.default_rng(0))


def test_all_masks_and_the_closed_form_agree():
    for found in measure(SMALL)["rates"]:
        assert max(found["differences"].values()) < AGREEMENT


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 4), st.integers(0, 1000))
def test_all_masks_and_the_closed_form_agree_at_any_rate(p, features, seed):
    figures = measure(Options(p=(p,), features=features, examples=features + 8, seed=seed))
    assert max(figures["rates"][0]["differences"].values()) < AGREEMENT


@pytest.mark.parametrize("p", EVERY_P)
def test_the_original_scheme_has_the_penalty_q_one_minus_q(regression, p):
    """||y - q X w||² + q (1 - q) ||G w||² with q = 1 - p the probability of keeping."""
    q, w = 1 - p, np.array([1.0, -2.0, 0.5, 3.0])
    gram = np.diag(np.diag(regression.x.T @ regression.x))
    closed = np.sum((regression.y - q * regression.x @ w) ** 2) + q * (1 - q) * w @ gram @ w
    assert regression.expected_loss(td.Tensor(w), p, "test").item() == pytest.approx(closed, rel=1e-12)
    assert regression.closed_loss(w, p, "test")[0] == pytest.approx(closed, rel=1e-12)


@pytest.mark.parametrize("p", EVERY_P)
def test_in_terms_of_test_time_weights_both_schemes_are_the_same(regression, p):
    """v = q w: plain least squares and (1 - q) / q times ||G v||²."""
    v = np.array([1.0, -2.0, 0.5, 3.0])
    gram = np.diag(np.diag(regression.x.T @ regression.x))
    closed = np.sum((regression.y - regression.x @ v) ** 2) + p / (1 - p) * v @ gram @ v
    inverted = regression.expected_loss(td.Tensor(v), p, "train").item()
    original = regression.expected_loss(td.Tensor(v / (1 - p)), p, "test").item()
    assert inverted == pytest.approx(closed, rel=1e-12)
    assert original == pytest.approx(closed, rel=1e-12)


@pytest.mark.parametrize("scaling", ["train", "test"])
def test_the_gradients_are_those_of_the_losses(regression, scaling):
    weights = td.Tensor(np.array([1.0, -2.0, 0.5, 3.0]), requires_grad=True)
    assert td.gradcheck(lambda w: regression.expected_loss(w, 0.3, scaling), weights)
    step = 1e-6 * np.array([1.0, 2.0, 3.0, 4.0])
    above, below = (regression.closed_loss(weights.data + sign * step, 0.3, scaling)[0] for sign in (1, -1))
    _, gradient = regression.closed_loss(weights.data, 0.3, scaling)
    assert above - below == pytest.approx(2 * gradient @ step, rel=1e-6)


@pytest.mark.parametrize("p", EVERY_P)
def test_the_minimum_is_scikit_learns_ridge_of_features_of_size_one(regression, p):
    from sklearn.linear_model import Ridge

    sizes = np.linalg.norm(regression.x, axis=0)
    model = Ridge(alpha=p / (1 - p), fit_intercept=False, tol=1e-12).fit(regression.x / sizes, regression.y)
    np.testing.assert_allclose(regression.ridge(p), model.coef_ / sizes, rtol=1e-8)


def test_without_dropout_ridge_is_least_squares(regression):
    expected = np.linalg.lstsq(regression.x, regression.y)[0]
    np.testing.assert_allclose(regression.ridge(0.0), expected, rtol=1e-10)
    left, right = regression.normal_equations(0.0)
    np.testing.assert_allclose(np.linalg.solve(left, right), expected, rtol=1e-10)


@pytest.mark.parametrize("p", EVERY_P)
def test_no_other_weights_have_a_smaller_expected_loss(regression, p):
    best = regression.ridge(p)
    lowest = regression.expected_loss(td.Tensor(best), p, "train").item()
    for direction in np.random.default_rng(0).normal(size=(20, 4)):
        assert regression.expected_loss(td.Tensor(best + 0.01 * direction), p, "train").item() > lowest


def test_training_on_all_masks_reaches_the_minimum(regression):
    left, _ = regression.normal_equations(0.4)
    trained = regression.train(0.4, 2 * np.linalg.eigvalsh(left))
    np.testing.assert_allclose(trained, regression.ridge(0.4), rtol=1e-9)


def test_the_reported_trained_weights_come_from_training(monkeypatch):
    monkeypatch.setattr(ridge, "MAX_STEPS", 3)
    (found,) = measure(dataclasses.replace(SMALL, p=(0.3,)))["rates"]
    assert found["differences"]["trained"] > AGREEMENT
    assert found["differences"]["solved"] < AGREEMENT


@pytest.mark.parametrize("kind", ["loss", "gradient"])
def test_a_wrong_closed_form_in_either_scheme_is_noticed(monkeypatch, kind):
    right = Regression.closed_loss
    for off in ("train", "test"):

        def wrong(self, weights, p, scaling, off=off):
            loss, gradient = right(self, weights, p, scaling)
            error = 1 + 1e-6 * (scaling == off)
            return (loss * error, gradient) if kind == "loss" else (loss, gradient * error)

        monkeypatch.setattr(Regression, "closed_loss", wrong)
        (found,) = measure(dataclasses.replace(SMALL, p=(0.3,)))["rates"]
        assert found["differences"][kind] == pytest.approx(1e-6, rel=1e-3)


def test_weights_shrink_as_p_grows():
    sizes = [found["size"] for found in measure(Options(features=4))["rates"]]
    assert sizes[0] == 1
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 0.2


def test_the_penalty_is_p_over_one_minus_p():
    assert [found["penalty"] for found in measure(SMALL)["rates"]] == pytest.approx([0, 3 / 7, 4])


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    assert measure(SMALL) == measure(SMALL)
    assert measure(SMALL) != measure(dataclasses.replace(SMALL, seed=1))


def test_a_distance_is_relative_to_the_largest_element():
    assert distance(np.array([1.0, 10.0]), np.array([1.5, 10.0])) == 0.05
    assert distance(3.0, 2.0) == 0.5


def test_the_ridge_table_has_a_row_for_every_rate(figures):
    text = str(small_outcome("ridge"))
    assert "6 examples, 2 features; all 4 masks of an example enumerated, nothing sampled; seed 0" in text
    for found in figures("ridge")["rates"]:
        words = f"{found['p']:g} {found['penalty']:.4g} {found['size']:.3f} {found['differences']['trained']:.0e}"
        (row,) = (line.split() for line in text.splitlines() if line.strip().startswith(f"{found['p']:g} "))
        assert [*row[:3], row[-1]] == words.split()


def test_the_ridge_verdict_depends_on_the_largest_difference(figures):
    found = figures("ridge")
    found["rates"][1]["differences"]["gradient"] = 2e-9
    assert ridge.notes(found)[0] == (
        "Linear regression with dropout on its inputs is ridge regression: "
        "the largest relative difference at 2 rates is 2e-09 (up to 1e-8 counts as rounding)."
    )
    found["rates"][0]["differences"]["loss"] = 2e-8
    assert "is not ridge regression here" in ridge.notes(found)[0]


def test_the_ridge_picture_shows_the_closed_form_as_lines_and_training_as_markers(drawn):
    outcome = small_outcome("ridge")
    left, right = drawn(outcome).axes
    drawn_lines = [line for line in left.get_lines() if len(line.get_xdata()) == len(outcome.figures["rates"])]
    weights = [found["weights"] for found in outcome.figures["rates"]]
    for feature in range(2):
        line, markers = drawn_lines[2 * feature : 2 * feature + 2]
        assert (line.get_linestyle(), line.get_marker()) == ("-", "None")
        assert markers.get_linestyle() == "None"
        assert line.get_ydata().tolist() == [each["closed"][feature] for each in weights]
        assert markers.get_ydata().tolist() == [each["trained"][feature] for each in weights]
    curves = {line.get_label(): line.get_ydata() for line in right.get_lines()}
    for name, key in {
        "loss": "loss",
        "gradient": "gradient",
        "minimum, solved": "solved",
        "minimum, trained": "trained",
    }.items():
        expected = [max(found["differences"][key], 1e-17) for found in outcome.figures["rates"]]
        assert list(curves[name]) == expected


def test_if_p_is_only_0_the_verdict_says_that_there_is_no_penalty():
    nothing, something = (ridge.notes(measure(Options(p=p, features=2, examples=6)))[0] for p in ((0.0,), (0.0, 0.5)))
    assert "is ridge regression, but at p = 0 there is no penalty: the largest" in nothing
    assert "is ridge regression: the largest" in something

"""The formulas, against SciPy, scikit-learn and plain loops."""

import numpy as np
import pytest
from scipy.stats import norm

import tinygrad_dropout as td
from tinygrad_dropout import nn
from tinygrad_dropout.lab.evidence.uncertainty.predictions import (
    Z,
    band,
    classification_scores,
    expected_calibration_error,
    likeliest_noise,
    log_likelihoods,
    predict,
    probabilities,
    regression_scores,
    reliability,
)


def some_outputs(masks: int = 7, rows: int = 40):
    rng = np.random.default_rng(3)
    middle = rng.normal(size=rows)
    return middle + 0.3 * rng.normal(size=(masks, rows)), middle + 0.5 * rng.normal(size=rows)


@pytest.mark.parametrize("masks", [1, 7])
def test_the_log_likelihood_is_that_of_an_equal_mixture_of_normals(masks):
    outputs, y = some_outputs(masks)
    rows = zip(y, outputs.T, strict=True)
    wanted = [np.log(np.mean([norm.pdf(value, loc=f, scale=0.4) for f in each])) for value, each in rows]
    assert log_likelihoods(outputs, y, 0.4) == pytest.approx(wanted, rel=1e-12)


def test_the_likelihood_of_a_far_value_does_not_become_zero():
    assert log_likelihoods(np.zeros((3, 1)), np.array([1000.0]), 0.1) == pytest.approx(norm.logpdf(1000, scale=0.1))


def test_the_mixture_is_over_densities_not_over_their_logarithms():
    outputs, y = some_outputs()
    of_logs = np.mean([norm.logpdf(y, loc=f, scale=0.4) for f in outputs], axis=0)
    assert (log_likelihoods(outputs, y, 0.4) > of_logs).all()  # Jensen's inequality


@pytest.mark.parametrize("masks", [1, 7])
def test_the_noise_is_the_likeliest_on_a_grid(masks):
    outputs, y = some_outputs(masks)
    grid = np.geomspace(0.05, 3, 4000)
    likelihoods = [np.log(norm.pdf(y, outputs, noise).mean(axis=0)).mean() for noise in grid]
    assert likeliest_noise(outputs, y) == pytest.approx(grid[np.argmax(likelihoods)], rel=2e-3)


def test_with_one_mask_the_noise_is_the_root_mean_squared_error():
    outputs, y = some_outputs(1)
    assert likeliest_noise(outputs, y) == pytest.approx(np.sqrt(np.mean((y - outputs[0]) ** 2)), rel=1e-4)


def test_exact_predictions_have_almost_no_noise():
    assert 0 < likeliest_noise(np.ones((2, 3)), np.ones(3)) < 1e-30


def test_the_band_holds_95_percent_of_values_around_one_output():
    rng = np.random.default_rng(0)
    outputs, y = np.zeros((1, 200_000)), 0.7 * rng.normal(size=200_000)
    assert regression_scores(outputs, y, 0.7)["coverage"] == pytest.approx(0.95, abs=0.002)
    assert pytest.approx(norm.ppf(0.975)) == Z


def test_the_band_widens_with_the_spread_over_masks():
    outputs, _ = some_outputs()
    middle, reach = band(outputs, 0.4)
    assert middle == pytest.approx(outputs.sum(axis=0) / 7)
    variance = np.square(outputs - outputs.mean(axis=0)).sum(axis=0) / 6
    assert reach == pytest.approx(norm.ppf(0.975) * np.sqrt(variance + 0.16))


def test_regression_scores_are_what_their_names_say():
    from sklearn.metrics import mean_squared_error

    outputs, y = some_outputs()
    scores = regression_scores(outputs, y, 0.4)
    middle = outputs.mean(axis=0)
    reach = norm.ppf(0.975) * np.hypot(outputs.std(axis=0, ddof=1), 0.4)
    assert scores["rmse"] == pytest.approx(mean_squared_error(y, middle) ** 0.5)
    inside = [abs(value - m) <= r for value, m, r in zip(y, middle, reach, strict=True)]
    assert scores["coverage"] == pytest.approx(sum(inside) / len(y))
    assert 0 < scores["coverage"] < 1
    assert scores["width"] == pytest.approx(reach.mean())


def some_probabilities(rows: int = 500, classes: int = 3):
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.full(classes, 0.5), size=rows)
    return p, np.array([rng.choice(classes, p=each) for each in p])


def test_the_calibration_error_is_that_of_a_plain_loop():
    p, y = some_probabilities()
    total = 0.0
    for low in range(15):
        inside = [(row.max(), row.argmax() == label) for row, label in zip(p, y, strict=True)
                  if low / 15 < row.max() <= (low + 1) / 15]  # fmt: skip
        if inside:
            sure, right = np.mean([one for one, _ in inside]), np.mean([one for _, one in inside])
            total += len(inside) / len(y) * abs(right - sure)
    assert expected_calibration_error(**reliability(p, y)) == pytest.approx(total, rel=1e-12)
    assert classification_scores(p, y)["calibration_error"] == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize(("right", "error"), [(1.0, 0.1), (0.9, 0.0), (0.0, 0.9)])
def test_the_calibration_error_of_one_confidence(right, error):
    p = np.tile([0.9, 0.1], (1000, 1))
    y = (np.arange(1000) >= 1000 * right).astype(np.int64)
    assert classification_scores(p, y)["calibration_error"] == pytest.approx(error, abs=1e-12)


@pytest.mark.parametrize(("confidence", "place"), [(1.0, 14), (0.6, 8), (0.61, 9), (0.5, 7)])
def test_a_confidence_on_an_edge_belongs_to_the_lower_bin(confidence, place):
    rows = reliability(np.array([[confidence, 1 - confidence]]), np.array([0]))["rows"]
    assert np.flatnonzero(rows).tolist() == [place]


def test_classification_scores_are_scikit_learns():
    from sklearn.metrics import accuracy_score, log_loss

    p, y = some_probabilities()
    scores = classification_scores(p, y)
    assert scores["log_likelihood"] == pytest.approx(-log_loss(y, p))
    assert scores["accuracy"] == pytest.approx(accuracy_score(y, p.argmax(axis=1)))


def test_an_impossible_class_has_a_finite_likelihood():
    assert np.isfinite(classification_scores(np.array([[1.0, 0.0]]), np.array([1]))["log_likelihood"])


def test_the_mean_is_of_probabilities_not_of_logits():
    """The arithmetic mean, 0.56 here; the geometric mean and the mean of the logits would be more confident."""
    logits = np.array([[[8.0, 0.0]], [[-2.0, 0.0]]])
    by_hand = (1 / (1 + np.exp(-8)) + 1 / (1 + np.exp(2))) / 2
    assert probabilities(logits)[0, 0] == pytest.approx(by_hand)
    assert abs(by_hand - 1 / (1 + np.exp(-3))) > 0.3  # what the mean of the logits would give


# The three ways to predict --------------------------------------------------------------------------------------------


def a_network(p: float = 0.5):
    rng = np.random.default_rng(0)
    hidden, out = nn.Linear(2, 4, rng=rng), nn.Linear(4, 1, rng=rng)
    return nn.Sequential(hidden, nn.ReLU(), nn.Dropout(p, rng=np.random.default_rng(5)), out)


def test_monte_carlo_converges_to_the_mean_over_all_enumerated_masks():
    """All 16 masks, weighted by their probability, computed with NumPy; weight scaling is the same here, where the
    output is linear in the mask, and one mask is not."""
    model, x = a_network(), np.array([[0.3, -1.0], [1.0, 2.0]], np.float32)
    first, last = model[0], model[3]
    hidden = np.maximum(x @ first.weight.data.T + first.bias.data, 0)
    masks = (np.arange(16)[:, np.newaxis] >> np.arange(4)) & 1
    outputs = np.array([(hidden * mask / 0.5) @ last.weight.data.T + last.bias.data for mask in masks])
    found = predict(model, x, 4000)
    mean, spread = outputs.mean(axis=0), outputs.std(axis=0)
    assert np.abs(found["Monte Carlo"].mean(axis=0) - mean).max() < 5 * spread.max() / np.sqrt(4000)
    assert found["Monte Carlo"].std(axis=0) == pytest.approx(spread, rel=0.1)
    assert found["weight scaling"][0] == pytest.approx(mean, abs=1e-6)
    assert np.array_equal(found["one mask"], found["Monte Carlo"][:1])
    assert np.abs(found["one mask"][0] - mean).max() > 1e-3


def test_with_two_hidden_layers_monte_carlo_is_not_weight_scaling():
    rng = np.random.default_rng(0)
    masks = np.random.default_rng(1)
    model = nn.Sequential(nn.Linear(1, 30, rng=rng), nn.ReLU(), nn.Dropout(0.5, rng=masks),
                          nn.Linear(30, 30, rng=rng), nn.ReLU(), nn.Dropout(0.5, rng=masks),
                          nn.Linear(30, 1, rng=rng))  # fmt: skip
    found = predict(model, np.ones((1, 1), np.float32), 4000)
    carlo = found["Monte Carlo"][:, 0, 0]
    assert abs(carlo.mean() - found["weight scaling"][0, 0, 0]) > 5 * carlo.std() / np.sqrt(4000)


def test_each_row_has_its_own_mask():
    found = predict(a_network(), np.ones((20, 2), np.float32), 1)
    assert np.ptp(found["one mask"]) > 0
    assert np.ptp(found["weight scaling"]) == 0


def test_predicting_records_no_gradients_and_ends_in_evaluation_mode():
    model = a_network()
    predict(model, np.ones((2, 2), np.float32), 2)
    assert not model[2].training
    assert model[0].weight.grad is None
    assert td.is_grad_enabled()

"""DropoutMLPRegressor: one or more targets, the noise level, and the coverage of the intervals."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.stats import norm

from tests.sklearn.data import TWO_VALUES, VALUES, WEIGHTS, X, assert_same_bits, regressor
from tinygrad_dropout.sklearn import _trained
from tinygrad_dropout.sklearn._noise import most_likely_noise, row_likelihoods

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.default_rng(1)


@pytest.mark.parametrize(
    ("y", "shape"),
    [
        (VALUES, (60,)),
        (VALUES.tolist(), (60,)),
        (pd.Series(VALUES), (60,)),
        (np.arange(60), (60,)),
        (TWO_VALUES, (60, 2)),
        (pd.DataFrame(TWO_VALUES), (60, 2)),
    ],
    ids=["array", "list", "Series", "whole numbers", "two targets", "DataFrame"],
)
def test_predictions_have_the_shape_of_y(y, shape):
    model = regressor(noise=0.5).fit(X, y)
    uncertainty = model.predict_uncertainty(X)
    found = [model.predict(X), uncertainty.mean, uncertainty.spread, uncertainty.total, *model.predict_interval(X)]
    assert {array.shape for array in found} == {shape}
    assert uncertainty.noise.shape == shape[1:]
    assert np.ndim(model.log_likelihood(X, y)) == 0


def test_a_column_is_accepted_as_a_target_with_a_warning_as_in_scikit_learn():
    with pytest.warns(UserWarning, match="column-vector y was passed"):
        model = regressor().fit(X, VALUES[:, None])
    assert_same_bits(model, regressor().fit(X, VALUES))
    assert model.predict(X).shape == (60,)


def test_it_learns():
    model = regressor(hidden_layer_sizes=50, learning_rate_init=0.02, max_iter=100, dropout=0.05).fit(X, TWO_VALUES)
    assert model.score(X, TWO_VALUES) > 0.9


PRICES = 400_000 + 50_000 * np.column_stack([VALUES, -VALUES])


@pytest.mark.parametrize("y", [PRICES[:, 0], PRICES], ids=["one target", "two targets"])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_with_normalize_y_all_results_are_in_the_units_of_y(y, early_stopping):
    options = {"early_stopping": early_stopping, "dtype": "float64"}
    mean, std = y.mean(axis=0), y.std(axis=0)
    model, scaled = regressor(normalize_y=True, **options).fit(X, y), regressor(**options).fit(X, (y - mean) / std)
    assert model.loss_curve_ == pytest.approx(scaled.loss_curve_, rel=1e-12)
    np.testing.assert_allclose(model.predict(X), scaled.predict(X) * std + mean, rtol=1e-12)
    ours, theirs = model.predict_uncertainty(X), scaled.predict_uncertainty(X)
    np.testing.assert_allclose(ours.mean, theirs.mean * std + mean, rtol=1e-12)
    np.testing.assert_allclose(ours.spread, theirs.spread * std, rtol=1e-9)
    assert model.score(X, y) == pytest.approx(scaled.score(X, (y - mean) / std), rel=1e-9)
    if early_stopping:
        np.testing.assert_allclose(ours.noise, theirs.noise * std, rtol=1e-4)
        for ends, scaled_ends in zip(model.predict_interval(X), scaled.predict_interval(X), strict=True):
            np.testing.assert_allclose(ends, scaled_ends * std + mean, rtol=1e-4)
        assert model.log_likelihood(X, y) == pytest.approx(
            scaled.log_likelihood(X, (y - mean) / std) - np.log(std).sum(), rel=1e-4
        )


def test_a_warm_start_keeps_the_units_of_the_first_fit():
    model = regressor(normalize_y=True, warm_start=True, max_iter=1).fit(X, PRICES[:, 0])
    before = model.predict(X)
    model.set_params(learning_rate_init=1e-12).fit(X[:30], PRICES[:30, 0] + 1e5)
    np.testing.assert_allclose(model.predict(X), before, rtol=1e-6)


def test_partial_fit_cannot_normalize_y():
    with pytest.raises(ValueError, match="partial_fit does not support normalize_y=True"):
        regressor(normalize_y=True).partial_fit(X, VALUES)


def test_only_values_far_from_1_give_a_warning():
    with pytest.warns(UserWarning, match=r"y has values of about 40\d,\d{3}, far .* try normalize_y=True"):
        regressor().fit(X, PRICES[:, 0])
    for y, normalize_y in ((VALUES, False), (PRICES, True)):
        regressor(normalize_y=normalize_y).fit(X, y)  # a warning would be an error


def test_a_constant_target_and_constant_columns_work():
    model = regressor(early_stopping=True).fit(np.ones((60, 3)), np.full(60, 2.0))
    assert np.isfinite(model.predict(np.ones((1, 3)))).all()


def test_one_row_is_enough():
    assert regressor(batch_size="auto").fit(X[:1], VALUES[:1]).predict(X[:1]).shape == (1,)


@pytest.mark.parametrize("targets", [1, 2])
@pytest.mark.parametrize("samples", [1, 7])
def test_the_likelihood_is_the_mean_of_the_masks_densities(samples, targets):
    outputs, values = RNG.normal(size=(samples, 9, targets)), RNG.normal(size=(9, targets))
    noise = np.array([0.7, 1.3])[:targets]
    expected = np.log(norm.pdf(values, outputs, noise).prod(axis=2).mean(axis=0))
    np.testing.assert_allclose(row_likelihoods(outputs, values, noise), expected, rtol=1e-12)


def test_far_values_have_a_finite_likelihood():
    assert row_likelihoods(np.zeros((3, 1, 1)), np.full((1, 1), 1e6), np.array([1e-3])) == pytest.approx(-5e17)


def test_the_models_likelihood_averages_over_its_masks_and_rows():
    model = regressor(dropout=0.4, noise=0.6).fit(X, TWO_VALUES)
    outputs = np.concatenate([*model._outputs_under_masks(model._new_rows(X))], axis=1)
    assert outputs.shape == (100, 60, 2)
    densities = norm.pdf(TWO_VALUES, outputs, 0.6).prod(axis=2).mean(axis=0)
    assert model.log_likelihood(X, TWO_VALUES) == pytest.approx(np.log(densities).mean(), rel=1e-9)
    weighted = np.average(np.log(densities), weights=WEIGHTS)
    assert model.log_likelihood(X, TWO_VALUES, WEIGHTS) == pytest.approx(weighted, rel=1e-9)


def test_the_likelihood_of_many_rows_is_computed_in_parts(monkeypatch):
    model = regressor(dropout=0.4, noise=0.6).fit(X, VALUES)
    whole = model.log_likelihood(X, VALUES)
    monkeypatch.setattr(_trained, "ROWS_AT_ONCE", 7)
    assert model.log_likelihood(X, VALUES) == pytest.approx(whole, rel=1e-6)


def test_a_very_bad_validation_score_is_still_a_number():
    model = regressor(solver="sgd", learning_rate_init=1e12, max_iter=1, early_stopping=True, batch_size="auto")
    assert -np.inf < model.fit(X, VALUES).validation_scores_[0] < -1e30


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_the_noise_makes_the_values_most_likely(weights):
    outputs, values = RNG.normal(size=(20, 60, 2)), RNG.normal(size=(60, 2)) * [1.0, 3.0]
    found = most_likely_noise(outputs, values, weights)
    for k in range(2):
        candidates = np.exp(np.linspace(-1, 2, 1001))
        likelihoods = [
            np.average(np.log(norm.pdf(values[:, k], outputs[:, :, k], sd).mean(axis=0)), weights=weights)
            for sd in candidates
        ]
        assert found[k] == pytest.approx(candidates[np.argmax(likelihoods)], rel=3e-3)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_without_dropout_the_noise_is_the_root_mean_squared_error(weights):
    model = regressor(dropout=0).fit(X, TWO_VALUES).estimate_noise(X, TWO_VALUES, weights)
    errors = np.sqrt(np.average((model.predict(X) - TWO_VALUES) ** 2, axis=0, weights=weights))
    np.testing.assert_allclose(model.noise_, errors, rtol=1e-4)


def test_values_that_every_mask_predicts_have_almost_no_noise():
    (noise,) = most_likely_noise(np.zeros((3, 5, 1)), np.zeros((5, 1)))
    assert 0 < noise < 1e-30


@pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame, sp.csr_array], ids=["array", "DataFrame", "sparse"])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["unweighted", "weighted"])
def test_with_early_stopping_the_noise_is_estimated_on_the_validation_rows(kind, weights):
    x = pd.DataFrame(X, columns=list("abcde")) if kind is pd.DataFrame else kind(X)
    seen, model = [], regressor(early_stopping=True)
    score_rows = model._score_rows
    model._score_rows = lambda *rows: seen.append(rows) or score_rows(*rows)
    model.fit(x, VALUES, weights)
    del model._score_rows
    rows, values, held_out = seen[0]
    rows = rows.toarray() if hasattr(rows, "toarray") else rows
    assert values.shape == (6, 1)
    assert (held_out is None) == (weights is None)
    estimated = model.noise_
    fresh = regressor(early_stopping=True).fit(X, VALUES, weights)
    np.testing.assert_allclose(fresh.estimate_noise(rows, values[:, 0], held_out).noise_, estimated, rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "noise"),
    [({}, None), ({"noise": 0.5}, [0.5, 0.5]), ({"noise": 0.5, "early_stopping": True}, [0.5, 0.5])],
)
def test_the_noise_is_given_estimated_or_unknown(options, noise):
    model = regressor(**options).fit(X, TWO_VALUES)
    assert (model.noise_ if noise is None else model.noise_.tolist()) == noise
    assert np.isnan(model.predict_uncertainty(X).noise).all() == (noise is None)


def test_a_new_fit_forgets_the_noise_but_further_epochs_keep_it():
    model = regressor().fit(X, VALUES).estimate_noise(X, VALUES)
    assert model.partial_fit(X, VALUES).noise_ is not None
    assert model.fit(X, VALUES).noise_ is None


def test_an_interval_is_the_mean_plus_or_minus_z_standard_deviations():
    model = regressor(noise=0.5, dropout=0.4).fit(X, VALUES)
    mean, spread, noise = model.predict_uncertainty(X)
    for confidence, z in ((0.6826894921370859, 1), (0.9544997361036416, 2)):
        low, high = model.predict_interval(X, confidence)
        np.testing.assert_allclose(low, mean - z * np.sqrt(spread**2 + noise**2), rtol=1e-9)
        np.testing.assert_allclose(high, mean + z * np.sqrt(spread**2 + noise**2), rtol=1e-9)
    np.testing.assert_array_equal(model.predict_interval(X), model.predict_interval(X, 0.95))


@pytest.mark.parametrize("dropout", [0, 0.2])
def test_intervals_cover_as_often_as_they_claim(dropout):
    covered, noises = [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(1300, 2))
        y = np.sin(x[:, 0]) + 0.5 * x[:, 1] + 0.4 * rng.normal(size=1300)
        model = regressor(
            hidden_layer_sizes=40, dropout=dropout, early_stopping=True, validation_fraction=0.4, max_iter=25,
            learning_rate_init=0.01, random_state=seed, mc_samples=40,
        ).fit(x[:300], y[:300])  # fmt: skip
        noises.append(model.noise_[0])
        for confidence in (0.5, 0.9):
            low, high = model.predict_interval(x[300:], confidence)
            covered.append(((low <= y[300:]) & (y[300:] <= high)).mean())
    half, most = np.reshape(covered, (6, 2)).mean(axis=0)
    assert half == pytest.approx(0.5, abs=0.03)  # the mean of six seeds varies by 0.01
    assert most == pytest.approx(0.9, abs=0.025)
    assert np.mean(noises) == pytest.approx(0.4, abs=0.05)

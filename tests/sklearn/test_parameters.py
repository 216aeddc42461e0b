"""The estimators' parameters: their names, their defaults, and their effects on the network."""

import inspect
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier, MLPRegressor

import tinygrad_dropout as td
from tests.sklearn.data import (
    BINARY,
    FEW_EPOCHS,
    VALUES,
    WEIGHTS,
    X,
    assert_same_bits,
    classifier,
    regressor,
    weights_of,
)
from tinygrad_dropout import nn
from tinygrad_dropout.sklearn import DropoutMLPClassifier, DropoutMLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

OURS = {"dropout", "input_dropout", "max_norm", "class_weight", "normalize_y", "noise", "mc_samples", "dtype"}
ONLY_THEIRS = {"max_fun", "loss"}


@pytest.mark.parametrize(
    ("ours", "theirs"), [(DropoutMLPClassifier, MLPClassifier), (DropoutMLPRegressor, MLPRegressor)]
)
def test_names_and_defaults_are_scikit_learns(ours, theirs):
    mine, their = ours().get_params(), theirs().get_params()
    assert {*mine} - {*their} <= OURS
    assert {*their} - {*mine} <= ONLY_THEIRS
    assert {name: mine[name] for name in {*mine} & {*their}} == {name: their[name] for name in {*mine} & {*their}}
    assert (mine["dropout"], mine["dtype"]) == (0.2, "float32")


@pytest.mark.parametrize("estimator", [DropoutMLPClassifier, DropoutMLPRegressor])
def test_only_the_first_two_parameters_can_be_given_by_position(estimator):
    parameters = inspect.signature(estimator).parameters.values()
    positional = [parameter.name for parameter in parameters if parameter.kind is not parameter.KEYWORD_ONLY]
    assert positional == ["hidden_layer_sizes", "activation"]


def dropped(model):
    return [layer.p for layer in model.module_ if isinstance(layer, nn.Dropout)]


@pytest.mark.parametrize(
    ("options", "rates"),
    [
        ({"dropout": 0.3}, [0.3, 0.3]),
        ({"dropout": [0.1, 0.4]}, [0.1, 0.4]),
        ({"dropout": np.array([0.0, 0.4])}, [0.4]),
        ({"dropout": 0}, []),
        ({"dropout": np.float32(0.5), "input_dropout": 0.1}, [0.1, 0.5, 0.5]),
        ({"hidden_layer_sizes": 4, "dropout": (0.3,)}, [0.3]),
        ({"hidden_layer_sizes": (), "dropout": []}, []),
        ({"hidden_layer_sizes": (), "input_dropout": 0.2}, [0.2]),
    ],
)
def test_each_layer_has_its_own_probability(options, rates):
    assert dropped(classifier(**options).fit(X, BINARY)) == rates


def test_the_network_is_linear_activation_dropout():
    layers = [type(layer).__name__ for layer in classifier(activation="tanh", input_dropout=0.1).fit(X, BINARY).module_]
    assert layers == ["Dropout", "Linear", "Tanh", "Dropout", "Linear", "Tanh", "Dropout", "Linear"]


@pytest.mark.parametrize(
    "dtype", [np.float64, "float64", np.dtype("float64"), float, "f8", np.float32, "float32"], ids=repr
)
def test_the_dtype_can_be_given_in_every_form_that_numpy_accepts(dtype):
    model = regressor(dtype=dtype).fit(X, VALUES)
    assert {weight.dtype for weight in weights_of(model)} == {np.dtype(dtype)} == {model.predict(X).dtype}


def test_max_norm_limits_every_unit_and_no_bias():
    # alpha does not affect biases, so they have the same size with and without max_norm
    model = classifier(max_norm=0.05, learning_rate_init=0.1).fit(X, BINARY)
    norms = [np.linalg.norm(weight, axis=0).max() for weight in model.coefs_]
    assert max(norms) == pytest.approx(0.05, rel=1e-5)
    assert max(abs(bias).max() for bias in model.intercepts_) > 0.05


def test_dropout_changes_neither_the_initial_weights_nor_the_split_nor_the_order():
    with_dropout, without = (
        regressor(dropout=p, max_iter=1, learning_rate_init=1e-30, early_stopping=True).fit(X, VALUES) for p in (0.5, 0)
    )
    for a, b in zip(weights_of(with_dropout), weights_of(without), strict=True):
        np.testing.assert_array_equal(a, b)
    assert with_dropout.validation_scores_ == without.validation_scores_
    assert with_dropout._batch_rng.bit_generator.state == without._batch_rng.bit_generator.state


def test_the_same_seed_gives_the_same_bits_and_another_seed_gives_others():
    one, same, other = (classifier(random_state=seed).fit(X, BINARY) for seed in (1, 1, 2))
    assert_same_bits(one, same)
    assert one.loss_curve_ != other.loss_curve_


def test_without_a_seed_the_frameworks_generator_is_used():
    losses = []
    for seed in (1, 1, 2):
        td.manual_seed(seed)
        losses.append(classifier(random_state=None).fit(X, BINARY).loss_curve_)
    assert losses[0] == losses[1] != losses[2]


def test_everything_random_has_its_own_stream():
    model = regressor(input_dropout=0.3).fit(X, VALUES)
    masks = {id(layer.rng) for layer in model.module_ if isinstance(layer, nn.Dropout)}
    assert len(masks) == 1
    assert id(model._batch_rng) not in masks
    assert len({rng.bit_generator.state["state"]["inc"] for rng in (model._batch_rng, model.module_[0].rng)}) == 2


@pytest.mark.parametrize("verbose", [True, 2])
def test_verbose_shows_the_epochs_on_stderr(capsys, verbose):
    classifier(verbose=verbose).fit(X, BINARY)
    shown = capsys.readouterr()
    assert "epoch 4 of 4" in shown.err
    assert shown.out == ""


def test_n_iter_no_change_can_be_infinite():
    assert classifier(n_iter_no_change=np.inf, tol=100, max_iter=30).fit(X, BINARY).n_iter_ == 30


def test_a_batch_larger_than_the_table_is_the_whole_table_with_a_warning():
    whole = classifier(batch_size=60).fit(X, BINARY)
    with pytest.warns(UserWarning, match="batch_size=61 is larger than the number of rows, 60") as warned:
        larger = classifier(batch_size=61).fit(X, BINARY)
    assert_same_bits(whole, larger)
    assert warned[0].filename == __file__


def test_training_that_ends_too_early_warns_at_the_call_of_fit():
    with pytest.warns(UserWarning, match="not converged after max_iter=2 epochs") as warned:
        classifier(max_iter=2).fit(X, BINARY)
    assert warned[0].filename == __file__


def test_training_that_converged_or_is_incremental_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        classifier(max_iter=500, tol=1.0, n_iter_no_change=2).fit(X, BINARY)
        classifier(max_iter=4, tol=1.0, n_iter_no_change=2).fit(X, BINARY)  # in its last epoch
        classifier().partial_fit(X, BINARY, classes=[0, 1])


def test_equal_row_weights_matter_only_for_alpha():
    for weight, alpha in ((1.0, 0.5), (4.0, 2.0), (0.25, 0.125)):
        unweighted = regressor(dtype="float64", alpha=0.5).fit(X, VALUES)
        weighted = regressor(dtype="float64", alpha=alpha).fit(X, VALUES, np.full(60, weight))
        for a, b in zip(weights_of(unweighted), weights_of(weighted), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_a_batch_of_heavy_rows_counts_more():
    weights = np.repeat([0.5, 1.5], 30)
    light, heavy = (
        regressor(solver="sgd", momentum=0, batch_size=30, shuffle=False, alpha=0, dtype="float64", dropout=0,
                  max_iter=1, learning_rate_init=1e-6)
        for _ in range(2)
    )  # fmt: skip
    start = regressor(**{**light.get_params(), "learning_rate_init": 1e-300}).fit(X, VALUES)
    light.fit(X[:30], VALUES[:30])
    heavy.fit(X[30:], VALUES[30:])
    both = regressor(**light.get_params()).fit(X, VALUES, weights)
    for first, one, other, sum_of_both in zip(*map(weights_of, (start, light, heavy, both)), strict=True):
        np.testing.assert_allclose(
            sum_of_both - first, 0.5 * (one - first) + 1.5 * (other - first), rtol=1e-3, atol=1e-12
        )


@pytest.mark.parametrize("model", [classifier(dropout=[0.1, 0.2]), regressor(noise=0.5)], ids=str)
def test_a_clone_has_the_parameters_but_nothing_learned(model):
    fitted = clone(model).fit(X, BINARY)
    copy = clone(fitted)
    assert copy.get_params() == model.get_params()
    assert not hasattr(copy, "module_")


def test_fit_does_not_change_its_parameters_or_its_data():
    x, y, w = X.copy(), BINARY.copy(), WEIGHTS.copy()
    for array in (x, y, w):
        array.flags.writeable = False
    model = classifier(dropout=[0.1, 0.2], dtype="float64", shuffle=False)
    before = model.get_params()
    model.fit(x, y, w).predict_uncertainty(x)
    assert model.get_params() == before
    np.testing.assert_array_equal(x, X)
    assert {key: before[key] for key in FEW_EPOCHS} == FEW_EPOCHS

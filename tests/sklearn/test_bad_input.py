"""Bad input: one sentence for each error, and the state of the estimator after a failed fit."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.exceptions import NotFittedError

from tests.sklearn.data import (
    BINARY,
    CLASSES,
    LABELS,
    TWO_VALUES,
    VALUES,
    X,
    assert_same_bits,
    classifier,
    regressor,
    weights_of,
)
from tinygrad_dropout import training

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ONES = np.ones(60)
SGD = {"solver": "sgd", "batch_size": "auto"}  # all rows in a batch
P = "to be a probability of dropping, 0 <= p < 1"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        *[({"dropout": p}, f"expected dropout {P}, or a sequence") for p in (1, 1.0, -0.1, np.nan, "0.2", None, True)],
        *[({"dropout": p}, f"expected dropout {P}, or a sequence") for p in ([0.2, 1.0], [[0.1, 0.2]], [0.1, None])],
        *[
            ({"dropout": p}, f"one probability for each of the 2 hidden layers, got {len(p)}")
            for p in ([], [0.1], (0.1,) * 3)
        ],
        ({"dropout": np.array(0.2)}, "expected dropout"),
        ({"input_dropout": 1}, f"expected input_dropout {P}, got 1"),
        ({"input_dropout": [0.1]}, "expected input_dropout"),
        ({"max_norm": 0}, "expected max_norm to be a number above 0, or None, got 0"),
        ({"hidden_layer_sizes": (3, 0)}, r"expected hidden_layer_sizes .* got \(3, 0\)"),
        ({"hidden_layer_sizes": np.array(4)}, "expected hidden_layer_sizes"),
        ({"hidden_layer_sizes": 2.0}, "expected hidden_layer_sizes"),
        ({"hidden_layer_sizes": "100"}, "expected hidden_layer_sizes"),
        (
            {"activation": "gelu"},
            'expected activation to be "identity" or "logistic" or "tanh" or "relu", got \'gelu\'',
        ),
        ({"solver": "lbfgs"}, "expected solver"),
        ({"alpha": -1}, "expected alpha to be a number of at least 0, got -1"),
        ({"alpha": np.inf}, "expected alpha"),
        ({"alpha": True}, "expected alpha"),
        ({"batch_size": 0}, 'expected batch_size to be a whole number of at least 1, or "auto", got 0'),
        ({"learning_rate": "cosine"}, "expected learning_rate"),
        ({"learning_rate_init": 0}, "expected learning_rate_init to be a number above 0"),
        ({"power_t": -1}, "expected power_t"),
        ({"max_iter": 0}, "expected max_iter"),
        ({"max_iter": 2.5}, "expected max_iter"),
        ({"shuffle": 1}, "expected shuffle to be True or False, got 1"),
        ({"tol": -1e-9}, "expected tol"),
        ({"verbose": "yes"}, "expected verbose"),
        ({"warm_start": None}, "expected warm_start"),
        ({"momentum": 1.1}, "expected momentum to be a number from 0 to 1, got 1.1"),
        ({"nesterovs_momentum": 0}, "expected nesterovs_momentum"),
        ({"early_stopping": 1}, "expected early_stopping"),
        ({"validation_fraction": 0}, "expected validation_fraction"),
        ({"validation_fraction": 1.0}, "expected validation_fraction"),
        ({"beta_1": 1}, "expected beta_1"),
        ({"beta_2": 1.0}, "expected beta_2"),
        ({"epsilon": 0}, "expected epsilon"),
        ({"n_iter_no_change": 0}, "expected n_iter_no_change"),
        ({"mc_samples": 0}, "expected mc_samples"),
        ({"noise": 0}, "expected noise to be a number above 0, or None, got 0"),
        *[
            ({"dtype": d}, "expected dtype to be float32 or float64")
            for d in (None, "float16", ">f8", int, object, 3, "no")
        ],
        ({"random_state": "x"}, "cannot be used to seed"),
    ],
    ids=str,
)
def test_parameters(options, words):
    with pytest.raises(ValueError, match=words) as raised:
        regressor(**options).fit(X, VALUES)
    assert "random_state" in options or str(raised.value).startswith("DropoutMLPRegressor: ")


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.where(X > 1, np.nan, X), "Input X contains NaN"),
        (np.where(X > 1, np.inf, X), "Input X contains infinity"),
        (X * 1e39, r"Input X contains infinity or a value too large for dtype\('float32'\)"),
        (X[:, 0], "Expected 2D array, got 1D array"),
        (X[:0], "0 sample"),
        (X[:, :0], "0 feature"),
        (X[:50], r"inconsistent numbers of samples: \[50, 60\]"),
        (X + 1j, "Complex data not supported"),
        (np.full((60, 5), "a"), "could not convert string to float"),
        (sp.csr_array(np.where(X > 1, np.nan, X)), "Input X contains NaN"),
    ],
    ids=["NaN", "inf", "beyond float32", "1-D", "no rows", "no columns", "too few", "complex", "strings", "sparse NaN"],
)
@pytest.mark.parametrize(("make", "y"), [(classifier, BINARY), (regressor, VALUES)])
def test_tables(make, y, x, words):
    with pytest.raises(ValueError, match=words):
        make().fit(x, y)
    if len(y) == x.shape[0]:
        with pytest.raises(ValueError, match=words if x.shape[1:] != (0,) else "X has 0 features|0 feature"):
            make().fit(X, y).predict(x)


@pytest.mark.parametrize(
    ("y", "error", "words"),
    [
        (ONES, ValueError, "needs samples of at least 2 classes, but the data contains only one class: 1.0"),
        (VALUES, ValueError, "Unknown label type: continuous"),
        (np.where(BINARY, np.nan, 1), ValueError, "Input y contains NaN"),
        (np.array(["a", None], object)[BINARY], ValueError, "Unknown label type"),
        (None, ValueError, "requires y to be passed"),
        (np.c_[CLASSES, CLASSES], ValueError, "y has several columns: expected only 0 and 1"),
        (LABELS * 2 - 1, ValueError, "y has several columns: expected only 0 and 1"),
        (LABELS * 5, ValueError, "y has several columns: expected only 0 and 1"),
        (sp.csr_array(LABELS * 5), ValueError, "y has several columns: expected only 0 and 1"),
        (sp.csr_array(LABELS[:, :1]), TypeError, "Sparse data was passed for y, but dense data is required"),
    ],
    ids=[
        "one class",
        "numbers",
        "NaN",
        "None",
        "no y",
        "two columns",
        "-1 and 1",
        "0 and 5",
        "sparse 5",
        "sparse column",
    ],
)
def test_classes(y, error, words):
    with pytest.raises(error, match=words):
        classifier().fit(X, y)


@pytest.mark.parametrize(
    ("y", "error", "words"),
    [
        (np.where(BINARY, np.inf, 1), ValueError, "Input y contains infinity"),
        (VALUES * 1e39, ValueError, r"Input y contains a value too large for dtype\('float32'\)"),
        (np.array(["a", "b"])[BINARY], ValueError, "could not convert string to float"),
        (sp.csr_array(TWO_VALUES), TypeError, "Sparse data was passed, but dense data is required"),
        (TWO_VALUES[:, :0], ValueError, "0 feature"),
        (np.ones((60, 2, 2)), ValueError, "Found array with dim 3"),
    ],
    ids=["inf", "beyond float32", "strings", "sparse", "no columns", "3-D"],
)
def test_targets(y, error, words):
    with pytest.raises(error, match=words):
        regressor().fit(X, y)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (ONES * 0, "at least one non-zero|no row with a positive weight"),  # the second before scikit-learn 1.8
        (-ONES, "Negative values"),
        (ONES * np.nan, "contains NaN"),
        (ONES * np.inf, "contains infinity"),
        (ONES[:5], r"sample_weight.shape == \(5,\), expected \(60,\)"),
        (np.ones((60, 2)), "must be 1D array or scalar"),
    ],
    ids=["all zero", "negative", "NaN", "inf", "too few", "2-D"],
)
def test_sample_weights(weights, words):
    with pytest.raises(ValueError, match=words):
        classifier().fit(X, BINARY, sample_weight=weights)
    with pytest.raises(ValueError, match=words):
        regressor().fit(X, VALUES, sample_weight=weights)
    with pytest.raises(ValueError, match=words):
        regressor(noise=1.0).fit(X, VALUES).log_likelihood(X, VALUES, weights)


@pytest.mark.parametrize("make", [classifier, regressor])
@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("trained on", "no row with a positive weight to train on"),
        ("held out", "validation set has no row with a positive"),
    ],
)
def test_weights_of_zero_for_all_training_rows_or_all_validation_rows(make, where, words):
    rows = {}
    model = make(early_stopping=True, max_iter=1)
    score_rows = model._score_rows
    model._score_rows = lambda x, *rest: rows.update(held_out=x) or score_rows(x, *rest)
    targets = BINARY if make is classifier else VALUES
    model.fit(X, targets, ONES)
    held_out = (X[:, :1].astype(np.float32) == rows["held_out"][:, 0]).any(axis=1)
    weights = held_out if where == "trained on" else ~held_out
    with pytest.raises(ValueError, match=words):
        make(early_stopping=True).fit(X, targets, weights.astype(float))


@pytest.mark.parametrize(
    ("weight", "y", "words"),
    [
        ({0: -1}, BINARY, "class_weight: expected numbers of at least 0, got -1 for class 0"),
        ({0: np.nan}, BINARY, "class_weight: expected numbers of at least 0, got nan for class 0"),
        ({0: 0, 1: 0}, BINARY, "no row with a positive weight"),
        ({"0": 1}, BINARY, r"The classes, \[0, 1\], are not in class_weight"),
        ("equal", BINARY, "class_weight: expected a dict, \"balanced\" or None, got 'equal'"),
        ([1, 2], BINARY, 'class_weight: expected a dict, "balanced" or None'),
        ({0: 1}, LABELS, 'class_weight: expected "balanced" or None for several labels per row'),
    ],
)
def test_class_weights(weight, y, words):
    with pytest.raises(ValueError, match=words):
        classifier(class_weight=weight).fit(X, y)


@pytest.mark.parametrize("rows", [1, 5])
def test_a_validation_set_that_is_too_small(rows):
    with pytest.raises(ValueError, match=r"validation set is too small: .* of 5 rows is 1|train set will be empty"):
        regressor(early_stopping=True, batch_size="auto").fit(X[:rows], VALUES[:rows])


@pytest.mark.parametrize(
    ("model", "before", "call", "words"),
    [
        (classifier(), None, (X, BINARY), "classes must be passed on the first call to partial_fit"),
        (classifier(), None, (X, CLASSES, [0, 1]), "`y` has classes not in `self.classes_`"),
        (classifier(), None, (X, BINARY * 0, [0]), "at least 2 classes"),
        (classifier(), None, (X, LABELS, [0, 1]), "`y` has classes not in `self.classes_`"),
        (
            classifier(early_stopping=True),
            None,
            (X, BINARY, [0, 1]),
            "does not support early_stopping=True",
        ),
        (
            classifier(class_weight="balanced"),
            None,
            (X, BINARY, [0, 1]),
            'class_weight="balanced" is not supported for partial_fit',
        ),
        (regressor(early_stopping=True), None, (X, VALUES), "does not support early_stopping=True"),
        (classifier(), BINARY, (X, CLASSES), "`y` has classes not in `self.classes_`"),
        (classifier(), BINARY, (X, BINARY, [0, 1, 2]), r"`classes=\[0, 1, 2\]` is not the same as on last call"),
        (classifier(), BINARY, (X[:, :3], BINARY), "X has 3 features, but DropoutMLPClassifier is expecting 5"),
        (classifier(), BINARY, (X, LABELS), "y has several labels for each row, expected a class for each row"),
        (classifier(), LABELS, (X, BINARY), "y has a class for each row, expected several labels for each row"),
        (classifier(), LABELS, (X, LABELS[:, :2]), "`y` has classes not in `self.classes_`"),
        (regressor(), VALUES, (X, TWO_VALUES), "y has 2 columns, expected 1 as in the previous fit"),
    ],
    ids=lambda case: str(case) if isinstance(case, str) else "",
)
def test_partial_fit(model, before, call, words):
    if before is not None:
        model.fit(X, before)
    with pytest.raises(ValueError, match=words):
        model.partial_fit(*call)


@pytest.mark.parametrize(
    ("y", "options", "x", "again", "words"),
    [
        (BINARY, {}, X, CLASSES, "warm_start can only be used where `y` has the same classes"),
        (CLASSES, {}, X, BINARY, "warm_start can only be used where `y` has the same classes"),
        (BINARY, {}, X, LABELS, "y has several labels for each row"),
        (BINARY, {}, X[:, :3], BINARY, "X has 3 features"),
        (
            BINARY,
            {"hidden_layer_sizes": (5, 5)},
            X,
            BINARY,
            r"expected hidden_layer_sizes=\(6, 4\) as before, got \(5, 5\)",
        ),
    ],
)
def test_warm_start_with_different_data_does_not_change_the_model(y, options, x, again, words):
    model = classifier(warm_start=True).fit(X, y)
    before = model.predict_uncertainty(X)
    with pytest.raises(ValueError, match=words):
        model.set_params(**options).fit(x, again)
    np.testing.assert_equal(model.predict_uncertainty(X), before)


@pytest.mark.parametrize("spoiled", [(X, CLASSES, -ONES), (X[:, :3], BINARY, -ONES), (X, LABELS, -ONES)])
def test_a_refused_fit_leaves_an_unfitted_estimator_not_a_mixture(spoiled):
    model = classifier().fit(X, BINARY)
    with pytest.raises(ValueError, match="Negative values"):
        model.fit(*spoiled)
    with pytest.raises(NotFittedError):
        model.predict(X)
    assert_same_bits(model.fit(X, BINARY), classifier().fit(X, BINARY))


UNFITTED = {
    "predict": (X,),
    "predict_uncertainty": (X,),
    "predict_interval": (X,),
    "estimate_noise": (X, VALUES),
    "log_likelihood": (X, VALUES),
}


@pytest.mark.parametrize("method", UNFITTED)
def test_nothing_works_before_fit(method):
    with pytest.raises(NotFittedError, match="DropoutMLPRegressor instance is not fitted yet"):
        getattr(regressor(noise=1.0), method)(*UNFITTED[method])


def test_uncertainty_that_cannot_be_computed():
    model = regressor().fit(X, VALUES)
    for method in ("predict_interval", "log_likelihood"):
        with pytest.raises(
            ValueError, match=f"{method} needs the noise level, which is unknown: fit with early_stopping"
        ):
            getattr(model, method)(*UNFITTED[method])
    model.estimate_noise(X, VALUES)
    for confidence in (0, 1, 95, np.nan, "0.9"):
        with pytest.raises(ValueError, match="expected confidence above 0 and below 1"):
            model.predict_interval(X, confidence)
    with pytest.raises(ValueError, match="y has 2 columns, expected 1 as in the training"):
        model.estimate_noise(X, TWO_VALUES)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.log_likelihood(X, VALUES[:5])
    with pytest.raises(ValueError, match="expected mc_samples to be a whole number"):
        model.set_params(mc_samples=0).predict_uncertainty(X)


@pytest.mark.parametrize(
    ("model", "y", "words"),
    [
        (regressor(solver="sgd", learning_rate_init=1e10, max_iter=50), VALUES, "Scale X .* and y .* below 1e\\+10"),
        (regressor(solver="sgd", learning_rate_init=1e38, max_iter=1, batch_size=60), VALUES * 1e3, "diverged"),
        (
            regressor(solver="sgd", learning_rate_init=1e30, max_iter=1, early_stopping=True, batch_size="auto"),
            VALUES,
            "diverged",
        ),
        (
            classifier(solver="sgd", learning_rate_init=1e38, alpha=10.0, momentum=1.0),
            BINARY,
            "Scale X \\(StandardScaler\\) or",
        ),
        (regressor(), VALUES * 1e30, "diverged"),
    ],
    ids=["in an epoch", "in the last step", "in the validation", "classifier", "y too large"],
)
@pytest.mark.filterwarnings("ignore:y has values of about")
def test_the_error_for_diverging_training_says_what_to_scale(model, y, words):
    with pytest.raises(ValueError, match=f"{type(model).__name__}: the training diverged.*{words}|{words}"):
        model.fit(X, y)


def test_outputs_beyond_the_dtype_are_an_error_not_nan():
    model = regressor(noise=1.0).fit(X, VALUES)
    for parameter in model.module_.parameters():
        parameter.data *= 1e30
    for method in (model.predict, model.predict_uncertainty, model.predict_interval):
        with pytest.raises(ValueError, match="outputs are not finite float32 numbers: X has values far larger"):
            method(X)


class InterruptedBatches(training.Batches):
    """Batches that simulate Ctrl-C before the batch `interrupt_at`."""

    interrupt_at = 0

    def __iter__(self):
        for number, batch in enumerate(super().__iter__()):
            if InterruptedBatches.interrupt_at == number + len(self) * self.epoch:
                InterruptedBatches.interrupt_at = None  # only once
                raise KeyboardInterrupt
            yield batch
        self.epoch += 1

    epoch = 0


@pytest.mark.parametrize("at", [0, 1, 3, 7])
@pytest.mark.parametrize("options", [{}, {"early_stopping": True}], ids=str)
@pytest.mark.parametrize(("make", "y"), [(classifier, BINARY), (regressor, VALUES)])
def test_ctrl_c_ends_the_training_and_leaves_a_model_that_works(monkeypatch, make, y, options, at):
    monkeypatch.setattr(training, "Batches", InterruptedBatches)
    InterruptedBatches.interrupt_at = at
    model = make(**options, max_iter=9)
    with pytest.warns(UserWarning, match="Training interrupted by user") as warned:
        model.fit(X, y)
    assert warned[0].filename == __file__
    monkeypatch.undo()
    assert model.n_iter_ == len(model.loss_curve_) == at // 3
    assert (model.loss_ == np.inf) == (at < 3)
    assert np.isfinite(model.predict_uncertainty(X).mean).all()
    assert len(model.set_params(early_stopping=False).partial_fit(X, y).loss_curve_) == at // 3 + 1


@pytest.mark.parametrize("make", [classifier, regressor])
def test_ctrl_c_during_validation_restores_the_best_weights(make):
    model, kept = make(early_stopping=True, max_iter=9, n_iter_no_change=20), []
    score_rows = model._score_rows

    def interrupted(*rows):
        kept.append([weight.copy() for weight in weights_of(model)])
        if len(kept) == 4:
            raise KeyboardInterrupt
        return score_rows(*rows)

    model._score_rows = interrupted
    with pytest.warns(UserWarning, match="Training interrupted"):
        model.fit(X, BINARY)
    best = model.validation_scores_.index(model.best_validation_score_)
    assert len(model.validation_scores_) == 3
    for a, b in zip(weights_of(model), kept[best], strict=True):
        np.testing.assert_array_equal(a, b)

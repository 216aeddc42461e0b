"""DropoutMLPClassifier: classes and labels of every type, their probabilities, partial_fit and warm_start."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.utils.class_weight import compute_class_weight

from tests.sklearn.data import (
    BINARY,
    CLASSES,
    LABELS,
    VALUES,
    WEIGHTS,
    X,
    assert_same_bits,
    classifier,
    regressor,
    weights_of,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

NAMES = np.array(["red", "green", "blue"])[CLASSES]
SEPARABLE = {"hidden_layer_sizes": 30, "learning_rate_init": 0.02, "max_iter": 60}


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (BINARY, [0, 1]),
        (BINARY.astype(bool), [False, True]),
        (BINARY * 2.0 - 1, [-1.0, 1.0]),
        (CLASSES, [0, 1, 2]),
        (CLASSES * 10.0, [0.0, 10.0, 20.0]),
        (NAMES, ["blue", "green", "red"]),
        (NAMES.astype(object), ["blue", "green", "red"]),
        (NAMES.tolist(), ["blue", "green", "red"]),
        (pd.Series(NAMES, dtype="category"), ["blue", "green", "red"]),
        (pd.Series(CLASSES, dtype="Int64", index=np.arange(60)[::-1]), [0, 1, 2]),
    ],
    ids=["ints", "bools", "-1 and 1", "three", "floats", "strings", "objects", "list", "categories", "Int64"],
)
def test_classes_of_every_type_come_back_unchanged(y, classes):
    model = classifier(**SEPARABLE).fit(X, y)
    assert model.classes_.tolist() == classes
    assert model.predict(X).dtype == model.classes_.dtype
    assert model.score(X, y) > 0.85
    assert model.predict_proba(X).shape == (60, len(classes))
    np.testing.assert_array_equal(model.classes_[model.predict_proba(X).argmax(axis=1)], model.predict(X))


@pytest.mark.parametrize(
    "y",
    [LABELS, LABELS.astype(bool), LABELS * 1.0, pd.DataFrame(LABELS), sp.csr_matrix(LABELS), sp.coo_array(LABELS)],
    ids=["ints", "bools", "floats", "DataFrame", "csr_matrix", "coo_array"],
)
def test_several_labels_for_each_row(y):
    model = classifier(**SEPARABLE).fit(X, y)
    assert_same_bits(model, classifier(**SEPARABLE).fit(X, LABELS))
    found = model.predict(X)
    assert (found == LABELS).mean() > 0.9
    np.testing.assert_array_equal(found, model.predict_proba(X) > 0.5)
    assert model.out_activation_ == "logistic"
    assert (model.n_outputs_, model.classes_.tolist()) == (3, [0, 1, 2])


@pytest.mark.parametrize("y", [BINARY, CLASSES, LABELS], ids=["binary", "classes", "labels"])
def test_log_probabilities_match_the_probabilities_and_are_finite_even_at_0(y):
    model = classifier(**SEPARABLE).fit(X, y)
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), model.predict_proba(X), rtol=1e-4, atol=1e-6)
    far = model.predict_log_proba(X * 1e4)
    assert np.isfinite(far).all()
    assert far.min() < -200  # whose exponential is 0 in float32


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"])
@pytest.mark.parametrize("kind", ["matrix", "array"])
def test_a_sparse_matrix_of_every_format_gives_the_same_result_as_the_table(form, kind):
    sparse = getattr(sp, f"{form}_{kind}")(np.where(X > 0, X, 0))
    dense, model = classifier().fit(np.where(X > 0, X, 0), BINARY), classifier().fit(sparse, BINARY)
    assert_same_bits(model, dense)
    np.testing.assert_array_equal(model.predict_proba(sparse), dense.predict_proba(np.where(X > 0, X, 0)))


def wide_indices():
    sparse = sp.csr_matrix(X)
    sparse.indices, sparse.indptr = sparse.indices.astype(np.int64), sparse.indptr.astype(np.int64)
    return sparse


def read_only():
    x = X.copy()
    x.flags.writeable = False
    return x


@pytest.mark.parametrize(
    "x",
    [wide_indices(), np.asfortranarray(X), read_only(), X.tolist(), X[::-1][::-1], pd.DataFrame(X).to_numpy(object)],
    ids=["64-bit indices", "Fortran order", "read-only", "lists", "negative strides", "objects"],
)
@pytest.mark.parametrize("options", [{}, {"early_stopping": True}, {"dtype": "float64", "shuffle": False}], ids=str)
def test_the_layout_of_the_table_does_not_matter(x, options):
    assert_same_bits(classifier(**options).fit(x, BINARY), classifier(**options).fit(X, BINARY))


@pytest.mark.parametrize(
    ("given", "weights"),
    [
        ({0: 1, 1: 3}, np.array([1, 3])[BINARY]),
        ({1: 3}, np.array([1, 3])[BINARY]),
        ("balanced", compute_class_weight("balanced", classes=np.array([0, 1]), y=BINARY)[BINARY]),
    ],
)
def test_class_weights_act_as_row_weights_and_multiply_them(given, weights):
    assert_same_bits(classifier(class_weight=given).fit(X, BINARY), classifier().fit(X, BINARY, sample_weight=weights))
    assert_same_bits(
        classifier(class_weight=given).fit(X, BINARY, sample_weight=WEIGHTS),
        classifier().fit(X, BINARY, sample_weight=weights * WEIGHTS),
    )


def test_class_weights_change_the_predictions():
    y = (X[:, 0] + X[:, 1] ** 2 > 1).astype(int)
    heavy = classifier(class_weight={0: 1, 1: 50}, **SEPARABLE).fit(X, y)
    assert heavy.predict(X).sum() > classifier(class_weight={0: 50, 1: 1}, **SEPARABLE).fit(X, y).predict(X).sum()


def test_a_row_of_weight_zero_has_no_effect():
    weights = np.r_[np.ones(40), np.zeros(20)]
    options = {"dropout": 0, "batch_size": 60, "dtype": "float64"}
    with_zeros = classifier(**options).fit(X, BINARY, weights)
    without = classifier(**{**options, "batch_size": 40}).fit(X[:40], BINARY[:40])
    for a, b in zip(weights_of(with_zeros), weights_of(without), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_the_validation_score_is_the_accuracy_on_rows_that_were_not_trained_on():
    for y in (BINARY, CLASSES, LABELS):
        model = classifier(early_stopping=True, max_iter=8).fit(X, y)
        scores = np.array(model.validation_scores_) * 6  # rows
        np.testing.assert_allclose(scores, scores.round(), atol=1e-9)
        assert model.best_validation_score_ == max(model.validation_scores_)
        assert model.t_ == 8 * 54


@pytest.mark.parametrize(
    ("make", "y"),
    [(classifier, BINARY), (classifier, CLASSES), (classifier, LABELS), (regressor, VALUES)],
    ids=["binary", "classes", "labels", "regression"],
)
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["unweighted", "weighted"])
def test_the_validation_score_is_the_estimators_score_with_row_weights(make, y, weights):
    held_out, model = [], make(early_stopping=True, max_iter=1, learning_rate_init=0.02, validation_fraction=0.4)
    score_rows = model._score_rows
    model._score_rows = lambda *rows: held_out.append(rows) or score_rows(*rows)
    model.fit(X, y, weights)
    rows, _, held_out_weights = held_out[0]
    indices = [np.abs(X.astype(np.float32) - row).sum(axis=1).argmin() for row in rows]
    assert model.validation_scores_[0] == pytest.approx(model.score(rows, y[indices], held_out_weights), rel=1e-6)
    if weights is not None:
        np.testing.assert_allclose(held_out_weights, weights[indices])


@pytest.mark.parametrize("counts", [[30, 29, 1], [30, 28, 1, 1], [12] * 5, [6] * 10], ids=str)
def test_early_stopping_accepts_classes_that_are_too_rare_to_split(counts):
    y = np.repeat(np.arange(len(counts)), counts)
    assert classifier(early_stopping=True).fit(X, y).n_outputs_ == len(counts)


def test_the_validation_set_has_its_share_of_each_class():
    y = np.repeat([0, 1, 2], [30, 20, 10])
    seen = []
    model = classifier(early_stopping=True, validation_fraction=0.2, max_iter=1)
    score = model._score
    model._score = lambda outputs, targets, weights: seen.append(targets) or score(outputs, targets, weights)
    model.fit(X, y)
    assert np.bincount(seen[0]).tolist() == [6, 4, 2]


def test_partial_fit_is_one_epoch_of_fit():
    whole = classifier().fit(X, CLASSES)
    by_epochs = classifier()
    for _ in range(4):
        by_epochs.partial_fit(X, CLASSES, classes=[2, 1, 0])
    for a, b in zip(weights_of(whole), weights_of(by_epochs), strict=True):
        np.testing.assert_array_equal(a, b)
    assert by_epochs.loss_curve_ == whole.loss_curve_
    assert (by_epochs.n_iter_, by_epochs.t_, whole.n_iter_, whole.t_) == (1, 240, 4, 240)


def test_partial_fit_continues_after_fit_but_fit_starts_over():
    model = classifier().fit(X, BINARY)
    before = model.loss_curve_.copy()
    model.partial_fit(X, BINARY)
    assert model.loss_curve_[:4] == before
    assert len(model.loss_curve_) == 5
    assert_same_bits(model.fit(X, BINARY), classifier().fit(X, BINARY))


def test_partial_fit_knows_classes_that_have_not_occurred_yet():
    model = classifier(batch_size="auto").partial_fit(X[:1], NAMES[:1], classes=["red", "green", "blue", "violet"])
    assert model.classes_.tolist() == ["blue", "green", "red", "violet"]
    assert model.partial_fit(X, NAMES).predict_proba(X).shape == (60, 4)


@pytest.mark.parametrize("rows", [60, 10])
def test_partial_fit_uses_the_weight_decay_of_its_own_batch(rows):
    model = classifier(alpha=2.0, batch_size="auto").partial_fit(X, BINARY, classes=[0, 1])
    model.partial_fit(X[:rows], BINARY[:rows])
    assert [group["weight_decay"] for group in model._optimizer.param_groups] == [2.0 / rows, 0]


def test_partial_fit_lowers_the_adaptive_rate_too():
    model = classifier(solver="sgd", learning_rate="adaptive", tol=10.0, n_iter_no_change=2)
    for _ in range(5):
        model.partial_fit(X, BINARY, classes=[0, 1])
    assert model._optimizer.param_groups[0]["lr"] == pytest.approx(1e-3 / 5)  # the first epoch is an improvement


def test_partial_fit_trains_even_when_nothing_improves():
    model = classifier(tol=10.0, n_iter_no_change=1)
    for _ in range(6):
        model.partial_fit(X, BINARY, classes=[0, 1])
    assert len(model.loss_curve_) == 6


def test_warm_start_starts_from_the_weights_only():
    model = classifier(warm_start=True).fit(X, BINARY)
    weights = [weight.copy() for weight in weights_of(model)]
    model.set_params(learning_rate_init=1e-30, dropout=0.5, activation="tanh", dtype="float64").fit(X, BINARY)
    for a, b in zip(weights_of(model), weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert [str(model.module_[k]) for k in (1, 2)] == ["Tanh()", "Dropout(p=0.5)"]
    assert (len(model.loss_curve_), model.n_iter_, model.t_) == (8, 4, 480)


@pytest.mark.parametrize(
    ("before", "again", "after"),
    [(True, "fit", False), (False, "fit", True), (True, "fit", True), (True, "partial_fit", False)],
)
def test_early_stopping_can_be_switched_between_two_fits(before, again, after):
    model = classifier(warm_start=True, early_stopping=before).fit(X, BINARY).set_params(early_stopping=after)
    getattr(model, again)(X, BINARY)
    epochs = 8 if again == "fit" else 5
    assert len(model.loss_curve_) == epochs
    if after:
        assert len(model.validation_scores_) == (8 if before else 4)
        assert model.best_validation_score_ == max(model.validation_scores_[-4:])
        assert model.best_loss_ is None
    else:
        assert model.validation_scores_ is model.best_validation_score_ is None
        assert model.best_loss_ == min(model.loss_curve_)


def test_early_stopping_restores_the_weights_with_the_best_score():
    model = classifier(early_stopping=True, learning_rate_init=0.5, max_iter=15, n_iter_no_change=20)
    kept, score_rows = [], model._score_rows

    def noting(*rows):
        kept.append([weight.copy() for weight in weights_of(model)])
        return score_rows(*rows)

    model._score_rows = noting
    model.fit(X, CLASSES)
    best = model.validation_scores_.index(max(model.validation_scores_))
    assert best < 14
    for a, b in zip(weights_of(model), kept[best], strict=True):
        np.testing.assert_array_equal(a, b)

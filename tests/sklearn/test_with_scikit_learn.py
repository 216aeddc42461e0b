"""scikit-learn's tools work with the estimators: pipelines, searches, ensembles, routing, and pickles."""

import copy
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import scipy.stats
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import BaggingRegressor, StackingClassifier, VotingClassifier
from sklearn.inspection import permutation_importance
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    GridSearchCV,
    RandomizedSearchCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import tinygrad_dropout as td
from tests.sklearn.data import (
    BINARY,
    CLASSES,
    LABELS,
    TWO_VALUES,
    VALUES,
    WEIGHTS,
    X,
    assert_same_bits,
    classifier,
    regressor,
)
from tinygrad_dropout import functional as F
from tinygrad_dropout import study

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

TABLE = pd.DataFrame(X, columns=list("abcde"))
GOOD = {"hidden_layer_sizes": 30, "learning_rate_init": 0.02, "max_iter": 40}


def through_joblib(model, tmp_path):
    joblib.dump(model, tmp_path / "model.joblib")
    return joblib.load(tmp_path / "model.joblib")


@pytest.mark.parametrize(
    "copied",
    [lambda model, _: copy.deepcopy(model), lambda model, _: pickle.loads(pickle.dumps(model)), through_joblib],
    ids=["deepcopy", "pickle", "joblib"],
)
@pytest.mark.parametrize(("make", "y"), [(classifier, CLASSES), (regressor, VALUES)])
@pytest.mark.parametrize(
    "options", [{}, {"solver": "sgd", "learning_rate": "adaptive", "tol": 1.0, "n_iter_no_change": 1}]
)
def test_a_copy_continues_independently_with_the_same_bits(tmp_path, copied, make, y, options):
    model = make(dropout=0.3, **options).fit(X, y)
    other = copied(model, tmp_path)
    np.testing.assert_equal(other.predict_uncertainty(X), model.predict_uncertainty(X))
    for _ in range(3):
        model.partial_fit(X, y)
    before = other.predict(X)
    for _ in range(3):
        other.partial_fit(X, y)
    assert_same_bits(model, other)
    assert model.set_params(warm_start=True).fit(X, y).loss_ == other.set_params(warm_start=True).fit(X, y).loss_
    assert not np.array_equal(before, other.predict(X)) or make is classifier


def test_a_model_loaded_as_a_memory_map_predicts(tmp_path):
    model = regressor(noise=0.5).fit(X, VALUES)
    joblib.dump(model, tmp_path / "model.joblib")
    mapped = joblib.load(tmp_path / "model.joblib", mmap_mode="r")
    np.testing.assert_array_equal(mapped.predict_interval(X), model.predict_interval(X))


def test_a_fitted_estimator_keeps_no_gradients():
    assert all(parameter.grad is None for parameter in classifier().fit(X, BINARY).module_.parameters())


def test_the_network_is_saved_and_loaded_without_pickle(tmp_path):
    model, other = (classifier(random_state=seed).fit(X, BINARY) for seed in (1, 2))
    td.save(model.module_.state_dict(), tmp_path / "network.npz")
    other.module_.load_state_dict(td.load(tmp_path / "network.npz"))
    np.testing.assert_array_equal(other.predict_proba(X), model.predict_proba(X))
    wider = classifier(hidden_layer_sizes=(7, 4)).fit(X, BINARY)
    with pytest.raises(td.ShapeError, match=r'expected "0.weight" to have shape \(7, 5\), got \(6, 5\)'):
        wider.module_.load_state_dict(td.load(tmp_path / "network.npz"))


def test_study_replays_a_backward_pass_of_the_network():
    model = classifier().fit(X, CLASSES)
    x = td.Tensor(X[:2].astype(np.float32), name="x")
    with study.record() as replay:
        F.cross_entropy(model.module_(x), CLASSES[:2]).backward()
    assert str(replay).count("linear_backward") >= 3


def test_a_pipeline_passes_the_names_of_columns():
    model = make_pipeline(StandardScaler(), regressor(early_stopping=True)).set_output(transform="pandas")
    model.fit(TABLE, VALUES)
    assert model[-1].feature_names_in_.tolist() == list("abcde")
    assert model.predict(TABLE).shape == (60,)
    low, high = model[-1].predict_interval(model[:-1].transform(TABLE))
    assert (low < high).all()


@pytest.mark.parametrize("method", ["predict", "predict_uncertainty"])
def test_columns_in_another_order_are_refused_and_an_array_is_accepted_with_a_warning(method):
    predict = getattr(classifier().fit(TABLE, BINARY), method)
    with pytest.raises(ValueError, match="Feature names must be in the same order"):
        predict(TABLE[list("edcba")])
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        predict(X)


@pytest.mark.usefixtures("joblib_workers")
def test_a_grid_search_over_dropout_gives_the_same_result_in_two_processes_as_in_one():
    grid = {"dropoutmlpclassifier__dropout": [0.9, [0.1, 0.0], (0.0, 0.1)], "dropoutmlpclassifier__max_norm": [None, 3]}
    pipeline = make_pipeline(StandardScaler(), classifier(**{**GOOD, "hidden_layer_sizes": (20, 10)}))
    one, two = (GridSearchCV(pipeline, grid, cv=2, n_jobs=jobs).fit(TABLE, BINARY) for jobs in (1, 2))
    np.testing.assert_array_equal(one.cv_results_["mean_test_score"], two.cv_results_["mean_test_score"])
    assert one.best_score_ > 0.75
    assert two.best_params_ == one.best_params_
    assert two.best_params_["dropoutmlpclassifier__dropout"] != 0.9


def test_a_random_search_draws_dropout_from_a_distribution():
    search = RandomizedSearchCV(
        regressor(), {"dropout": scipy.stats.uniform(0, 0.6), "alpha": scipy.stats.loguniform(1e-5, 1)}, n_iter=3, cv=2,
        random_state=0,
    )  # fmt: skip
    assert 0 <= search.fit(X, VALUES).best_params_["dropout"] < 0.6


@pytest.mark.parametrize(
    ("wrapped", "y"),
    [
        (VotingClassifier([("a", classifier(**GOOD)), ("b", classifier(**GOOD, dropout=0.4))], voting="soft"), CLASSES),
        (StackingClassifier([("a", classifier(**GOOD))], cv=2), CLASSES),
        (CalibratedClassifierCV(classifier(**GOOD), cv=3), BINARY),
        (CalibratedClassifierCV(classifier(**GOOD), cv=3), CLASSES),
        (OneVsRestClassifier(classifier(**GOOD)), CLASSES),
        (BaggingRegressor(regressor(**GOOD), n_estimators=2, random_state=0), VALUES),
        (
            TransformedTargetRegressor(regressor(**GOOD, early_stopping=True), transformer=StandardScaler()),
            VALUES * 1e4,
        ),
        (MultiOutputRegressor(regressor(**GOOD)), TWO_VALUES),
    ],
    ids=lambda case: type(case).__name__,
)
@pytest.mark.filterwarnings("ignore:scipy.optimize:DeprecationWarning")  # from newer SciPy
def test_meta_estimators_work(wrapped, y):
    assert wrapped.fit(TABLE, y).score(TABLE, y) > 0.6


def test_multi_output_classification_works():
    y = np.c_[BINARY, CLASSES]
    assert MultiOutputClassifier(classifier(**GOOD)).fit(X, y).score(X, y) > 0.5


def test_scores_and_curves():
    assert cross_val_score(classifier(**GOOD), X, CLASSES, cv=3, scoring="neg_log_loss").shape == (3,)
    assert cross_val_predict(classifier(), X, LABELS, cv=2, method="predict_proba").shape == (60, 3)
    scores = learning_curve(
        classifier(batch_size="auto"), X, BINARY, cv=2, train_sizes=[0.5, 1.0], exploit_incremental_learning=True
    )
    assert np.isfinite(scores[2]).all()
    importances = permutation_importance(regressor(**GOOD).fit(X, VALUES), X, VALUES, n_repeats=2, random_state=0)
    assert importances.importances_mean.argmax() == 0


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def test_sample_weight_is_routed_through_a_search_and_a_pipeline(routing):
    model = classifier(dropout=0, batch_size="auto").set_fit_request(sample_weight=True)
    scorer = get_scorer("accuracy").set_score_request(sample_weight=True)
    pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), model)
    search = GridSearchCV(pipeline, {"dropoutmlpclassifier__alpha": [0.0, 1.0]}, cv=2, scoring=scorer)
    search.fit(X, BINARY, sample_weight=WEIGHTS)
    by_hand = classifier(dropout=0, batch_size="auto", **{"alpha": search.best_params_["dropoutmlpclassifier__alpha"]})
    by_hand.fit(StandardScaler().fit_transform(X), BINARY, sample_weight=WEIGHTS)
    assert_same_bits(search.best_estimator_[-1], by_hand)


def test_weights_that_were_not_requested_are_refused(routing):
    with pytest.raises(sklearn.exceptions.UnsetMetadataPassedError, match="sample_weight"):
        cross_validate(regressor(), X, VALUES, params={"sample_weight": WEIGHTS})


def test_partial_fit_has_its_own_requests(routing):
    model = classifier().set_partial_fit_request(classes=True, sample_weight=True)
    assert model.get_metadata_routing().partial_fit.requests == {"classes": True, "sample_weight": True}

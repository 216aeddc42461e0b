"""scikit-learn's own checks of an estimator: some cannot pass with dropout or in float32; all others do.

scikit-learn itself skips some: those of the array API (unless SCIPY_ARRAY_API is set), and the one of
decision_function, which its own MLPClassifier lacks too.
"""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from tinygrad_dropout.sklearn import DropoutMLPClassifier, DropoutMLPRegressor

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning"),
]


@pytest.fixture(autouse=True)
def numpy_global_random_state():
    """Replaces the fixture of conftest.py, because some of scikit-learn's checks use NumPy's global generator."""


def without_dropout_in_float32(estimator):
    reason = "it compares two fits with a tolerance of 1e-7, which is too fine for float32"
    return {f"check_sample_weight_equivalence_on_{kind}_data": reason for kind in ("dense", "sparse")}


def with_dropout(estimator):
    reason = "it compares a fit on repeated rows with one on weighted rows, which have other masks"
    return {f"check_sample_weight_equivalence_on_{kind}_data": reason for kind in ("dense", "sparse")}


@parametrize_with_checks(
    [estimator(dropout=0, dtype="float64", max_iter=40) for estimator in (DropoutMLPClassifier, DropoutMLPRegressor)]
)
def test_without_dropout_in_float64_all_checks_pass(estimator, check):
    check(estimator)


@parametrize_with_checks(
    [estimator(dropout=0, max_iter=40) for estimator in (DropoutMLPClassifier, DropoutMLPRegressor)],
    expected_failed_checks=without_dropout_in_float32,
)
def test_without_dropout_in_float32(estimator, check):
    check(estimator)


@parametrize_with_checks([DropoutMLPClassifier(), DropoutMLPRegressor()], expected_failed_checks=with_dropout)
def test_with_the_defaults(estimator, check):
    check(estimator)

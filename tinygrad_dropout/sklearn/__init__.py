"""scikit-learn estimators with dropout: an MLP classifier and an MLP regressor that report how sure they are.

    from tinygrad_dropout.sklearn import DropoutMLPClassifier

    model = make_pipeline(StandardScaler(), DropoutMLPClassifier(dropout=0.3)).fit(X_train, y_train)
    model.score(X_test, y_test)

They work wherever scikit-learn's own estimators do, and have the parameters of its MLPClassifier and MLPRegressor.
They need the extra `sklearn`: pip install "tinygrad-dropout[sklearn]".
"""

from importlib.util import find_spec

if find_spec("sklearn") is None:
    raise ImportError(
        "tinygrad_dropout.sklearn needs a package that is not installed, scikit-learn: type `pip install scikit-learn`"
    )

from tinygrad_dropout.sklearn._classifier import ClassUncertainty, DropoutMLPClassifier
from tinygrad_dropout.sklearn._regressor import DropoutMLPRegressor, ValueUncertainty

__all__ = ["ClassUncertainty", "DropoutMLPClassifier", "DropoutMLPRegressor", "ValueUncertainty"]

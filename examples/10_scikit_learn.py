"""Dropout in scikit-learn: an estimator in a pipeline, the best dropout by cross-validation, and how sure it is.

    python examples/10_scikit_learn.py            # the search runs in two processes
    python examples/10_scikit_learn.py --dask     # the same search on a Dask cluster: two workers on this machine

It needs scikit-learn (the extra `sklearn`), and for --dask also `pip install distributed`.
"""

import argparse
import warnings
from importlib.util import find_spec

import numpy as np
from joblib import parallel_config
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tinygrad_dropout.sklearn import DropoutMLPClassifier


def search_dropout(X, y):
    """Try three dropout rates, each on three folds, in parallel."""
    mlp = DropoutMLPClassifier((64,), batch_size=32, max_iter=30, random_state=0)
    model = make_pipeline(StandardScaler(), mlp)
    grid = {"dropoutmlpclassifier__dropout": [0.0, 0.5, 0.8]}
    return GridSearchCV(model, grid, cv=3, n_jobs=2).fit(X, y)


def main():
    """Search, test, and ask how sure it is."""
    parser = argparse.ArgumentParser(description="Dropout in scikit-learn.")
    parser.add_argument("--dask", action="store_true", help="search on a Dask cluster of two workers")
    on_dask = parser.parse_args().dask
    if on_dask and find_spec("distributed") is None:
        parser.error("--dask needs a package that is not installed, distributed: type `pip install distributed`")

    # Handwritten digits, a fifth of whose training labels are wrong: what dropout is good at.
    X, y = load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.5, random_state=0, stratify=y)
    rng = np.random.default_rng(0)
    y = np.where(rng.random(len(y)) < 0.2, rng.integers(0, 10, len(y)), y)

    if on_dask:
        from distributed import Client

        with Client(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as client:
            with parallel_config(backend="dask"):
                search = search_dropout(X, y)
            print(f"searched on a Dask cluster of {len(client.scheduler_info()['workers'])} workers")
    else:
        search = search_dropout(X, y)
    for settings, mean, std in zip(
        search.cv_results_["params"],
        search.cv_results_["mean_test_score"],
        search.cv_results_["std_test_score"],
        strict=True,
    ):
        p = settings["dropoutmlpclassifier__dropout"]
        print(f"dropout {p}: accuracy {mean:.3f} ± {std:.3f} against partly wrong labels")
    print(f"chosen: {search.best_params_['dropoutmlpclassifier__dropout']}")
    print(f"accuracy on clean test labels: {search.score(X_test, y_test):.3f}")

    # How sure is it? Where the answers of many masks are spread over several classes, it errs more often.
    scaler, mlp = search.best_estimator_
    told = mlp.predict_uncertainty(scaler.transform(X_test))
    right = mlp.classes_[told.mean.argmax(axis=1)] == y_test
    sure = told.entropy < np.median(told.entropy)
    print(f"accuracy of the more certain half: {right[sure].mean():.3f}, of the other half: {right[~sure].mean():.3f}")


if __name__ == "__main__":
    warnings.simplefilter("ignore", ConvergenceWarning)  # thirty epochs are enough to compare by
    main()

"""Make the measurement that intervals.md reports: `python docs/make_intervals.py`, half an hour on one core.

For every pool in `POOLS`, pairs of networks without and with dropout are trained on random splits of one table. Their
differences are kept in docs/intervals.json. Then the coverage is measured: n pairs are drawn from the pool with
replacement, many times, to see how often their interval holds the mean of the whole pool. `--render` only does that and
writes the page; the names of pools make only those again. tests/docs/test_intervals_page.py measures and compares.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from blocks import rendered
from sklearn import datasets, metrics
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from tinygrad_dropout.lab import verdict
from tinygrad_dropout.lab.datasets import randomise_labels
from tinygrad_dropout.lab.measures import ACCURACY, BALANCED_ACCURACY, LOG_LOSS, R_SQUARED, RMSE, Measure
from tinygrad_dropout.sklearn import DropoutMLPClassifier, DropoutMLPRegressor

DOCS = Path(__file__).parent
PAGE, KEPT = DOCS / "intervals.md", DOCS / "intervals.json"
PAIRS_IN_A_POOL = 300
RESAMPLES = 20_000
PAIRS = (2, 3, 4, 5, 10, 20, 50)
SHOWN = (5, 10, 20)

LIKE_COMPARE = {
    "hidden_layer_sizes": (256, 256),
    "dropout": 0.5,
    "input_dropout": 0.2,
    "max_iter": 80,
    "batch_size": 64,
}
SMALLER = LIKE_COMPARE | {"hidden_layer_sizes": (64, 64), "max_iter": 40, "batch_size": 32}
HARDLY_ANY = SMALLER | {"dropout": 0.02, "input_dropout": 0.0}
FAILS_AT_TIMES = {
    "hidden_layer_sizes": (16, 16, 16), "dropout": 0.1, "input_dropout": 0.0, "max_iter": 20, "batch_size": 32,
    "solver": "sgd", "learning_rate_init": 0.2,
}  # fmt: skip

Load = Callable[[], tuple[Any, Any]]


def noisy(rows: int, rare: float = 0.5, wrong: float = 0.3) -> tuple[Any, Any]:
    """Two classes, one of which has this share of the rows; of the labels a part is random."""
    found = datasets.make_classification(
        rows, n_features=10, n_informative=5, weights=[1 - rare], flip_y=wrong, random_state=0
    )
    return found[0], found[1]


def friedman(rows: int, target: Callable[[Any], Any] = np.asarray) -> tuple[Any, Any]:
    """Friedman's first regression, the target transformed."""
    X, y = datasets.make_friedman1(rows, noise=1, random_state=0)
    return X, target(y)


def exponential(y: Any) -> Any:
    """A target with a long tail."""
    return np.exp(y / 4)


moons = partial(datasets.make_moons, noise=0.3, random_state=0)
iris, wine, cancer, digits, diabetes = (
    partial(getattr(datasets, f"load_{name}"), return_X_y=True)
    for name in ("iris", "wine", "breast_cancer", "digits", "diabetes")
)


@dataclass(frozen=True)
class Pool:
    """How the pairs of a pool are made.

    Attributes:
        load: gives the table.
        train_rows: of each split; the rest is for the test.
        options: of the network with dropout.
        label_noise: the fraction of the training labels made random.
        regression: whether the target is numbers.
    """

    load: Load
    train_rows: int
    options: dict[str, Any]
    label_noise: float = 0.0
    regression: bool = False

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What can be measured."""
        return (RMSE, R_SQUARED) if self.regression else (ACCURACY, BALANCED_ACCURACY, LOG_LOSS)


POOLS = {
    "noisy classes, 15 test rows": Pool(partial(noisy, 50), 35, SMALLER),
    "iris": Pool(iris, 105, LIKE_COMPARE),
    "iris, hardly any dropout": Pool(iris, 105, HARDLY_ANY),
    "wine": Pool(wine, 124, LIKE_COMPARE),
    "wine, training fails at times": Pool(wine, 124, FAILS_AT_TIMES),
    "noisy classes, 45 test rows": Pool(partial(noisy, 150), 105, SMALLER),
    "a class of 10 %": Pool(partial(noisy, 150, 0.1, 0.05), 105, SMALLER),
    "breast cancer": Pool(cancer, 398, SMALLER),
    "breast cancer, hardly any dropout": Pool(cancer, 398, HARDLY_ANY),
    "breast cancer, training fails at times": Pool(cancer, 398, FAILS_AT_TIMES),
    "two moons, 150 test rows": Pool(partial(moons, 500), 350, SMALLER),
    "noisy classes, 150 test rows": Pool(partial(noisy, 500), 350, SMALLER),
    "a class of 5 %": Pool(partial(noisy, 500, 0.05, 0.02), 350, SMALLER),
    "digits": Pool(digits, 500, SMALLER),
    "digits, noisy labels": Pool(digits, 500, LIKE_COMPARE, label_noise=0.2),
    "two moons, 1,300 test rows": Pool(partial(moons, 1500), 200, SMALLER),
    "a class of 3 %": Pool(partial(noisy, 1500, 0.03, 0.01), 200, SMALLER),
    "Friedman 1, 45 test rows": Pool(partial(friedman, 150), 105, SMALLER, regression=True),
    "Friedman 1 with a long tail": Pool(partial(friedman, 150, exponential), 105, SMALLER, regression=True),
    "diabetes": Pool(diabetes, 309, SMALLER, regression=True),
    "Friedman 1, 1,300 test rows": Pool(partial(friedman, 1500), 200, SMALLER, regression=True),
}
LARGE = ("digits", "digits, noisy labels", "two moons, 1,300 test rows", "a class of 3 %")


def pair(pool: Pool, X: Any, y: Any, seed: int) -> Any:
    """The measures of both networks of a pair, of shape (2, measures)."""
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, train_size=pool.train_rows, random_state=seed, stratify=None if pool.regression else y
    )
    scaler = StandardScaler().fit(X_train)
    X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
    values = []
    for options in (pool.options | {"dropout": 0.0, "input_dropout": 0.0}, pool.options):
        settings = {**options, "alpha": 0, "n_iter_no_change": options["max_iter"], "random_state": seed}
        if pool.regression:
            mean, spread = y_train.mean(), y_train.std()
            model = DropoutMLPRegressor(**settings).fit(X_train, (y_train - mean) / spread)
            predicted = model.predict(X_test) * spread + mean
            values.append([metrics.root_mean_squared_error(y_test, predicted), metrics.r2_score(y_test, predicted)])
        else:
            labels = randomise_labels(y_train, pool.label_noise, len(np.unique(y)), np.random.default_rng(seed))
            model = DropoutMLPClassifier(**settings).fit(X_train, labels)
            probabilities = model.predict_proba(X_test).astype(float)
            predicted = model.classes_[probabilities.argmax(axis=1)]
            probabilities = np.clip(probabilities / probabilities.sum(axis=1, keepdims=True), 1e-15, 1)
            values.append([
                metrics.accuracy_score(y_test, predicted),
                metrics.balanced_accuracy_score(y_test, predicted),
                metrics.log_loss(y_test, probabilities, labels=model.classes_),
            ])  # fmt: skip
    return np.array(values)


def differences(name: str, pairs: int = PAIRS_IN_A_POOL) -> dict[str, Any]:
    """The pool's differences as they are kept: accuracies in test rows, the rest to four digits."""
    pool = POOLS[name]
    X, y = pool.load()
    rows = len(y) - pool.train_rows
    without, with_dropout = np.moveaxis([pair(pool, X, y, seed) for seed in range(pairs)], 1, 0)
    found = dict(zip(pool.measures, (with_dropout - without).T, strict=True))
    return {
        "test_rows": rows,
        "differences": {
            measure.name: [round(rows * each) if measure is ACCURACY else float(f"{each:.4g}") for each in values]
            for measure, values in found.items()
        },
    }


def in_units(kept: dict[str, Any], measure: Measure) -> Any:
    """The kept differences of a pool in the unit of the measure."""
    values = np.array(kept["differences"][measure.name], float)
    return values * (measure.step(kept["test_rows"]) if measure is ACCURACY else measure.scale)


#: Half the width of an interval from the standard deviation of n pairs, n, and the step of one test row.
METHODS: dict[str, Callable[[Any, int, float], Any]] = {
    "student": lambda spread, n, step: verdict.reach(spread, n, 0),
    "ours": verdict.reach,
    "imagined": lambda spread, n, step: (
        verdict.quantile(n + 2) * np.sqrt(((n - 1) * spread**2 + 2 * step**2) / ((n + 1) * (n + 2)))
    ),
    "floor": lambda spread, n, step: verdict.reach(np.maximum(spread, step / 2), n, 0),
}


def measured(
    values: Any, step: float, pairs: tuple[int, ...] = PAIRS, resamples: int = RESAMPLES
) -> dict[str, dict[str, list[float]]]:
    """How often each method's interval holds the mean of the values, and its mean half-width, for each n in `pairs`."""
    figures: dict[str, dict[str, list[float]]] = {name: {"coverage": [], "half_width": []} for name in METHODS}
    truth = values.mean()
    for n in pairs:
        drawn = values[np.random.default_rng(n).integers(len(values), size=(n, resamples))]
        misses, spread = np.abs(drawn.mean(axis=0) - truth), drawn.std(axis=0, ddof=1)
        for name, method in METHODS.items():
            reach = method(spread, n, step)
            held = misses <= reach + 1e-9 * abs(truth)  # a mean that is the truth but for rounding is held
            figures[name]["coverage"].append(round(float(held.mean()), 4))
            figures[name]["half_width"].append(float(f"{reach.mean():.4g}"))
    return figures


def every(pools: dict[str, Any]) -> Iterator[tuple[str, Measure]]:
    """Each pool with each of its measures."""
    return ((name, measure) for name in pools for measure in POOLS[name].measures)


def load() -> dict[str, Any]:
    """The kept pools, with their differences and what was measured."""
    pools: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    return pools


def keep(pools: dict[str, Any]) -> None:
    """Write the pools in the order of `POOLS`, each list of numbers on one line."""
    ordered = {name: pools[name] for name in POOLS if name in pools}
    lines = [
        f" {json.dumps(name)}: {{\n"
        + ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in pool.items())
        + "\n }"
        for name, pool in ordered.items()
    ]
    KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def percent(figures: dict[str, Any], method: str, pairs: tuple[int, ...]) -> str:
    """The coverage for these numbers of pairs, as cells."""
    return " | ".join(f"{100 * figures[method]['coverage'][PAIRS.index(n)]:.1f}" for n in pairs)


def width(figures: dict[str, Any], method: str, n: int) -> float:
    """The mean half-width for n pairs."""
    return float(figures[method]["half_width"][PAIRS.index(n)])


def accuracy_table(pools: dict[str, Any]) -> str:
    """Every pool of classes as a row."""
    heading = (
        "| pool | test rows | ties | t, 2 pairs | t, 5 | t, 10 | t, 20 | ours, 5 | ours, 10 | ours, 20 "
        "| ± points, 5 | ± points, 10 | ± of t, 10 |"
    )
    lines = [heading, f"|---|{'---:|' * (heading.count('|') - 2)}"]
    for name, pool in pools.items():
        if POOLS[name].regression:
            continue
        figures = pool["figures"]["accuracy"]
        ties = np.mean(np.array(pool["differences"]["accuracy"]) == 0)
        widths = (
            f"{width(figures, 'ours', 5):.2f} | {width(figures, 'ours', 10):.2f} | {width(figures, 'student', 10):.2f}"
        )
        lines.append(
            f"| {name} | {pool['test_rows']:,} | {ties:.0%} | {percent(figures, 'student', (2, *SHOWN))} "
            f"| {percent(figures, 'ours', SHOWN)} | {widths} |"
        )
    return "\n".join(lines)


def measures_table(pools: dict[str, Any]) -> str:
    """Every measure as a row: the lowest coverage of ours over all pools, for each number of pairs."""
    numbers = " | ".join(f"{n} pairs" for n in PAIRS[1:])
    lines = [
        f"| measure | pools | {numbers} | lowest from {verdict.FEWEST_PAIRS} pairs on in |",
        f"|---|---:|{'---:|' * (len(PAIRS) - 1)}---|",
    ]
    for measure in (ACCURACY, BALANCED_ACCURACY, LOG_LOSS, RMSE, R_SQUARED):
        names = [name for name, each in every(pools) if each is measure]
        found = np.array([pools[name]["figures"][measure.name]["ours"]["coverage"] for name in names])
        lowest = names[int(found[:, PAIRS.index(verdict.FEWEST_PAIRS) :].min(axis=1).argmin())]
        cells = " | ".join(f"{100 * each:.1f}" for each in found.min(axis=0)[1:])
        lines.append(f"| {measure.label} | {len(names)} | {cells} | {lowest} |")
    return "\n".join(lines)


def methods_table(pools: dict[str, Any]) -> str:
    """Every method as a row: its lowest coverage of accuracy over the pools, and its width where rows are many."""
    names = {
        "student": "Student's t",
        "imagined": "t over the pairs and two imagined ones, a row better and a row worse (n + 1 degrees of freedom)",
        "floor": "t with a standard deviation of at least half a row",
        "ours": "ours",
    }
    of_accuracy = [pool["figures"]["accuracy"] for name, pool in pools.items() if not POOLS[name].regression]
    many = [pool["figures"]["accuracy"] for name, pool in pools.items() if name in LARGE]
    lines = [
        f"| interval | {' | '.join(f'{n} pairs' for n in SHOWN)} | width / t's, about 1,300 rows, 10 pairs |",
        f"|---|{'---:|' * (len(SHOWN) + 1)}",
    ]
    for method, name in names.items():
        lowest = (100 * min(each[method]["coverage"][PAIRS.index(n)] for each in of_accuracy) for n in SHOWN)
        wider = np.mean([width(each, method, 10) / width(each, "student", 10) for each in many])
        lines.append(f"| {name} | {' | '.join(f'{each:.1f}' for each in lowest)} | {wider:.3f} |")
    return "\n".join(lines)


def blocks() -> dict[str, str]:
    """The page's blocks, as the kept figures have them."""
    pools = load()
    return {
        "accuracy": accuracy_table(pools), "measures": measures_table(pools), "methods": methods_table(pools)
    }  # fmt: skip


if __name__ == "__main__":
    warnings.simplefilter("ignore", ConvergenceWarning)  # all networks train for the same number of epochs
    found = load()
    if sys.argv[1:] != ["--render"]:
        for wanted in sys.argv[1:] or POOLS:
            found[wanted] = differences(wanted)
            print(wanted, flush=True)
            keep(found)
    for name in found:
        found[name]["figures"] = {
            measure.name: measured(in_units(found[name], measure), measure.step(found[name]["test_rows"]))
            for measure in POOLS[name].measures
        }
    keep(found)
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), blocks()), encoding="utf-8")

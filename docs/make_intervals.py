"""Measure what intervals.md reports: `python docs/make_intervals.py`, twenty minutes on one core.

The script trains the pairs of every pool in interval_pools.py and saves their differences in docs/intervals.json. Then
it measures the coverage: it draws n pairs from the pool with replacement, many times, and counts how often their
interval contains the mean of the whole pool. `--render` only measures the coverage and writes the page; given names of
pools, the script trains only those again. tests/docs/test_intervals_page.py repeats the measurement and compares.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from blocks import rendered
from interval_pools import POOLS, differences
from sklearn.exceptions import ConvergenceWarning

from tinygrad_dropout.lab.comparison.measures import ACCURACY, BALANCED_ACCURACY, LOG_LOSS, R_SQUARED, RMSE, Measure
from tinygrad_dropout.lab.comparison.verdict import MIN_PAIRS
from tinygrad_dropout.lab.intervals import width_per_spread

DOCS = Path(__file__).parent
PAGE, SAVED = DOCS / "intervals.md", DOCS / "intervals.json"
RESAMPLES = 20_000
PAIRS = (2, 3, 4, 5, 10, 20, 50)
SHOWN = (5, 10, 20)
LARGE = ("digits", "digits, noisy labels", "two moons, 1,300 test rows", "a class of 3%")
FAMILIES = (7, 13, 25, 55)  # numbers of intervals shown together
SKEWED = 2.5  # pools with a larger skewness of the differences get a separate table


def in_units(pool: dict[str, Any], measure: Measure) -> Any:
    """Return the saved differences of a pool in the unit of the measure."""
    values = np.array(pool["differences"][measure.name], float)
    return values * (measure.step(pool["test_rows"]) if measure is ACCURACY else measure.scale)


def ours(spread: Any, n: int, step: float, looks: int = 1) -> Any:
    """Return half the width of the verdict's interval, if `looks` such intervals are shown together."""
    return width_per_spread(n, looks) * np.maximum(spread, step / 2)


#: Each method computes an interval's half-width from the standard deviation of n pairs, n, and the step of a test row.
METHODS: dict[str, Callable[[Any, int, float], Any]] = {
    "student": lambda spread, n, step: width_per_spread(n) * spread,
    "imagined": lambda spread, n, step: (
        width_per_spread(n + 2) * np.sqrt(((n - 1) * spread**2 + 2 * step**2) / (n + 1))
    ),
    "three": lambda spread, n, step: np.hypot(width_per_spread(n) * spread, 3 * step / n),
    "ours": ours,
    **{f"ours, {looks} looks": partial(ours, looks=looks) for looks in FAMILIES},
}


def measured(
    values: Any, step: float, pairs: tuple[int, ...] = PAIRS, resamples: int = RESAMPLES
) -> dict[str, dict[str, list[float]]]:
    """For each n in `pairs`, measure how often each method's interval contains the mean, and its mean half-width."""
    figures: dict[str, dict[str, list[float]]] = {name: {"coverage": [], "half_width": []} for name in METHODS}
    truth = values.mean()
    for n in pairs:
        drawn = values[np.random.default_rng(n).integers(len(values), size=(n, resamples))]
        misses, spread = np.abs(drawn.mean(axis=0) - truth), drawn.std(axis=0, ddof=1)
        for name, method in METHODS.items():
            reach = method(spread, n, step)
            covered = misses <= reach + 1e-9 * abs(truth)  # allows for rounding errors
            figures[name]["coverage"].append(round(float(covered.mean()), 4))
            figures[name]["half_width"].append(float(f"{reach.mean():.4g}"))
    return figures


def pools_and_measures(pools: dict[str, Any]) -> Iterator[tuple[str, Measure]]:
    """Yield each pool's name with each of its measures."""
    return ((name, measure) for name in pools for measure in POOLS[name].measures)


def load() -> dict[str, Any]:
    """Load the saved pools: their differences and the measured coverage."""
    pools: dict[str, Any] = json.loads(SAVED.read_text(encoding="utf-8")) if SAVED.exists() else {}
    return pools


def save(pools: dict[str, Any]) -> None:
    """Save the pools in the order of `POOLS`, each list of numbers on one line."""
    ordered = {name: pools[name] for name in POOLS if name in pools}
    lines = [
        f" {json.dumps(name)}: {{\n"
        + ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in pool.items())
        + "\n }"
        for name, pool in ordered.items()
    ]
    SAVED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def percent(figures: dict[str, Any], method: str, pairs: tuple[int, ...]) -> str:
    """Return the coverage for these numbers of pairs as cells of a row."""
    return " | ".join(f"{100 * figures[method]['coverage'][PAIRS.index(n)]:.1f}" for n in pairs)


def width(figures: dict[str, Any], method: str, n: int) -> float:
    """Return the mean half-width for n pairs."""
    return float(figures[method]["half_width"][PAIRS.index(n)])


def accuracy_table(pools: dict[str, Any]) -> str:
    """Make the table with a row for each classification pool."""
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
            f"| {name} | {pool['test_rows']:,} | {100 * ties:.0f}% | {percent(figures, 'student', (2, *SHOWN))} "
            f"| {percent(figures, 'ours', SHOWN)} | {widths} |"
        )
    return "\n".join(lines)


def measures_table(pools: dict[str, Any]) -> str:
    """Make the table with a row for each measure: our lowest coverage over the pools that are not skewed."""
    numbers = " | ".join(f"{n} pairs" for n in PAIRS)
    lines = [
        f"| measure | pools | {numbers} | lowest from {MIN_PAIRS} pairs on in |",
        f"|---|---:|{'---:|' * len(PAIRS)}---|",
    ]
    for measure in (ACCURACY, BALANCED_ACCURACY, LOG_LOSS, RMSE, R_SQUARED):
        names = [name for name, each in pools_and_measures(pools) if each is measure and not skewed(pools[name], each)]
        coverage = np.array([pools[name]["figures"][measure.name]["ours"]["coverage"] for name in names])
        lowest = names[int(coverage[:, PAIRS.index(MIN_PAIRS) :].min(axis=1).argmin())]
        cells = " | ".join(f"{100 * each:.1f}" for each in coverage.min(axis=0))
        lines.append(f"| {measure.label} | {len(names)} | {cells} | {lowest} |")
    return "\n".join(lines)


def skewed_table(pools: dict[str, Any]) -> str:
    """Make the table of the skewed pools, with our coverage."""
    numbers = (3, *SHOWN, 50)
    lines = [
        f"| pool | measure | skewness | {' | '.join(f'{n} pairs' for n in numbers)} |",
        f"|---|---|---:|{'---:|' * len(numbers)}",
    ]
    for name, measure in pools_and_measures(pools):
        if skewed(pools[name], measure):
            cells = percent(pools[name]["figures"][measure.name], "ours", numbers)
            lines.append(f"| {name} | {measure.label} | {skewness(pools[name], measure):.1f} | {cells} |")
    return "\n".join(lines)


def skewness(pool: dict[str, Any], measure: Measure) -> float:
    """Return the third standardized moment of the differences of a pool."""
    values = in_units(pool, measure)
    return float(((values - values.mean()) ** 3).mean() / values.std() ** 3)


def skewed(pool: dict[str, Any], measure: Measure) -> bool:
    """Return whether the mean of the pool depends on rare large differences."""
    return abs(skewness(pool, measure)) > SKEWED


def methods_table(pools: dict[str, Any]) -> str:
    """Make the table with a row for each method: its lowest coverage for accuracy, and its width on large test sets."""
    names = {
        "student": "Student's t",
        "imagined": "Student's t with two imaginary pairs added, one a row better and one a row worse",
        "three": "Student's t and the rule of three, hypot(t · s / sqrt(n), 3 · step / n)",
        "ours": "ours",
    }
    of_accuracy = [
        pools[name]["figures"][measure.name]
        for name, measure in pools_and_measures(pools)
        if measure is ACCURACY and not skewed(pools[name], measure)
    ]
    on_large = [pool["figures"]["accuracy"] for name, pool in pools.items() if name in LARGE]
    lines = [
        f"| interval | {' | '.join(f'{n} pairs' for n in SHOWN)} | width / t's, about 1,300 rows, 10 pairs |",
        f"|---|{'---:|' * (len(SHOWN) + 1)}",
    ]
    for method, name in names.items():
        lowest = (100 * min(each[method]["coverage"][PAIRS.index(n)] for each in of_accuracy) for n in SHOWN)
        ratio = np.mean([width(each, method, 10) / width(each, "student", 10) for each in on_large])
        lines.append(f"| {name} | {' | '.join(f'{each:.1f}' for each in lowest)} | {ratio:.3f} |")
    return "\n".join(lines)


def families_table(pools: dict[str, Any]) -> str:
    """Make the table with a row for each measure: how often all intervals of a family contain their true values.

    Each cell has the lowest and the highest percentage over the numbers of pairs.
    """
    shown = (MIN_PAIRS, *SHOWN)
    lines = [
        f"| measure | {' | '.join(f'{looks} intervals' for looks in FAMILIES)} |",
        f"|---|{'---:|' * len(FAMILIES)}",
    ]
    for measure in (ACCURACY, BALANCED_ACCURACY, LOG_LOSS, RMSE, R_SQUARED):
        cells = []
        for looks in FAMILIES:
            percentages = [100 * family_coverage(pools, measure, looks, n) for n in shown]
            cells.append(f"{min(percentages):.1f} to {max(percentages):.1f}")
        lines.append(f"| {measure.label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def family_coverage(pools: dict[str, Any], measure: Measure, looks: int, n: int) -> float:
    """Return how often all of `looks` independent intervals contain their true values.

    Each interval has n pairs from a random pool that is not skewed, so the result is the mean coverage of the corrected
    interval over these pools, to the power of `looks`.
    """
    coverage = [
        pools[name]["figures"][measure.name][f"ours, {looks} looks"]["coverage"][PAIRS.index(n)]
        for name, each in pools_and_measures(pools)
        if each is measure and not skewed(pools[name], each)
    ]
    return float(np.mean(coverage) ** looks)


def blocks() -> dict[str, str]:
    """Return the page's blocks, made from the saved figures."""
    pools = load()
    return {
        "accuracy": accuracy_table(pools),
        "measures": measures_table(pools),
        "skewed": skewed_table(pools),
        "methods": methods_table(pools),
        "families": families_table(pools),
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore", ConvergenceWarning)  # all networks train for the same number of epochs
    saved = load()
    if sys.argv[1:] != ["--render"]:
        for name in sys.argv[1:] or POOLS:
            saved[name] = differences(name)
            print(name, flush=True)
            save(saved)
    for name, pool in saved.items():
        pool["figures"] = {
            measure.name: measured(in_units(pool, measure), measure.step(pool["test_rows"]))
            for measure in POOLS[name].measures
        }
    save(saved)
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), blocks()), encoding="utf-8")

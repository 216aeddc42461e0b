"""The experiment so small that it takes a moment, made-up outcomes, and tables in files."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_dropout.lab.evidence.uncertainty import UNCERTAINTY, UncertaintyOptions
from tinygrad_dropout.lab.trials import Outcome, run

SMALL: dict[str, Any] = {"epochs": 2, "samples": 3, "seeds": 3, "hidden": (5,)}
METHODS = ("weight scaling", "one mask", "Monte Carlo")
PLACES = ("among the data", "in the gap", "beyond the data")


def run_small(out: Any = None, **options: Any) -> Outcome:
    return run(UNCERTAINTY, UncertaintyOptions(**{**SMALL, **options}), out=out)


@cache
def small_outcome() -> Outcome:
    return run_small()


def write_table(folder: Path, rows: int = 30) -> str:
    """A CSV file with two inputs and a target, and its name."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 2))
    lines = [f"{a:.4f},{b:.4f},{a - b:.4f}" for a, b in x]
    (folder / "table.csv").write_text("\n".join(["a,b,y", *lines]) + "\n")
    return str(folder / "table.csv")


def write_uci(folder: Path, rows: int = 308, inputs: int = 6, splits: int = 2) -> tuple[np.ndarray, list[np.ndarray]]:
    """A table and its splits in files such as those of UCI_Datasets/yacht; the table and the test rows.

    Numbers of columns are decimals, as `numpy.savetxt` writes them, and those of rows are whole; the columns are
    separated by one space or more, or a tab.
    """
    data = folder / "data"
    data.mkdir(parents=True)
    rng = np.random.default_rng(0)
    table = np.round(rng.normal(size=(rows, inputs + 1)), 3)
    lines = ["  ".join(f"{value:.3f}" for value in row[:-1]) + f"\t{row[-1]:.3f} \n" for row in table]
    (data / "data.txt").write_text("".join(lines))
    np.savetxt(data / "index_features.txt", np.arange(inputs))
    np.savetxt(data / "index_target.txt", [inputs])
    (data / "n_splits.txt").write_text(f"{splits}\n")
    tests = []
    for split in range(splits):
        train, test = np.split(rng.permutation(rows), [round(0.9 * rows)])
        np.savetxt(data / f"index_train_{split}.txt", train, fmt="%d")
        np.savetxt(data / f"index_test_{split}.txt", test, fmt="%d")
        tests.append(test)
    return table, tests


def of_methods(scaled: Any, carlo: Any) -> dict[str, Any]:
    """The first value for weight scaling and one mask, the second for Monte Carlo."""
    return dict(zip(METHODS, (scaled, scaled, carlo), strict=True))


def made_up_outcome(
    *,
    coverage: float = 0.95,
    better_by: float = 0.0,
    sure: float = 0.99,
    seeds: int = 5,
    spread: float = 1e-3,
    rows: int = 10_000,
    table_rows: int = 442,
    **options: Any,
) -> Outcome:
    """An outcome with a given coverage, advantage (`better_by`) and confidence far away (`sure`) of Monte Carlo.

    These are means: the seeds have values around them in steps of `spread`. Each is measured on `rows` test rows.
    The table has `table_rows` rows, and `options` are added to the saved options.
    """
    records = []
    for seed in range(seeds):
        shift = spread * (seed - (seeds - 1) / 2)
        scaled = {"rmse": 1.0, "log_likelihood": -1.0, "coverage": 0.9, "width": 1.0}
        carlo = {
            "rmse": 1.0 - better_by + shift,
            "log_likelihood": -1.0 + better_by + shift,
            "coverage": coverage + shift,
            "width": 1.0,
        }
        classes = {"accuracy": 0.9, "log_likelihood": -0.3, "calibration_error": 0.04}
        better = {
            "accuracy": 0.9,
            "log_likelihood": -0.3 + better_by + shift,
            "calibration_error": 0.04 - better_by + shift,
        }
        bins = {"rows": [0.0] * 14 + [10.0], "confidence": [0.0] * 14 + [9.9], "right": [0.0] * 14 + [9.0]}
        grid = dict.fromkeys(METHODS, [0.0] * 105)
        regression = {"noise": dict.fromkeys(METHODS, 0.2), "middle": grid, "reach": grid}
        for name, places, found, other in (
            ("gap", PLACES, of_methods(scaled, carlo), regression),
            ("moons", ("test rows",), of_methods(classes, better), {
                "bins": dict.fromkeys(METHODS, bins),
                "confidence": of_methods([0.7] * 6 + [0.99], [0.7] * 6 + [sure + shift]),
            }),
            ("table", ("test rows",), of_methods(scaled, carlo), regression),
        ):  # fmt: skip
            scores = dict.fromkeys(places, found)
            counts = {"train": 100, **dict.fromkeys(places, rows)}
            records.append({"configuration": name, "arm": "", "seed": seed, "rows": counts, "scores": scores, **other})
    kept = UncertaintyOptions(seeds=seeds).as_json() | {"rows": table_rows, "data": "0"} | options
    return UNCERTAINTY.outcome(kept, {}, records)

"""Where uncertainty is measured: a function with a gap in its data, two moons from afar, and a table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tinygrad_dropout.lab.arrays import Floats, Labels, Numbers
from tinygrad_dropout.lab.comparison.data import with_split_notes
from tinygrad_dropout.lab.datasets.moons import Moons
from tinygrad_dropout.lab.datasets.own_table import load_csv
from tinygrad_dropout.lab.datasets.split import Split, Table
from tinygrad_dropout.lab.errors import LabError, OptionError, require_extras
from tinygrad_dropout.lab.evidence.uncertainty.options import UncertaintyOptions
from tinygrad_dropout.lab.evidence.uncertainty.splits import MIN_TRAINING_ROWS, given_split, read_splits
from tinygrad_dropout.lab.evidence.uncertainty.uci import folder_of_files, read_uci

GAP, MOONS, TABLE = "gap", "moons", "table"
PROBLEMS = (GAP, MOONS, TABLE)

HIDDEN = {GAP: (100, 100), MOONS: (100, 100)}  # the table's are an option
TEST_SHARE = 0.1  # of a table's rows, as in Gal & Ghahramani's splits

# The function with a gap. In the order of x: beyond, data, gap, data, beyond.
GAP_ROWS = 200
GAP_NOISE = 0.2
GAP_TEST_ROWS = 500  # in each place
GAP_EDGE, DATA_EDGE, FAR_EDGE = 0.8, 1.8, 2.6
AMONG, IN_GAP, BEYOND = "among the data", "in the gap", "beyond the data"
PLACES = {AMONG: (GAP_EDGE, DATA_EDGE), IN_GAP: (0.0, GAP_EDGE), BEYOND: (DATA_EDGE, FAR_EDGE)}
"""The least and the greatest distance from x = 0, on both sides."""
GRID = np.linspace(-FAR_EDGE, FAR_EDGE, 105)

TEST_ROWS = "test rows"

DISTANCES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # from the middle of the moons, in standard deviations of an input
DIRECTIONS = 90


def true_function(x: Numbers) -> Numbers:
    """The function to learn, without the noise."""
    return np.asarray(np.sin(3 * x) + x / 2)


@dataclass(frozen=True)
class Problem:
    """The data that a network is trained and tested on.

    Attributes:
        split: the training part, and a test part whose rows `places` names.
        places: the test rows of each place, a slice for each name.
        classes: None for a regression.
        beyond: inputs without targets, of shape (rows, features): a grid, points farther and farther away, or none.
    """

    split: Split
    places: dict[str, slice]
    classes: int | None
    beyond: Floats


@dataclass(frozen=True)
class Data:
    """The table, and the given test rows of each split; none if a tenth is drawn."""

    table: Table
    splits: list[Labels]


def read_data(options: UncertaintyOptions) -> Data:
    """Read the table and the splits.

    Raises:
        LabError: they cannot be used.
    """
    given: Path | None
    if options.uci is not None:
        given = folder_of_files(Path(options.uci))
        table = read_uci(given)
    elif options.csv is not None:
        require_extras(("pandas",), needed_by="reading a table (--csv)")
        table = load_csv(
            Path(options.csv), str(options.target), ignore=options.ignore, missing=options.missing, regression=True
        )
        given = None if options.splits is None else Path(options.splits)
    else:
        return Data(diabetes(), [])
    rows = len(table.y)
    if rows <= MIN_TRAINING_ROWS:
        raise LabError(f"{options.csv or options.uci}: expected more than {MIN_TRAINING_ROWS} rows, got {rows}")
    if given is None:
        return Data(with_split_notes(table, rows_to_train_on(rows)), [])
    splits = read_splits(given, rows)
    first = options.config().first_seed
    if first >= len(splits):
        raise OptionError("first_seed", f"expected the number of a given split, 0 to {len(splits) - 1}, got {first}")
    return Data(table, splits)


def rows_to_train_on(rows: int) -> int:
    """The number of a table's rows drawn for training; the others are the test rows."""
    return rows - max(1, round(TEST_SHARE * rows))


def diabetes() -> Table:
    """scikit-learn's diabetes: 442 patients, ten measurements, and the disease's progress in a year (25 to 346)."""
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True, scaled=False)
    return Table(x, y, None, len(y))


def problem_of(name: str, data: Data, seed: int, rng: np.random.Generator) -> Problem:
    """The problem of that name, with data drawn from the seed (or the split with the seed's number)."""
    if name == GAP:
        return gap(rng)
    if name == MOONS:
        return moons(rng)
    table = data.table
    split = given_split(table, data.splits[seed]) if data.splits else table.split(rows_to_train_on(len(table.y)), rng)
    return Problem(split, {TEST_ROWS: slice(None)}, None, split.x_test[:0])


def gap(rng: np.random.Generator) -> Problem:
    """Noisy values of `true_function` on both sides of a gap, and test values in each of `PLACES`."""

    def draw(place: str, rows: int) -> tuple[Numbers, Numbers]:
        x = rng.uniform(*PLACES[place], size=rows) * rng.choice([-1, 1], size=rows)
        return x, true_function(x) + rng.normal(scale=GAP_NOISE, size=rows)

    x_train, y_train = draw(AMONG, GAP_ROWS)
    tests = [draw(place, GAP_TEST_ROWS) for place in PLACES]
    x_test, y_test = (np.concatenate(arrays) for arrays in zip(*tests, strict=True))
    split = Split(column(x_train), y_train, column(x_test), y_test)
    starts = range(0, len(y_test), GAP_TEST_ROWS)
    places = {place: slice(start, start + GAP_TEST_ROWS) for place, start in zip(PLACES, starts, strict=True)}
    return Problem(split, places, None, column(GRID))


def moons(rng: np.random.Generator) -> Problem:
    """Two moons, and points on circles around them, evenly spaced in all directions, at each of `DISTANCES`."""
    data = Moons()
    split = data.split(data.default_train_size, rng)
    angles = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    circles = np.concatenate([distance * circle for distance in DISTANCES]).astype(np.float32)
    return Problem(split, {TEST_ROWS: slice(None)}, data.classes, circles)


def column(x: Numbers) -> Floats:
    """One input for each row."""
    return x.astype(np.float32)[:, np.newaxis]

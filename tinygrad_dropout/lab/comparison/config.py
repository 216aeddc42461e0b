"""The options that determine the results of a comparison, and their allowed values."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from operator import index
from pathlib import Path
from typing import Any

from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.text import alternatives
from tinygrad_dropout.lab.trials.trial import MAX_SEEDS

DATASETS = ("digits", "moons", "mnist1d", "mnist")
CSV_OPTIONS = ("target", "test_csv", "group", "ignore", "missing", "regression")  # options that need a CSV file
MISSING = ("drop", "mean")
DATASETS_WITH_FILES = ("mnist1d", "mnist")  # the data sets that can be read from data_dir
EARLY_STOPPING = ("only", "also")
OPTIMIZERS = {"adam": 1e-3, "sgd": 0.1}  # and their default learning rates
DIGITS_LABEL_NOISE = 0.2
MAX_UNITS = 100_000  # per layer
MAX_EXAMPLES = 10_000_000  # in training or in a batch; also the most epochs. A typo must not fill the memory.
MAX_FIRST_SEED = 2**32

AUTOMATIC: Any = None
"""A placeholder for a default that depends on another option."""


@dataclass(frozen=True)
class Config:
    """The options of a comparison: data, network, training and the number of pairs.

    Attributes:
        dataset: digits, moons, mnist1d or mnist; csv if `csv` is given.
        csv: a CSV file to learn from, instead of `dataset`.
        target: the column to predict.
        test_csv: a second CSV file with the same columns; its rows are the test set.
        group: a column that is not an input: rows with the same value in it are never split between training and test.
        ignore: columns to leave out, such as row numbers or names. A string contains them separated by commas, as in a
            CSV file.
        missing: what to do about missing values: "drop" leaves out their rows, "mean" fills in the mean of the training
            rows. Default: they are an error.
        regression: whether the target is numbers rather than classes. Default: decided by its values.
        data_dir: the folder with the four IDX files (mnist), or with mnist1d.npz (mnist1d).
        train_size: the number of training examples. Default: digits 500, moons 200, mnist1d all of its 4,000, mnist
            1,000, and 70% of the rows of a CSV file.
        label_noise: the fraction of training labels to randomize. Default: 0.2 for digits, 0 for the rest.
        p: the probability that a hidden unit is dropped.
        input_p: the probability that an input is dropped.
        hidden: the number of units in each hidden layer.
        epochs: passes over the training examples.
        batch_size: examples per update.
        learning_rate: the step size. Default: 0.001 for adam, 0.1 for sgd.
        optimizer: adam, or sgd (with momentum 0.9).
        early_stopping: "only": both networks of a pair stop early, based on the loss on a held-out fifth of the
            training examples; "also": each pair has two more networks, which stop early. Default: no early stopping.
        patience: with early stopping, the number of epochs to wait for an improvement.
        seeds: the number of pairs.
        first_seed: the seed of the first pair; the others count up from it.

    Defaults that depend on another option are filled in when the object is created; `dataclasses.replace` keeps them.

    Raises:
        OptionError: a value is not allowed.
    """

    dataset: str = AUTOMATIC
    csv: str = AUTOMATIC
    target: str = AUTOMATIC
    test_csv: str = AUTOMATIC
    group: str = AUTOMATIC
    ignore: tuple[str, ...] = ()
    missing: str = AUTOMATIC
    regression: bool = AUTOMATIC
    data_dir: str = AUTOMATIC
    train_size: int = AUTOMATIC
    label_noise: float = AUTOMATIC
    p: float = 0.5
    input_p: float = 0.2
    hidden: tuple[int, ...] = (256, 256)
    epochs: int = 80
    batch_size: int = 64
    learning_rate: float = AUTOMATIC
    optimizer: str = "adam"
    early_stopping: str = AUTOMATIC
    patience: int = 10
    seeds: int = 10
    first_seed: int = 0

    def __post_init__(self) -> None:
        self._convert()
        self._check_data()
        self._check_training()
        defaults = {
            "dataset": "csv" if self.csv is not None else "digits",
            "label_noise": DIGITS_LABEL_NOISE if self.dataset in (None, "digits") and self.csv is None else 0.0,
            "learning_rate": OPTIMIZERS[self.optimizer],
        }
        for name, value in defaults.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)

    def _convert(self) -> None:
        """Convert all numbers to Python's own types, which JSON can store."""
        whole, real = (index, "a whole number"), (float, "a number")
        kinds: dict[str, tuple[Callable[[Any], Any], str]] = {
            **dict.fromkeys(("train_size", "epochs", "batch_size", "patience", "seeds", "first_seed"), whole),
            **dict.fromkeys(("label_noise", "p", "input_p", "learning_rate"), real),
            "ignore": (names_in, "names of columns in a tuple"),
            "hidden": (lambda widths: tuple(index(width) for width in widths), "whole numbers in a tuple"),
        }
        for name, (convert, expected) in kinds.items():
            value = getattr(self, name)
            if value is None:
                continue
            try:
                object.__setattr__(self, name, convert(value))
            except (TypeError, ValueError):
                raise OptionError(name, f"expected {expected}, got {value!r}") from None

    def _check_data(self) -> None:
        if self.csv is None:
            if self.dataset is not None and self.dataset not in DATASETS:
                raise OptionError("dataset", f"expected {alternatives(DATASETS)}, got {self.dataset!r}")
            for name in CSV_OPTIONS:
                if getattr(self, name) not in (None, ()):
                    of_column = name in ("target", "group", "ignore")
                    raise OptionError(
                        name,
                        "expected a CSV file with this column, got none"
                        if of_column
                        else "it only applies to a CSV file, and none is given",
                    )
        else:
            if self.dataset not in (None, "csv"):
                raise OptionError("csv", "expected either a CSV file or a dataset, got both")
            if self.target is None:
                raise OptionError("target", "expected the name of the column of the CSV file to predict")
            if self.missing is not None and self.missing not in MISSING:
                raise OptionError("missing", f"expected {alternatives(MISSING)}, got {self.missing!r}")
            if self.regression not in (None, True, False):
                raise OptionError("regression", f"expected True or False, got {self.regression!r}")
            if self.regression and self.label_noise:
                raise OptionError(
                    "label_noise", f"expected 0 for a regression, which has no labels, got {self.label_noise}"
                )
        if self.data_dir is not None and self.dataset not in DATASETS_WITH_FILES:
            given = self.dataset or ("digits" if self.csv is None else "a CSV file")
            raise OptionError(
                "data_dir", f"it only applies to the dataset {alternatives(DATASETS_WITH_FILES)}, not to {given}"
            )

    def _check_training(self) -> None:
        for name in ("p", "input_p"):
            probability = getattr(self, name)
            if not 0 <= probability <= 1:
                raise OptionError(name, f"expected a probability of dropping from 0 to 1, got {probability}")
        if self.p == self.input_p == 0:
            raise OptionError("p", "expected a p above 0 for the hidden units or the inputs, got 0 for both")
        if self.label_noise is not None and not 0 <= self.label_noise <= 1:
            raise OptionError("label_noise", f"expected a fraction from 0 to 1, got {self.label_noise}")
        if not self.hidden or min(self.hidden) < 1 or max(self.hidden) > MAX_UNITS:
            widths = ",".join(map(str, self.hidden)) or "none"
            raise OptionError("hidden", f"expected one or more layers of 1 to {MAX_UNITS:,} units, got {widths}")
        for name in ("train_size", "epochs", "batch_size", "patience"):
            number = getattr(self, name)
            if number is not None and not 1 <= number <= MAX_EXAMPLES:
                raise OptionError(name, f"expected a number from 1 to {MAX_EXAMPLES:,}, got {number}")
        if not 1 <= self.seeds <= MAX_SEEDS:
            raise OptionError("seeds", f"expected a number from 1 to {MAX_SEEDS:,}, got {self.seeds}")
        if not 0 <= self.first_seed <= MAX_FIRST_SEED:
            raise OptionError("first_seed", f"expected a number from 0 to {MAX_FIRST_SEED:,}, got {self.first_seed}")
        if self.early_stopping not in (None, *EARLY_STOPPING):
            raise OptionError("early_stopping", f"expected {alternatives(EARLY_STOPPING)}, got {self.early_stopping!r}")
        if self.optimizer not in OPTIMIZERS:
            raise OptionError("optimizer", f"expected {alternatives(OPTIMIZERS)}, got {self.optimizer!r}")
        if self.learning_rate is not None and not 0 < self.learning_rate < math.inf:
            raise OptionError("learning_rate", f"expected a finite number above 0, got {self.learning_rate}")

    def as_json(self) -> dict[str, Any]:
        """The options for JSON, without folders: the same files can be elsewhere next time."""
        options = asdict(self) | {"hidden": list(self.hidden), "ignore": list(self.ignore)}
        for name in ("csv", "test_csv"):
            options[name] = None if options[name] is None else Path(options[name]).name
        del options["data_dir"]
        return options


def names_in(names: str | Iterable[str]) -> tuple[str, ...]:
    """Split a string such as `id,"width, in mm"` into names; a sequence of names is kept as it is."""
    if isinstance(names, str):
        return tuple(next(csv.reader([names], skipinitialspace=True), [])) or ("",)
    several = tuple(names)
    if not all(isinstance(name, str) for name in several):
        raise TypeError
    return several

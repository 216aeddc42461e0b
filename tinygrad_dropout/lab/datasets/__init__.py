"""The data that a comparison can be made on: `load` reads them, and what it gives can be split for any seed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from tinygrad_dropout.lab.config import Config
from tinygrad_dropout.lab.datasets.csv_table import load_csv
from tinygrad_dropout.lab.datasets.digits import load_digits
from tinygrad_dropout.lab.datasets.mnist import load_mnist
from tinygrad_dropout.lab.datasets.mnist1d import load_mnist1d
from tinygrad_dropout.lab.datasets.moons import Moons
from tinygrad_dropout.lab.datasets.split import Dataset, Split, Table, randomise_labels
from tinygrad_dropout.lab.errors import require_extras

__all__ = ["Dataset", "Split", "load", "load_digits", "randomise_labels"]


def load(config: Config) -> Dataset:
    """The data that the configuration names, with the number of training examples checked.

    Raises:
        LabError: the data are missing or damaged, or `train_size` does not fit them.
    """
    data_dir = None if config.data_dir is None else Path(config.data_dir)
    dataset: Dataset
    if config.dataset == "csv":
        require_extras(("pandas",), needed_by="reading a table (--csv)")
        test = None if config.test_csv is None else Path(config.test_csv)
        dataset = load_csv(
            Path(config.csv), config.target,
            test=test, group=config.group, missing=config.missing, regression=config.regression,
        )  # fmt: skip
    elif config.dataset == "digits":
        dataset = load_digits()
    elif config.dataset == "moons":
        dataset = Moons()
    elif config.dataset == "mnist1d":
        dataset = load_mnist1d(data_dir)
    else:
        dataset = load_mnist(data_dir)
    if config.train_size is not None:
        dataset.check_train_size(config.train_size)
    if isinstance(dataset, Table) and config.dataset == "csv":
        return with_repeats_told(dataset, config.train_size or dataset.default_train_size)
    return dataset


def with_repeats_told(table: Table, train_size: int) -> Table:
    """The table, which tells how many test examples a network has already seen in training, if there are any."""
    split = table.split(train_size, np.random.default_rng(0))
    repeated = split.repeated()
    if not repeated:
        return table
    sentence = (
        f"{repeated / len(split.y_test):.0%} of the test rows ({repeated:,} of {len(split.y_test):,}; as many "
        "for other seeds, nearly) are also training rows, with the same inputs and target"
    )
    return replace(table, told=(*table.told, sentence))

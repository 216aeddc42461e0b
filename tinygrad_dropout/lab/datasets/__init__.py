"""The data that a comparison can be made on: `load` reads them, and what it gives can be split for any seed."""

from __future__ import annotations

from pathlib import Path

from tinygrad_dropout.lab.config import Config
from tinygrad_dropout.lab.datasets.csv_table import load_csv
from tinygrad_dropout.lab.datasets.digits import load_digits
from tinygrad_dropout.lab.datasets.mnist import load_mnist
from tinygrad_dropout.lab.datasets.mnist1d import load_mnist1d
from tinygrad_dropout.lab.datasets.moons import Moons
from tinygrad_dropout.lab.datasets.split import Dataset, Split, randomise_labels

__all__ = ["Dataset", "Split", "load", "load_digits", "randomise_labels"]


def load(config: Config) -> Dataset:
    """The data that the configuration names, with the number of training examples checked.

    Raises:
        LabError: the data are missing or damaged, or `train_size` does not fit them.
    """
    data_dir = None if config.data_dir is None else Path(config.data_dir)
    dataset: Dataset
    if config.dataset == "csv":
        dataset = load_csv(Path(config.csv), config.target)
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
    return dataset

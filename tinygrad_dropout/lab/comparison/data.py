"""The data set of a comparison: load it, and split it for a seed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.training import Streams
from tinygrad_dropout.lab.datasets.digits import load_digits
from tinygrad_dropout.lab.datasets.mnist import load_mnist
from tinygrad_dropout.lab.datasets.mnist1d import load_mnist1d
from tinygrad_dropout.lab.datasets.moons import Moons
from tinygrad_dropout.lab.datasets.own_table import load_csv
from tinygrad_dropout.lab.datasets.split import Dataset, Split, Table, randomize_labels
from tinygrad_dropout.lab.datasets.validation import with_validation
from tinygrad_dropout.lab.errors import OptionError, require_extras


def load(config: Config) -> Dataset:
    """Load the data set of a configuration, and check the number of training examples.

    Raises:
        LabError: the data are missing or damaged, or `train_size` does not fit them.
    """
    data_dir = None if config.data_dir is None else Path(config.data_dir)
    dataset: Dataset
    if config.dataset == "csv":
        require_extras(("pandas",), needed_by="reading a table (--csv)")
        test = None if config.test_csv is None else Path(config.test_csv)
        dataset = load_csv(
            Path(config.csv), config.target, test=test,
            group=config.group, ignore=config.ignore, missing=config.missing, regression=config.regression,
        )  # fmt: skip
    elif config.dataset == "digits":
        dataset = load_digits()
    elif config.dataset == "moons":
        dataset = Moons()
    elif config.dataset == "mnist1d":
        dataset = load_mnist1d(data_dir)
    else:
        dataset = load_mnist(data_dir)
    if dataset.classes is None and config.label_noise:
        raise OptionError("label_noise", f"expected 0 for a regression, which has no labels, got {config.label_noise}")
    if config.train_size is not None:
        dataset.check_train_size(config.train_size)
    if isinstance(dataset, Table) and config.dataset == "csv":
        return with_split_notes(dataset, config.train_size or dataset.default_train_size)
    return dataset


def draw_split(config: Config, dataset: Dataset, streams: Streams, *, hold_back: bool) -> Split:
    """Draw the split of one seed, randomize some training labels, and hold out a fifth for validation if wanted.

    Args:
        config: the options, including the number of training examples.
        dataset: the data to split.
        streams: the random streams of the seed.
        hold_back: whether to hold out a validation part.
    """
    split = dataset.split(config.train_size, np.random.default_rng(streams.split))
    if dataset.classes is not None:
        noise_rng = np.random.default_rng(streams.label_noise)
        noisy = randomize_labels(split.y_train, config.label_noise, dataset.classes, noise_rng)
        split = replace(split, y_train=noisy)
    if hold_back:
        split = with_validation(split, dataset.classes, np.random.default_rng(streams.validation))
    return split


def with_split_notes(table: Table, train_size: int) -> Table:
    """The table with two more remarks: the sizes of the parts with whole groups, and repeated rows."""
    split = table.split(train_size, np.random.default_rng(0))
    notes = list(table.notes)
    train, test = len(split.y_train), len(split.y_test)
    if table.groups is not None:
        notes.append(
            f"{len(np.unique(table.groups)):,} groups stay whole: about {train:,} training rows and {test:,} test rows "
            f"(asked for: {train_size:,} and {len(table.y) - train_size:,})"
        )
    repeated = split.count_repeated()
    if repeated:
        notes.append(
            f"{100 * repeated / test:.0f}% of the test rows ({repeated:,} of {test:,} in the first split) are also "
            "training rows, with the same inputs and target"
        )
    return replace(table, notes=tuple(notes))

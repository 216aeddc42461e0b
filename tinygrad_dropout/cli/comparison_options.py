"""The options of `compare`, shared by the experiments that train the same kind of network."""

from __future__ import annotations

from tinygrad_dropout.cli.arguments import Option, name_of_file, number, whole_number, whole_numbers
from tinygrad_dropout.lab.comparison.config import DATASETS, OPTIMIZERS, Config

Groups = dict[str, list[Option]]
"""Options under titles."""


def comparison_options() -> Groups:
    """The options for data, network and training, with the defaults of `Config`."""
    hidden = ",".join(map(str, Config.hidden))
    rates = ", ".join(f"{rate:g} for {name}" for name, rate in OPTIMIZERS.items())
    return {
        "data": [
            ("--dataset NAME", str, f"{', '.join(DATASETS)} (default: digits)"),
            ("--csv FILE", name_of_file, "your own data: a CSV file whose first line names the columns"),
            ("--target COLUMN", str, "the column to predict: classes or numbers"),
            ("--test-csv FILE", name_of_file, "a second CSV file with the same columns, used as the test set"),
            ("--group COLUMN", str, "a column whose equal values keep rows together, all in the training set or all in "
             "the test set"),
            ("--ignore COLUMN[,COLUMN]", str, "columns to ignore, such as row numbers or names"),
            ("--missing HOW", str, "what to do about missing values: drop leaves out the row, mean fills in the mean "
             "of the training rows (default: report an error)"),
            ("--regression", bool, "treat the target as numbers, or as classes with --no-regression (default: decide "
             "by its values)"),
            ("--data-dir FOLDER", name_of_file, "the folder with MNIST's four IDX files, or with mnist1d.npz"),
            ("--train-size N", whole_number, "training examples (default: digits 500, moons 200, mnist 1,000, "
             "mnist1d all 4,000, 70%% of a CSV file)"),
            ("--label-noise X", number, "fraction of training labels to randomize (default: digits 0.2, "
             "others 0)"),
        ],
        "network and dropout": [
            ("--p P", number, f"probability that a hidden unit is dropped (default: {Config.p})"),
            ("--input-p P", number, f"probability that an input is dropped (default: {Config.input_p})"),
            ("--hidden N,N", whole_numbers, f"units in each hidden layer (default: {hidden})"),
        ],
        "training": [
            ("--epochs N", whole_number, f"passes over the training examples (default: {Config.epochs})"),
            ("--batch-size N", whole_number, f"examples per update (default: {Config.batch_size})"),
            ("--optimizer NAME", str, f"adam, or sgd with momentum 0.9 (default: {Config.optimizer})"),
            ("--learning-rate X", number, f"step size (default: {rates})"),
            ("--early-stopping HOW", str, "only: both networks stop early; also: train two more networks that do "
             "(default: no early stopping)"),
            ("--patience N", whole_number, "with early stopping, epochs to wait for an improvement "
             f"(default: {Config.patience})"),
        ],
    }  # fmt: skip


def without(groups: Groups, *flags: str) -> Groups:
    """The options except those with these flags."""
    return {
        title: [option for option in options if option[0].partition(" ")[0] not in flags]
        for title, options in groups.items()
    }


def run_options(pairs: str, seeds: str, folder: str, first_seed: int | str = 0) -> list[Option]:
    """The options for seeds, workers and the folder of the results.

    Args:
        pairs: what one seed gives, in the plural.
        seeds: the default number of seeds.
        folder: the default folder, without the time at its end.
        first_seed: the default first seed.
    """
    return [
        ("--seeds N", whole_number, f"number of {pairs} (default: {seeds})"),
        ("--first-seed N", whole_number, f"the first seed; the others count up from it (default: {first_seed})"),
        ("--workers N", whole_number, "networks to train at the same time (default: one per core); the results do "
         "not depend on it"),
        ("--dask ADDRESS", str, "train on a Dask cluster; the address of its scheduler, such as tcp://10.0.0.1:8786"),
        ("--out FOLDER", name_of_file, f"folder for results.json and the pictures (default: runs/{folder}-TIME)"),
    ]  # fmt: skip

"""The options of a comparison, which experiments that train networks of the same kind share."""

from __future__ import annotations

from tinygrad_dropout.cli.arguments import Option, name_of_file, number, whole_number, whole_numbers
from tinygrad_dropout.lab.comparison.config import DATASETS, OPTIMIZERS, Config

Groups = dict[str, list[Option]]
"""Options under titles."""


def comparison_options() -> Groups:
    """The data, the network and its training; `Config` has the defaults."""
    hidden = ",".join(map(str, Config.hidden))
    rates = ", ".join(f"{rate:g} for {name}" for name, rate in OPTIMIZERS.items())
    return {
        "data": [
            ("--dataset NAME", str, f"{', '.join(DATASETS)} (default: digits)"),
            ("--csv FILE", name_of_file, "your own table: a CSV file whose first line names the columns"),
            ("--target COLUMN", str, "the column of that table to predict: classes or numbers"),
            ("--test-csv FILE", name_of_file, "a second table with the same columns, as the test set"),
            ("--group COLUMN", str, "a column: rows with the same value in it are never split between training and "
             "test"),
            ("--ignore COLUMN[,COLUMN]", str, "columns to leave out, such as row numbers or names"),
            ("--missing HOW", str, "missing values: drop leaves out their rows, mean fills in the training mean "
             "(default: an error)"),
            ("--regression", bool, "the target is numbers, or with --no-regression classes (default: decided by its "
             "values)"),
            ("--data-dir FOLDER", name_of_file, "the folder of MNIST's four IDX files, or of mnist1d.npz"),
            ("--train-size N", whole_number, "training examples (default: digits 500, moons 200, mnist 1,000, "
             "mnist1d all 4,000, 70 %% of a CSV file)"),
            ("--label-noise X", number, "fraction of the training labels that are made random (default: digits 0.2, "
             "others 0)"),
        ],
        "network and dropout": [
            ("--p P", number, f"probability that a hidden unit is dropped (default: {Config.p})"),
            ("--input-p P", number, f"probability that an input is dropped (default: {Config.input_p})"),
            ("--hidden N,N", whole_numbers, f"units of each hidden layer (default: {hidden})"),
        ],
        "training": [
            ("--epochs N", whole_number, f"passes over the training examples (default: {Config.epochs})"),
            ("--batch-size N", whole_number, f"examples in each update (default: {Config.batch_size})"),
            ("--optimizer NAME", str, f"adam, or sgd with momentum 0.9 (default: {Config.optimizer})"),
            ("--learning-rate X", number, f"step size (default: {rates})"),
            ("--early-stopping HOW", str, "only: both networks stop early; also: two more networks do (default: no "
             "early stopping)"),
            ("--patience N", whole_number, "with early stopping, epochs without improvement before training ends "
             f"(default: {Config.patience})"),
        ],
    }  # fmt: skip


def without(groups: Groups, *flags: str) -> Groups:
    """The options but those with these flags."""
    return {
        title: [option for option in options if option[0].partition(" ")[0] not in flags]
        for title, options in groups.items()
    }


def run_options(pairs: str, seeds: str, folder: str, first_seed: int | str = 0) -> list[Option]:
    """Which seeds are run, where, and where the results are kept.

    Args:
        pairs: what there is one of for each seed.
        seeds: how many by default.
        folder: the default folder, without the time at its end.
        first_seed: the first one by default.
    """
    return [
        ("--seeds N", whole_number, f"number of {pairs} (default: {seeds})"),
        ("--first-seed N", whole_number, f"the first seed; the others follow it (default: {first_seed})"),
        ("--workers N", whole_number, "networks trained at the same time (default: one per core); the results do "
         "not depend on it"),
        ("--dask ADDRESS", str, "train on a Dask cluster: the address of its scheduler, such as tcp://10.0.0.1:8786"),
        ("--out FOLDER", name_of_file, f"for results.json and the pictures (default: runs/{folder}-TIME)"),
    ]  # fmt: skip

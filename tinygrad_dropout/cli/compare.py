"""The command `tinygrad-dropout compare`: an MLP with and without dropout, over many seeds."""

from __future__ import annotations

import argparse

from tinygrad_dropout.cli.experiment import show_experiment
from tinygrad_dropout.cli.typed import (
    Option,
    declare_options,
    in_one_sentence,
    name_of_file,
    number,
    whole_number,
    whole_numbers,
)

HELP = "train an MLP with and without dropout, and compare"

DESCRIPTION = """\
Train an MLP with dropout and without it on the same data, many times over,
and say what dropout did.

Both networks of a pair share the split of the data, the initial weights and
the order of the examples; only dropout differs. Nothing is selected on the
test set: the numbers are those of the last epoch or, with early stopping, of
the epoch that was best on a fifth of the training examples."""

EXAMPLES = """\
examples:
  tinygrad-dropout compare
  tinygrad-dropout compare --label-noise 0
  tinygrad-dropout compare --dataset mnist1d --p 0.3 --input-p 0
  tinygrad-dropout compare --csv flowers.csv --target species --out runs/flowers
  tinygrad-dropout compare --early-stopping also

Ctrl-C keeps the finished networks. To continue, run the same command with
that folder as --out, with more --seeds if you like."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `compare`; `Config` has the defaults."""
    from tinygrad_dropout.lab.comparison.config import DATASETS, OPTIMIZERS, Config

    hidden = ",".join(map(str, Config.hidden))
    rates = ", ".join(f"{rate:g} for {name}" for name, rate in OPTIMIZERS.items())
    groups: dict[str, list[Option]] = {
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
        "run": [
            ("--seeds N", whole_number, f"number of pairs (default: {Config.seeds})"),
            ("--first-seed N", whole_number, "seed of the first pair; the others have the next ones (default: "
             f"{Config.first_seed})"),
            ("--workers N", whole_number, "networks trained at the same time (default: one per core); the results do "
             "not depend on it"),
            ("--dask ADDRESS", str, "train on a Dask cluster: the address of its scheduler, such as tcp://10.0.0.1:8786"),
            ("--out FOLDER", name_of_file, "for results.json and the pictures (default: runs/compare-DATASET-TIME)"),
        ],
    }  # fmt: skip
    for title, options in groups.items():
        declare_options(parser.add_argument_group(title), options)
    parser.set_defaults(run=run_compare)


def run_compare(options: argparse.Namespace) -> int:
    """Run `compare`, and report errors in one sentence."""
    return in_one_sentence(lambda: compare_as_typed(options))


def compare_as_typed(options: argparse.Namespace) -> int:
    """Run the comparison with the options that were given."""
    from tinygrad_dropout import lab

    given = {name: value for name, value in vars(options).items() if name != "run"}
    where = {name: given.pop(name) for name in ("workers", "dask", "out") if name in given}
    config = lab.Config(**given)
    lab.require_extras()
    return show_experiment(lab.Compare(), config, f"compare-{config.dataset}", **where)

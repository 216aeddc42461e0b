"""The command `tinygrad-dropout compare`: an MLP with and without dropout, over many seeds."""

from __future__ import annotations

import argparse

from tinygrad_dropout import lab
from tinygrad_dropout.cli.arguments import Option, declare_options, name_of_file
from tinygrad_dropout.cli.comparison_options import comparison_options, run_options
from tinygrad_dropout.cli.experiment import report_errors, show_experiment
from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.own_framework import CompareOwn, OwnConfig
from tinygrad_dropout.lab.errors import OptionError

DESCRIPTION = """\
Train an MLP with and without dropout on the same data, many times, and report
what dropout did.

Both networks of a pair share the split of the data, the initial weights and
the order of the examples; only dropout differs. Nothing is selected on the
test set: the results are those of the last epoch or, with early stopping, of
the epoch with the lowest loss on a fifth of the training examples."""

EXAMPLES = """\
examples:
  tinygrad-dropout compare
  tinygrad-dropout compare --label-noise 0
  tinygrad-dropout compare --dataset mnist1d --p 0.3 --input-p 0
  tinygrad-dropout compare --csv flowers.csv --target species --out runs/flowers
  tinygrad-dropout compare --early-stopping also

Ctrl-C keeps the finished networks. To continue, repeat the command with that
folder as --out, and with more --seeds if you like."""


FRAMEWORK: Option = (
    "--framework FOLDER",
    name_of_file,
    "train your own framework from `tinygrad-dropout build` instead of ours",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `compare`, with the defaults of `Config`."""
    groups = {
        **comparison_options(),
        "your own framework": [FRAMEWORK],
        "run": run_options("pairs", str(Config.seeds), "compare-DATASET"),
    }
    for title, options in groups.items():
        declare_options(parser.add_argument_group(title), options)
    parser.set_defaults(run=run_compare)


def run_compare(options: argparse.Namespace) -> int:
    """Run `compare`, and report its errors in one sentence."""
    return report_errors(lambda: compare_as_typed(options))


def compare_as_typed(options: argparse.Namespace) -> int:
    """Run the comparison with the given options."""
    given = {name: value for name, value in vars(options).items() if name != "run"}
    where = {name: given.pop(name) for name in ("workers", "dask", "out") if name in given}
    if "patience" in given and "early_stopping" not in given:
        raise OptionError("patience", "it only applies with --early-stopping, which is not given")
    lab.require_extras()
    if "framework" in given:
        own = OwnConfig(**given)
        return show_experiment(CompareOwn(), own, f"compare-own-{own.dataset}", **where)
    config = lab.Config(**given)
    return show_experiment(lab.Compare(), config, f"compare-{config.dataset}", **where)

"""The command `tinygrad-dropout lab`: the experiments of the lab, and commands for folders of their results."""

from __future__ import annotations

import argparse

from tinygrad_dropout.cli.arguments import print_help
from tinygrad_dropout.cli.lab import evidence, theory
from tinygrad_dropout.cli.lab.command import add_experiment
from tinygrad_dropout.cli.lab.folders import add_merge, add_report

DESCRIPTION = """\
Experiments about dropout and its theory. Each prints tables and a verdict, and draws a picture. `merge` and `report`
work on folders of their results or of those of `compare`."""

EXAMPLES = """\
examples:
  tinygrad-dropout lab when
  tinygrad-dropout lab sweep --csv flowers.csv --target species
  tinygrad-dropout lab rivals --quick
  tinygrad-dropout lab ensemble --p 0.3 --layers 2
  tinygrad-dropout lab merge runs/here runs/there --out runs/both
  tinygrad-dropout lab report runs

The same options give the same results: bit for bit on processors of the same type, up to rounding on others."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add each experiment, and `merge` and `report`, as a sub-command with its own options."""
    parser.set_defaults(run=lambda _: print_help(parser))
    parsers = parser.add_subparsers(title="experiments", metavar="EXPERIMENT")
    for name, command in {**evidence.commands(), **theory.commands()}.items():
        add_experiment(parsers, name, command)
    add_merge(parsers)
    add_report(parsers)

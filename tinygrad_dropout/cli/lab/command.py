"""An experiment of the lab as a command: its options, and how it is run."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tinygrad_dropout.cli.arguments import Option, declare_options
from tinygrad_dropout.cli.comparison_options import Groups
from tinygrad_dropout.cli.experiment import report_errors, show_experiment
from tinygrad_dropout.lab import require_extras
from tinygrad_dropout.lab.experiments import EXPERIMENTS

QUICK: Option = ("--quick", None, "fewer seeds and less training: seconds instead of minutes, and wider intervals")


@dataclass(frozen=True)
class Command:
    """An experiment as a command.

    Attributes:
        help: its line in the list of experiments.
        description: the first paragraph of its own help.
        groups: its options by title; those under "" have no title.
        run: called with the experiment, its options, the name of its folder and where to run, as `show_experiment` is.
    """

    help: str
    description: str
    groups: Groups
    run: Callable[..., int] = show_experiment


def add_experiment(parsers: argparse._SubParsersAction[Any], name: str, command: Command) -> None:
    """Add an experiment with its options."""
    parser = parsers.add_parser(name, help=command.help, description=command.description)
    for title, options in command.groups.items():
        declare_options(parser.add_argument_group(title) if title else parser, options)
    parser.set_defaults(
        run=lambda options: report_errors(lambda: run_as_typed(name, command, vars(options))), experiment=name
    )


def run_as_typed(name: str, command: Command, typed: Mapping[str, Any]) -> int:
    """Run the experiment with the given options."""
    given = {option: value for option, value in typed.items() if option not in ("run", "experiment")}
    where = {option: given.pop(option) for option in ("workers", "dask", "out") if option in given}
    experiment = EXPERIMENTS[name]
    shorter = experiment.quick if given.pop("quick", False) else {}
    options = experiment.options_class(**{**shorter, **given})
    require_extras(needed_by=f"tinygrad-dropout lab {name}")
    return command.run(experiment, options, f"lab-{name}", **where)

"""The sub-commands of `drill` and `build`: how they are added, and how they are run with the packages they need."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module

from tinygrad_dropout.cli.arguments import complain, print_help
from tinygrad_dropout.drills.exercise import DrillError
from tinygrad_dropout.lab.errors import LabError, require_extras


def command_adder(parser: argparse.ArgumentParser, package: str) -> Callable[[str, str], argparse.ArgumentParser]:
    """Return a function that adds a sub-command, given its name and its help, and returns its parser.

    Args:
        parser: the parser of `drill` or `build`, which shows its help if no sub-command is given.
        package: the name of the package whose module `commands` has a `run(name, options)` for its sub-commands.
    """
    parser.set_defaults(run=lambda _: print_help(parser))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add_command(name: str, help: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help, description=f"{help[:1].upper()}{help[1:]}.")
        added.set_defaults(run=lambda options: run_if_installed(package, name, options))
        return added

    return add_command


def run_if_installed(package: str, name: str, options: argparse.Namespace) -> int:
    """Run a sub-command if the packages it needs are installed; report errors and missing packages in one sentence."""
    try:
        require_extras(
            ("filelock", "fsrs", "platformdirs", "rich"), needed_by=f"tinygrad-dropout {package.rpartition('.')[2]}"
        )
        code: int = import_module(f"{package}.commands").run(name, options)  # not before: it needs those packages
    except (DrillError, LabError) as error:
        return complain(str(error))
    return code

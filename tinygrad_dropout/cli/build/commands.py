"""The function that each command of `build` runs."""

import argparse

from tinygrad_dropout.cli.build import stages
from tinygrad_dropout.cli.build.session import BuildSession
from tinygrad_dropout.cli.drill import solving

COMMANDS = {
    "start": stages.start,
    "check": stages.check,
    "watch": stages.watch,
    "task": solving.task,
    "hint": solving.hint,
    "list": stages.list_stages,
    "reset": stages.reset,
    "solution": solving.solution,
    "page": stages.page,
    "closed-book": stages.closed_book,
}


def run(name: str, options: argparse.Namespace) -> int:
    """Run a command of `build`, and return its exit code."""
    return COMMANDS[name](BuildSession(), options)

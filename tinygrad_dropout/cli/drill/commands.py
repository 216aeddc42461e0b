"""The function that each command of `drill` runs."""

import argparse

from tinygrad_dropout.cli.drill import asking, solving
from tinygrad_dropout.cli.drill.session import DrillSession

COMMANDS = {
    "start": solving.start,
    "check": solving.check,
    "watch": solving.watch,
    "task": solving.task,
    "hint": solving.hint,
    "list": solving.list_exercises,
    "next": solving.choose_next,
    "reset": solving.reset,
    "solution": solving.solution,
    "interview": asking.interview,
    "quiz": asking.quiz,
    "plan": asking.plan,
    "stats": asking.stats,
}


def run(name: str, options: argparse.Namespace) -> int:
    """Run a command of `drill`, and return its exit code."""
    return COMMANDS[name](DrillSession(), options)

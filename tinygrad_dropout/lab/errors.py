"""Errors caused by data, options or the machine: each message is one sentence for the user."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

EXTRAS = {
    "distributed": "distributed",
    "filelock": "filelock",
    "fsrs": "fsrs",
    "matplotlib": "matplotlib",
    "pandas": "pandas",
    "platformdirs": "platformdirs",
    "rich": "rich",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "threadpoolctl": "threadpoolctl",
}


class LabError(ValueError):
    """An experiment cannot be run or finished, for example because of the data or a folder that is not writable."""


class WorkerError(LabError):
    """A worker process ended before it returned its record."""


class DivergedError(LabError):
    """The training loss of a network was no longer finite."""


class OptionError(LabError):
    """An option has a value that is not allowed. It takes the option's name, and what was expected and given."""

    def __init__(self, option: str, problem: str) -> None:
        super().__init__(option, problem)
        self.option = option
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.option}: {self.problem}"


COMPARISON = "the comparison (tinygrad-dropout compare, tinygrad_dropout.lab)"
FOR_EXPERIMENTS = ("matplotlib", "rich", "scipy", "sklearn", "threadpoolctl")


def require_extras(modules: Sequence[str] = FOR_EXPERIMENTS, *, needed_by: str = COMPARISON) -> None:
    """Check that packages are installed, without importing them.

    Args:
        modules: their import names; by default those that every experiment needs.
        needed_by: what needs them, for the message.

    Raises:
        LabError: some are missing; the message says which, and how to install them.
    """
    missing = [EXTRAS[module] for module in modules if find_spec(module) is None]
    if missing:
        raise LabError(
            f"{needed_by} needs packages that are not installed, {', '.join(missing)}: "
            f"type `pip install {' '.join(missing)}`"
        )

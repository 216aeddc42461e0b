"""Errors that are not bugs: each message is one sentence that can be printed to the user as it is."""

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
    """An experiment cannot be run or finished: because of the data, a folder that cannot be written, and so on."""


class WorkerError(LabError):
    """A worker process ended before it returned its record."""


class DivergedError(LabError):
    """The training loss of a network was no longer a finite number."""


class OptionError(LabError):
    """An option whose value is not allowed: the option's name, then what was expected and what was given."""

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
        modules: their import names; by default, what every experiment needs.
        needed_by: what cannot be run without them, for the message.

    Raises:
        LabError: some are missing; the message says which, and what to type.
    """
    missing = [EXTRAS[module] for module in modules if find_spec(module) is None]
    if missing:
        raise LabError(
            f"{needed_by} needs packages that are not installed, {', '.join(missing)}: "
            f"type `pip install {' '.join(missing)}`"
        )

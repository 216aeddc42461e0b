"""What can go wrong in an experiment through no fault of the code: each is one sentence, fit to be printed as it is."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

EXTRAS = {
    "distributed": "distributed",
    "filelock": "filelock",
    "matplotlib": "matplotlib",
    "pandas": "pandas",
    "platformdirs": "platformdirs",
    "rich": "rich",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "threadpoolctl": "threadpoolctl",
}


class LabError(ValueError):
    """An experiment that cannot be run, or not to its end: bad data, a folder that cannot be written, and the like."""


class WorkerError(LabError):
    """A worker process ended without an answer."""


class OptionError(LabError):
    """An option whose value is not allowed: the option's name, then what was expected and what was given."""

    def __init__(self, option: str, problem: str) -> None:
        super().__init__(option, problem)
        self.option = option
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.option}: {self.problem}"


COMPARISON = "the comparison (tinygrad-dropout compare, tinygrad_dropout.lab)"
OF_EXPERIMENTS = ("matplotlib", "rich", "scipy", "sklearn", "threadpoolctl")


def require_extras(modules: Sequence[str] = OF_EXPERIMENTS, *, needed_by: str = COMPARISON) -> None:
    """Check that the packages of the extra `lab` are installed, without importing them.

    Args:
        modules: their import names.
        needed_by: what cannot be run without them, in words.

    Raises:
        LabError: the packages that are missing, and what to type.
    """
    missing = [EXTRAS[module] for module in modules if find_spec(module) is None]
    if missing:
        raise LabError(
            f"{needed_by} needs packages that are not installed, {', '.join(missing)}: "
            f"type `pip install {' '.join(missing)}`"
        )

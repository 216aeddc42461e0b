"""Check that the extra `lab` is installed before a command about exercises runs, and report its errors."""

from collections.abc import Callable

from tinygrad_dropout.cli.arguments import complain
from tinygrad_dropout.drills.exercise import DrillError
from tinygrad_dropout.lab.errors import LabError, require_extras


def run_if_installed(act: Callable[[], int], *, needed_by: str) -> int:
    """Run a command if the packages it needs are installed; report errors and missing packages in one sentence."""
    try:
        require_extras(("filelock", "fsrs", "platformdirs", "rich"), needed_by=needed_by)
        return act()
    except (DrillError, LabError) as error:
        return complain(str(error))

"""The extra that the commands about exercises need, and how their errors are reported."""

from collections.abc import Callable

from tinygrad_dropout.cli.arguments import complain
from tinygrad_dropout.drills.exercise import DrillError
from tinygrad_dropout.lab.errors import LabError, require_extras


def run_if_installed(act: Callable[[], int], *, needed_by: str) -> int:
    """Run a command if what it needs is installed; report its errors, and what is missing, in one sentence."""
    try:
        require_extras(("filelock", "fsrs", "platformdirs", "rich"), needed_by=needed_by)
        return act()
    except (DrillError, LabError) as error:
        return complain(str(error))

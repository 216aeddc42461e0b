"""Programs that a measurement starts: one that fails is reported with the last line that it wrote."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence


class Failed(Exception):
    """A measured program failed."""


def output_of(arguments: Sequence[str], doing: str) -> str:
    """What `python -m ARGUMENTS` prints, in this process's environment.

    Args:
        arguments: the module and what it is given.
        doing: what is done, for the message.

    Raises:
        Failed: its exit code was not 0.
    """
    run = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        last = run.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise Failed(f"{doing} failed: {last[0]}")
    return run.stdout

"""Make the runs that theory.md reports: `python docs/make_theory.py` runs its three commands, in half a minute.

Their figures and pictures are kept in docs/theory/, and the reports are written into theory.md; `--render` only does
the last. tests/test_theory_page.py renders again and compares.
"""

from __future__ import annotations

import sys
from pathlib import Path

from blocks import rendered
from saved_runs import make, session

from tinygrad_dropout.lab import read
from tinygrad_dropout.lab.trials import Outcome

DOCS = Path(__file__).parent
PAGE = DOCS / "theory.md"
RESULTS = DOCS / "theory"

COMMANDS = {
    "expectation": "tinygrad-dropout lab expectation",
    "ensemble": "tinygrad-dropout lab ensemble",
    "ridge": "tinygrad-dropout lab ridge",
}


def load(name: str) -> Outcome:
    """The outcome that was saved under this name."""
    return read(RESULTS / name)


def blocks() -> dict[str, str]:
    """The page's blocks by name, from the saved runs."""
    return {name: session(command, load(name)) for name, command in COMMANDS.items()}


def render() -> None:
    """Write the blocks into the page."""
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), blocks()), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--render"]:
        for wanted in sys.argv[1:] or COMMANDS:
            make(COMMANDS[wanted], RESULTS / wanted)
    render()

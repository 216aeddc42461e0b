"""Make the output that testing.md shows: `python docs/make_testing.py` runs the random programs in about ten minutes.

The last line that the command prints is saved in docs/testing/. `--render` only writes the saved line into the page. A
test renders the page again and compares.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from blocks import rendered

DOCS = Path(__file__).parent
PAGE = DOCS / "testing.md"
SAVED = DOCS / "testing" / "differential.txt"
COMMAND = "python -m tests.differential --programs 100000"


def make() -> None:
    """Run the command and save the last line that it prints."""
    run = subprocess.run(
        [sys.executable, *shlex.split(COMMAND)[1:]], capture_output=True, text=True, cwd=DOCS.parent, check=True
    )
    SAVED.parent.mkdir(exist_ok=True)
    SAVED.write_text(run.stdout.splitlines()[-1] + "\n", encoding="utf-8")


def blocks() -> dict[str, str]:
    """Return the page's block."""
    return {"differential": f"```\n$ {COMMAND}\n...\n{SAVED.read_text(encoding='utf-8')}```"}


if __name__ == "__main__":
    if sys.argv[1:] != ["--render"]:
        make()
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), blocks()), encoding="utf-8")

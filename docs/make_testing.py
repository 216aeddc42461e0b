"""Make what testing.md shows: `python docs/make_testing.py` runs the random programs, in about ten minutes.

What the command printed at its end is kept in docs/testing/. `--render` only writes that into the page; a test renders
again and compares.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from blocks import rendered

DOCS = Path(__file__).parent
PAGE = DOCS / "testing.md"
KEPT = DOCS / "testing" / "differential.txt"
COMMAND = "python -m tests.differential --programs 100000"


def make() -> None:
    """Run the command and keep the last line that it prints."""
    run = subprocess.run(
        [sys.executable, *shlex.split(COMMAND)[1:]], capture_output=True, text=True, cwd=DOCS.parent, check=True
    )
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(run.stdout.splitlines()[-1] + "\n", encoding="utf-8")


def blocks() -> dict[str, str]:
    """The page's block."""
    return {"differential": f"```\n$ {COMMAND}\n...\n{KEPT.read_text(encoding='utf-8')}```"}


if __name__ == "__main__":
    if sys.argv[1:] != ["--render"]:
        make()
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), blocks()), encoding="utf-8")

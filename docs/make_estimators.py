"""Make the runs that your_own_data.md reports: `python docs/make_estimators.py`, half an hour on a quiet machine.

It runs `python -m benchmarks.estimators times` and `scores`, keeps the figures in docs/benchmarks/, and writes the
tables into the page; `--render` only does the last. tests/docs/test_your_own_data_page.py renders again and compares.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from blocks import rendered

DOCS = Path(__file__).parent
PAGE = DOCS / "your_own_data.md"
RUNS = ("times", "scores")
sys.path.insert(0, str(DOCS.parent))  # benchmarks/ is not installed

from benchmarks import report as of_speed  # noqa: E402
from benchmarks.estimators import report  # noqa: E402
from benchmarks.estimators.scores import Scores  # noqa: E402
from benchmarks.estimators.times import Fit  # noqa: E402


def make(run: str) -> None:
    """Run the command, and keep its figures."""
    with TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "benchmarks.estimators", run, "--out", scratch]
        subprocess.run(command, cwd=DOCS.parent, check=True)
        shutil.copy(Path(scratch, f"{run}.json"), kept(run))


def kept(run: str) -> Path:
    """Where the figures of a run are kept."""
    return DOCS / "benchmarks" / f"estimators-{run}.json"


def load(run: str) -> dict[str, Any]:
    """The figures of a run."""
    figures: dict[str, Any] = json.loads(kept(run).read_text(encoding="utf-8"))
    return figures


def blocks() -> dict[str, str]:
    """The page's blocks, from the saved runs."""
    fits = [Fit(**fit) for fit in load("times")["fits"]]
    return {
        "scores": report.scores_table([Scores(**score) for score in load("scores")["scores"]]),
        "times": f"{report.times_table(fits)}\n\n{of_speed.machine_line(load('times')['machine'])}",
        "memory": report.memory_table(fits),
    }


if __name__ == "__main__":
    if sys.argv[1:] != ["--render"]:
        for run in sys.argv[1:] or RUNS:
            make(run)
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), blocks()), encoding="utf-8")

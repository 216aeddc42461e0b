"""Make the run of `lab paper` that evidence.md reports: `python docs/make_paper.py FOLDER [OUT]`.

FOLDER holds MNIST's four IDX files. The run takes hours on one core; after Ctrl-C the same command goes on with it.
wall_time.json adds up how long it took. make_evidence.py renders it into the page.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from saved_runs import session

from tinygrad_dropout import cli
from tinygrad_dropout.lab import read

RUN = Path(__file__).parent / "evidence" / "paper"
WALL_TIME = "wall_time.json"
COMMAND = "tinygrad-dropout lab paper --data-dir mnist"


def make(data_dir: str, out: Path) -> int:
    """Run the command, or go on with it, and note the seconds that it took."""
    start = time.perf_counter()
    code = cli.main(["lab", "paper", "--data-dir", data_dir, "--workers", "1", "--out", str(out)])
    file = out / WALL_TIME
    before = json.loads(file.read_text())["seconds"] if file.exists() else 0
    file.write_text(json.dumps({"seconds": round(before + time.perf_counter() - start)}) + "\n")
    return code


def blocks() -> dict[str, str]:
    """The page's blocks about the saved run, by name."""
    paper, choice = read(RUN), read(RUN / "choice")
    hours = json.loads((RUN / WALL_TIME).read_text())["seconds"] / 3600
    return {
        "paper": session(COMMAND, choice, paper),
        "paper verdict": f"> {paper.notes[0]} {paper.notes[1]}",
        "paper time": f"The run took {hours:.1f} hours on one core, including the choice of the settings.",
    }


if __name__ == "__main__":
    sys.exit(make(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else RUN))

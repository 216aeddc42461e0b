"""Make the run of `lab paper` that evidence.md reports: `python docs/make_paper.py FOLDER [OUT]`.

FOLDER holds MNIST's four IDX files. The run takes hours on one core; after Ctrl-C the same command goes on with it.
wall_time.json adds up how long it took.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tinygrad_dropout import cli

RUN = Path(__file__).parent / "evidence" / "paper"
WALL_TIME = "wall_time.json"


def make(data_dir: str, out: Path) -> int:
    """Run the command, or go on with it, and note the seconds that it took."""
    start = time.perf_counter()
    code = cli.main(["lab", "paper", "--data-dir", data_dir, "--workers", "1", "--out", str(out)])
    file = out / WALL_TIME
    before = json.loads(file.read_text())["seconds"] if file.exists() else 0
    file.write_text(json.dumps({"seconds": round(before + time.perf_counter() - start)}) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(make(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else RUN))

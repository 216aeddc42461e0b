"""Make the runs that speed.md reports: `python docs/make_speed.py` takes half an hour on a quiet machine.

It runs `python -m benchmarks` with one and with two threads, and with --growth; keeps the figures in docs/benchmarks/
and the pictures in docs/; and writes them into speed.md and the README. `--render` only does the last.
tests/benchmarks/test_docs.py renders again and compares.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from blocks import rendered

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path.insert(0, str(ROOT))  # benchmarks/ is not installed

from benchmarks import report  # noqa: E402
from benchmarks.growth import Growth  # noqa: E402
from benchmarks.results import Results  # noqa: E402

RUNS = {"threads-1": ["--threads", "1"], "threads-2": ["--threads", "2"], "growth": ["--growth"]}
EARLIER = ("intel-threads-1", "intel-threads-2")  # on a processor that was at hand once; kept as they were found
PICTURES = {"threads-1": ("speed.png", "speed.png"), "growth": ("growth.png", "growth.png")}


def make(name: str) -> None:
    """Run the command; keep its figures and its picture."""
    with TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "benchmarks", *RUNS[name], "--out", scratch]
        subprocess.run(command, cwd=ROOT, check=True)
        figures = "growth.json" if name == "growth" else "results.json"
        shutil.copy(Path(scratch, figures), DOCS / "benchmarks" / f"{name}.json")
        if name in PICTURES:
            made, kept = PICTURES[name]
            shutil.copy(Path(scratch, made), DOCS / kept)


def blocks() -> dict[str, dict[str, str]]:
    """The blocks of each file, as the kept figures have them."""
    runs = {name: Results.load(DOCS / "benchmarks" / f"{name}.json") for name in (*RUNS, *EARLIER) if name != "growth"}
    growth = Growth.load(DOCS / "benchmarks" / "growth.json")
    tables = {name: f"{report.markdown_table(run)}\n\n{report.machine_line(run)}" for name, run in runs.items()}
    tables["growth"] = report.growth_table(growth)
    return {"docs/speed.md": tables, "README.md": {"speed": report.short_table(runs["threads-1"])}}


def render() -> None:
    """Write the blocks into their files."""
    for file, its_blocks in blocks().items():
        path = ROOT / file
        path.write_text(rendered(path.read_text(encoding="utf-8"), its_blocks), encoding="utf-8")


if __name__ == "__main__":
    (DOCS / "benchmarks").mkdir(exist_ok=True)
    if sys.argv[1:] != ["--render"]:
        for wanted in sys.argv[1:] or RUNS:
            make(wanted)
    render()

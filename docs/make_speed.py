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
    one, two = (Results.load(DOCS / "benchmarks" / f"threads-{count}.json") for count in (1, 2))
    growth = Growth.load(DOCS / "benchmarks" / "growth.json")
    tables = {
        "speed-1": f"{report.markdown_table(one)}\n\n{report.machine_line(one)}",
        "speed-2": f"{report.markdown_table(two)}\n\n{report.machine_line(two)}",
        "growth": report.growth_table(growth),
    }
    return {"docs/speed.md": tables, "README.md": {"speed": report.short_table(one)}}


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

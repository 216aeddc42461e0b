"""Make the runs that speed.md reports: `python docs/make_speed.py` takes about 40 minutes on a quiet machine.

It runs `python -m benchmarks` with one and with two threads, with --growth and with --compare; keeps the figures in
docs/benchmarks/ and the pictures in docs/; and writes them into speed.md and the README. `--render` only does the last.
tests/docs/test_speed_page.py renders again and compares.
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
from benchmarks.main_job.measured import MainJob  # noqa: E402
from benchmarks.results import Results  # noqa: E402

RUNS = {
    "threads-1": ["--threads", "1"],
    "threads-2": ["--threads", "2"],
    "growth": ["--growth"],
    "compare": ["--compare", "--threads", "2"],
}
FIGURES = {"growth": "growth.json", "compare": "compare.json"}  # the other runs write results.json
PICTURES = {"threads-1": "speed.png", "growth": "growth.png"}


def make(name: str) -> None:
    """Run the command; keep its figures and its picture."""
    with TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "benchmarks", *RUNS[name], "--out", scratch]
        subprocess.run(command, cwd=ROOT, check=True)
        shutil.copy(Path(scratch, FIGURES.get(name, "results.json")), kept(name))
        if name in PICTURES:
            shutil.copy(Path(scratch, PICTURES[name]), DOCS)


def kept(name: str) -> Path:
    """Where the figures of a run are kept."""
    return DOCS / "benchmarks" / f"{name}.json"


def blocks() -> dict[str, dict[str, str]]:
    """The blocks of each file, from the saved figures."""
    runs = {name: Results.load(kept(name)) for name in RUNS if name not in FIGURES}
    in_speed = {
        name: f"{report.markdown_table(run)}\n\n{report.machine_line(run.machine)}" for name, run in runs.items()
    }
    in_speed["growth"] = report.growth_table(Growth.load(kept("growth")))
    in_readme = {"largest": report.largest_step_sentence(runs["threads-1"])}
    main_job = MainJob.load(kept("compare"))
    in_speed["compare"] = f"{report.main_job_table(main_job)}\n\n{report.machine_line(main_job.machine)}"
    in_readme["main_job"] = report.main_job_sentence(main_job)
    in_speed["counts"] = "\n".join(f"- {line}" for line in report.count_lines(runs["threads-1"]))
    return {"docs/speed.md": in_speed, "README.md": in_readme}


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

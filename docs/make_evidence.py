"""Make the runs that evidence.md reports: `python docs/make_evidence.py` runs its commands, in about twenty minutes.

Their folders are kept in docs/evidence/, with the seconds that each took, and the page's blocks are rendered from
them; `--render` only does the last. The run of `lab paper` takes hours: see make_paper.py. The tests render again and
compare.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import make_paper
from blocks import rendered
from saved_runs import make, session

from tinygrad_dropout.lab import read
from tinygrad_dropout.lab.trials import Outcome

DOCS = Path(__file__).parent
PAGE = DOCS / "evidence.md"
RESULTS = DOCS / "evidence"
TIMES = RESULTS / "seconds.json"
CORES = 2  # of the machine that the times are measured on
TRIALS = 10_000  # of the sweep whose cost is computed
MACHINES = (1, 10, 100)

COMMANDS = {
    "when": "tinygrad-dropout lab when",
    "sweep": "tinygrad-dropout lab sweep",
    "figure-9": "tinygrad-dropout lab sweep --figure 9",
    "figure-10": "tinygrad-dropout lab sweep --figure 10",
    "rivals": "tinygrad-dropout lab rivals",
    "rivals-clean": "tinygrad-dropout lab rivals --label-noise 0",
    "coadaptation": "tinygrad-dropout lab coadaptation",
    "uncertainty": "tinygrad-dropout lab uncertainty",
    "boundary": "tinygrad-dropout lab boundary",
}

FOLDED = ("figure-9", "figure-10", "rivals-clean", "coadaptation", "uncertainty", "boundary")
"""Those whose output is folded on the page, below their verdict."""


def make_one(name: str) -> None:
    """Run a command, and keep its figures, how long it took, and the pictures that the page shows."""
    start = time.perf_counter()
    make(COMMANDS[name], RESULTS / name)
    for picture in (RESULTS / name).glob("*.png"):
        if f"evidence/{name}/{picture.name}" not in PAGE.read_text(encoding="utf-8"):
            picture.unlink()
    seconds = json.loads(TIMES.read_text()) if TIMES.exists() else {}
    seconds[name] = round(time.perf_counter() - start, 1)
    TIMES.write_text(json.dumps(seconds, indent=1, sort_keys=True) + "\n")


def load(name: str) -> Outcome:
    """The outcome that was saved under this name."""
    return read(RESULTS / name)


def cost() -> str:
    """The cost of a large sweep, estimated from the time of the saved one."""
    seconds, trials = json.loads(TIMES.read_text())["sweep"], len(load("sweep").trials)
    core_seconds = seconds * CORES / trials
    rows = [f"| {machines} | {hours(TRIALS * core_seconds / CORES / machines)} |" for machines in MACHINES]
    return "\n".join(
        [
            f"The {trials:,} trials of the sweep above took {seconds:.0f} seconds on {CORES} cores, which is "
            f"{core_seconds:.2f} core-seconds per trial, everything included. At that rate, {TRIALS:,} such trials "
            f"would take this long on machines with {CORES} cores (computed, not measured):",
            "",
            "| machines | time |",
            "|---|---|",
            *rows,
        ]
    )


def hours(seconds: float) -> str:
    """A time in the unit that suits it: `2.1 hours`, `13 minutes`, `50 seconds`."""
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds >= size:
            return f"{seconds / size:.2g} {unit}"
    return f"{seconds:.2g} seconds"


def blocks() -> dict[str, str]:
    """The page's blocks by name, from the saved runs."""
    runs = {name: load(name) for name in COMMANDS}
    sessions = {name: session(COMMANDS[name], outcome) for name, outcome in runs.items()}
    verdicts = {f"{name} verdict": f"> {runs[name].notes[0]}" for name in FOLDED}
    return sessions | verdicts | make_paper.blocks() | {"cost": cost()}


def render() -> None:
    """Write the blocks into the page."""
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), blocks()), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--render"]:
        for wanted in sys.argv[1:] or COMMANDS:
            make_one(wanted)
    render()

"""Make the runs that the README and compare.md report: `python docs/make_runs.py` runs them and writes their figures.

Every command's results go to docs/runs/NAME/, the default command's pictures too. The pages' blocks are then rendered
from those files (see blocks.py), and `--render` only does that; the tests render them again and compare.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

from blocks import rendered
from saved_runs import make, report

from tinygrad_dropout.lab import Comparison, read

DOCS = Path(__file__).parent
RUNS = DOCS / "runs"
PAGES = {DOCS.parent / "README.md": "report", DOCS / "compare.md": "table"}  # and the block that each holds

COMMANDS = {
    "digits": "tinygrad-dropout compare",
    "digits-early": "tinygrad-dropout compare --early-stopping only",
    "digits-clean": "tinygrad-dropout compare --label-noise 0",
    "mnist1d": "tinygrad-dropout compare --dataset mnist1d --p 0.3 --input-p 0",
    "mnist1d-inputs": "tinygrad-dropout compare --dataset mnist1d --p 0.3",
    "moons": "tinygrad-dropout compare --dataset moons",
}


def make_one(name: str) -> None:
    """Run a command, and keep its results; of the default command the pictures too."""
    make(COMMANDS[name], RUNS / name)
    if name != "digits":
        for picture in (RUNS / name).glob("*.png"):
            picture.unlink()


def load(name: str) -> Comparison:
    """The comparison that was saved under this name."""
    return cast(Comparison, read(RUNS / name))


def row(command: str, comparison: Comparison) -> str:
    """A run as a row of the table: train / test accuracy of both arms, the difference, the verdict."""
    arms = comparison.figures["arms"].values()
    accuracies = " | ".join(f"{arm['train_accuracy']:.3f} / {arm['test_accuracy']:.3f}" for arm in arms)
    return f"| `{command}` | {accuracies} | {comparison.difference.brief} | {comparison.difference.verdict} |"


def blocks() -> dict[str, str]:
    """The pages' blocks by name, from the saved runs."""
    heading = [
        "| command | without: train / test | with: train / test | difference in points (95% interval) | dropout |",
        "|---|---|---|---|---|",
    ]
    rows = [row(command, load(name)) for name, command in COMMANDS.items()]
    return {"report": f"```\n{report(load('digits'))}\n```", "table": "\n".join([*heading, *rows])}


if __name__ == "__main__":
    if sys.argv[1:] != ["--render"]:
        for wanted in sys.argv[1:] or COMMANDS:
            make_one(wanted)
    for page, name in PAGES.items():
        page.write_text(rendered(page.read_text(encoding="utf-8"), {name: blocks()[name]}), encoding="utf-8")

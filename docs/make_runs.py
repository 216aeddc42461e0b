"""Make the runs that the README and compare.md report: `python docs/make_runs.py` runs them and writes their figures.

Every command's results go to docs/runs/NAME.json (of the epochs, only the last), the default command's pictures to
docs/. The pages' blocks are then rendered from those files (see blocks.py); the tests render them again and compare.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from blocks import rendered

from tinygrad_dropout import cli
from tinygrad_dropout.lab import Comparison

DOCS = Path(__file__).parent
PAGES = {DOCS.parent / "README.md": "report", DOCS / "compare.md": "table"}  # and the block that each holds

COMMANDS = {
    "digits": "tinygrad-dropout compare",
    "digits-clean": "tinygrad-dropout compare --label-noise 0",
    "mnist1d": "tinygrad-dropout compare --dataset mnist1d --p 0.3 --input-p 0",
    "mnist1d-inputs": "tinygrad-dropout compare --dataset mnist1d --p 0.3",
    "moons": "tinygrad-dropout compare --dataset moons",
}


def make(name: str, folder: Path) -> None:
    """Run a command, and keep the part of its results that the pages show."""
    code = cli.main([*COMMANDS[name].split()[1:], "--out", str(folder)])
    if code:
        sys.exit(code)
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    for pair in results["pairs"]:
        pair.update({arm: pair[arm][-1:] for arm in ("without", "with")})
    (DOCS / "runs").mkdir(exist_ok=True)
    (DOCS / "runs" / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if name == "digits":
        for picture in folder.glob("*.png"):
            shutil.copy(picture, DOCS / picture.name)


def load(name: str) -> Comparison:
    """The comparison that was kept under this name."""
    results = json.loads((DOCS / "runs" / f"{name}.json").read_text(encoding="utf-8"))
    return Comparison(results["config"], results["versions"], tuple(results["pairs"]))


def row(command: str, summary: Any) -> str:
    """A run as a row of the table: train / test accuracy of both arms, the difference, the verdict."""
    arms = [
        f"{summary[arm]['train_accuracy']:.3f} / {summary[arm]['test_accuracy']:.3f}" for arm in ("without", "with")
    ]
    difference = "{mean:+.1f} ({low:+.1f} to {high:+.1f})".format(**summary["difference"])
    return f"| `{command}` | {arms[0]} | {arms[1]} | {difference} | {summary['verdict']} |"


def blocks() -> dict[str, str]:
    """The pages' blocks by name, as the kept runs have them."""
    heading = [
        "| command | without: train / test | with: train / test | difference in points (95 % interval) | dropout |",
        "|---|---|---|---|---|",
    ]
    rows = [row(command, load(name).summary) for name, command in COMMANDS.items()]
    report = "\n".join(line.rstrip() for line in str(load("digits")).splitlines())
    return {"report": f"```\n{report}\n```", "table": "\n".join([*heading, *rows])}


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:
        for wanted in sys.argv[1:] or COMMANDS:
            make(wanted, Path(scratch, wanted))
    for page, name in PAGES.items():
        page.write_text(rendered(page.read_text(encoding="utf-8"), {name: blocks()[name]}), encoding="utf-8")

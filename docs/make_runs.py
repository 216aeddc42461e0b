"""Make the runs that the README reports: `python docs/make_runs.py` runs its commands and writes its figures.

Every command's results go to docs/runs/NAME.json (of the epochs, only the last), the default command's pictures to
docs/. The README's blocks are then rendered from those files (see blocks.py); tests/test_readme.py renders them again
and compares.
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
README = DOCS.parent / "README.md"

COMMANDS = {
    "digits": "tinygrad-dropout compare",
    "digits-clean": "tinygrad-dropout compare --label-noise 0",
    "mnist1d": "tinygrad-dropout compare --dataset mnist1d --p 0.3 --input-p 0",
    "mnist1d-inputs": "tinygrad-dropout compare --dataset mnist1d --p 0.3",
    "moons": "tinygrad-dropout compare --dataset moons",
}


def make(name: str, folder: Path) -> None:
    """Run a command, and keep of its results what the README shows."""
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
    """A run as a row of the README's table: train / test accuracy of both arms, the difference, the verdict."""
    arms = [
        f"{summary[arm]['train_accuracy']:.3f} / {summary[arm]['test_accuracy']:.3f}" for arm in ("without", "with")
    ]
    difference = "{mean:+.1f} ({low:+.1f} to {high:+.1f})".format(**summary["difference"])
    return f"| `{command}` | {arms[0]} | {arms[1]} | {difference} | {summary['verdict']} |"


def blocks() -> dict[str, str]:
    """The README's blocks by name, as the kept runs have them."""
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
    README.write_text(rendered(README.read_text(encoding="utf-8"), blocks()), encoding="utf-8")

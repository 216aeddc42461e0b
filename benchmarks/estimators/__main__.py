"""`python -m benchmarks.estimators times | scores`: measure, print, and keep the figures as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from benchmarks import machine


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    command = argparse.ArgumentParser(prog="python -m benchmarks.estimators", description=__doc__)
    command.add_argument("what", choices=("times", "scores"))
    command.add_argument("--quick", action="store_true", help="few rounds or seeds, the small tables")
    command.add_argument("--out", type=Path, default=Path("runs/estimators"), help="folder (default: runs/estimators)")
    return command


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 2 for a wrong argument, a folder that cannot be written, or a package that is not there."""
    command = parser()
    options = command.parse_args(arguments)
    needed = {"sklearn": "scikit-learn"} | ({"torch": "torch", "skorch": "skorch"} if options.what == "times" else {})
    if missing := [package for module, package in needed.items() if find_spec(module) is None]:
        command.error(f"needs packages that are not installed: pip install {' '.join(missing)}")
    machine.set_threads(1)  # before NumPy is imported
    from benchmarks.__main__ import run_again_if_forced

    run_again_if_forced()
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        figures = times(options.quick) if options.what == "times" else scores(options.quick)
        (options.out / f"{options.what}.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        command.error(f"--out: cannot write to {options.out}: {error.strerror}")
    return 0


def times(quick: bool) -> dict[str, object]:
    """Time all fits, and print the tables."""
    import torch

    from benchmarks.estimators import report
    from benchmarks.estimators.times import FITS, measured

    torch.set_num_threads(1)
    fits = []
    for title in FITS:
        fits.append(measured(title, rounds=3 if quick else 21, with_memory=not quick))
        print(report.times_table(fits).splitlines()[-1], flush=True)
    print("\n" + report.times_table(fits), "\n\n" + report.memory_table(fits), sep="")
    return {"machine": machine.described(1), "fits": [asdict(fit) for fit in fits]}


def scores(quick: bool) -> dict[str, object]:
    """Score all tables, and print the table."""
    from benchmarks.estimators import report
    from benchmarks.estimators.scores import SEEDS, measured
    from benchmarks.estimators.tables import TABLES

    found = []
    for table in ("wine", "diabetes") if quick else TABLES:
        for score in measured(table, range(2 if quick else SEEDS)):
            found.append(score)
            print(score, flush=True)
    print("\n" + report.scores_table(found))
    return {"machine": machine.described(1), "scores": [asdict(score) for score in found]}


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks`: measure, print, and keep the figures as JSON and as pictures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import machine


def parser() -> argparse.ArgumentParser:
    """What the command understands."""
    command = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time train steps and dropout beside PyTorch, JAX, MyGrad and plain NumPy, in turn in one process.",
    )
    command.add_argument("--quick", action="store_true", help="fewer and shorter rounds, no memory: under a minute")
    command.add_argument("--threads", type=int, default=1, help="of every contender (default: 1)")
    command.add_argument("--only", metavar="W1,W3", help="some of the workloads (default: all)")
    command.add_argument("--growth", action="store_true", help="instead: how time and memory grow (some ten minutes)")
    command.add_argument("--out", type=Path, default=Path("runs/benchmarks"), help="folder (default: runs/benchmarks)")
    return command


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 if all went well, 1 if contenders disagree, 2 for a wrong argument or folder."""
    command = parser()
    options = command.parse_args(arguments)
    if not 1 <= options.threads <= machine.usable_cores():
        command.error(f"--threads: expected 1 to {machine.usable_cores()}, the cores there are, got {options.threads}")
    machine.set_threads(options.threads)  # before NumPy and the others are imported

    from benchmarks import run
    from benchmarks.workloads import WORKLOADS

    keys = [key.strip() for key in options.only.split(",")] if options.only else list(WORKLOADS)
    if unknown := [key for key in keys if key not in WORKLOADS]:
        command.error(f"--only: expected some of {', '.join(WORKLOADS)}, got {', '.join(unknown)}")
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        if options.growth:
            run.growth(options.threads, options.out, options.quick)
        else:
            run.workloads(keys, options.threads, options.out, options.quick)
    except run.Disagreement as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        command.error(f"--out: cannot write to {options.out}: {error.strerror}")
    except KeyboardInterrupt:
        print("benchmarks: interrupted; what was measured up to here has been printed", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks`: measure, print, and keep the figures as JSON and as pictures."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks import machine


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    command = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time train steps and dropout, next to PyTorch, JAX, MyGrad and plain NumPy, in one process.",
    )
    command.add_argument(
        "--quick", action="store_true", help="fewer and shorter rounds, without memory (takes a minute)"
    )
    command.add_argument(
        "--threads", type=int, default=1, help="threads of every contender (default: 1); in --compare, its cores"
    )
    command.add_argument("--only", metavar="W1,W3", help="run only some workloads (default: all)")
    instead = command.add_mutually_exclusive_group()
    instead.add_argument(
        "--growth", action="store_true", help="measure how time and memory grow instead (takes a quarter of an hour)"
    )
    instead.add_argument(
        "--compare",
        action="store_true",
        help="measure the whole of `tinygrad-dropout compare` and the same in PyTorch instead (takes minutes)",
    )
    command.add_argument(
        "--keep-kernel", action="store_true", help="keep OPENBLAS_CORETYPE and similar variables as they are set"
    )
    command.add_argument("--out", type=Path, default=Path("runs/benchmarks"), help="folder (default: runs/benchmarks)")
    return command


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns 0 for success, 1 if contenders disagree or fail, 2 for a wrong argument or folder."""
    command = parser()
    options = command.parse_args(arguments)
    if not 1 <= options.threads <= machine.usable_cores():
        command.error(f"--threads: expected 1 to {machine.usable_cores()}, the number of cores, got {options.threads}")
    if options.compare and find_spec("torch") is None:
        command.error("--compare: expected PyTorch to be installed: pip install torch")
    machine.set_threads(options.threads)  # before NumPy and the others are imported

    from benchmarks import run
    from benchmarks.workloads import WORKLOADS

    keys = [key.strip() for key in options.only.split(",")] if options.only else list(WORKLOADS)
    if unknown := [key for key in keys if key not in WORKLOADS]:
        command.error(f"--only: expected some of {', '.join(WORKLOADS)}, got {', '.join(unknown)}")
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        if not options.keep_kernel:
            run_again_if_forced()
        if options.compare:
            run.compare(options.threads, options.out, options.quick)
        elif options.growth:
            run.growth(options.threads, options.out, options.quick)
        else:
            run.workloads(keys, options.threads, options.out, options.quick)
    except (run.Disagreement, run.Failed) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output stopped, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        command.error(f"--out: cannot write to {options.out}: {error.strerror}")
    except KeyboardInterrupt:
        print("benchmarks: interrupted; everything measured so far has been printed", file=sys.stderr)
        return 130
    return 0


def run_again_if_forced() -> None:
    """If environment variables force a kernel, replace this process by the same one without them."""
    from benchmarks import kernels

    if forced := kernels.forced(os.environ, kernels.used()[0]):
        settings = kernels.settings(forced)
        because = "so that libraries choose their own kernels (--keep-kernel prevents this)"
        print(f"Running again without {settings}, {because}.", flush=True)
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], kernels.without(os.environ, forced))


if __name__ == "__main__":
    sys.exit(main())

"""The command `tinygrad-dropout study`: replay one backward pass, as a page or as text."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from pathlib import Path

from tinygrad_dropout.cli.arguments import complain, number, whole_number
from tinygrad_dropout.study.bugs import BUGS
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.replay import MAX_NODES
from tinygrad_dropout.study.script import EXAMPLE, Run, ScriptFailed, run_script
from tinygrad_dropout.study.trace import Pass
from tinygrad_dropout.study.wrong_run import find_bug

DESCRIPTION = """\
Record a real backward pass and show it step by step, as a page that opens in the browser or as text.

Without SCRIPT, it is the backward pass of a small MLP with dropout. With SCRIPT, the script runs as
`python SCRIPT ARGUMENTS` would, and its backward passes are recorded under the names of its own variables."""

EXAMPLES = """\
examples:
  tinygrad-dropout study
  tinygrad-dropout study --text
  tinygrad-dropout study --bug backward-forgets-the-scale
  tinygrad-dropout study --no-open --out runs/replay.html train.py --epochs 1
  tinygrad-dropout study --pass 3 train.py

Options go before SCRIPT. Everything after SCRIPT is passed to the script."""

OUT, P = "replay.html", 0.4


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `study`."""
    parser.add_argument("script", metavar="SCRIPT", nargs="?", help="a script that calls backward()")
    parser.add_argument("arguments", metavar="ARGUMENTS", nargs=argparse.REMAINDER, help="the arguments of the script")
    parser.add_argument("--out", metavar="FILE", help=f"where to write the page (default: {OUT})")
    parser.add_argument("--no-open", action="store_true", help="do not open the page in the browser")
    parser.add_argument("--text", action="store_true", help="print the steps; write no page unless --out is given")
    parser.add_argument(
        "--pass", dest="chosen", metavar="N", type=whole_number,
        help="show only the script's N-th backward pass, with its variants",
    )  # fmt: skip
    parser.add_argument("--bug", metavar="NAME", help="also run the pass with a wrong backward: " + ", ".join(BUGS))
    parser.add_argument("--p", type=number, help=f"probability that a unit of the MLP is dropped (default: {P})")
    parser.add_argument("--seed", type=whole_number, help="seed of the MLP's random numbers (default: 0)")
    parser.add_argument(
        "--max-nodes", metavar="N", type=whole_number, help="show passes of at most N operations (default: 300)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Record the passes, then show them."""
    if problem := wrong_options(options):
        return complain(problem)
    try:
        ran = recorded(options)
        if ran.traceback:
            print(ran.traceback, file=sys.stderr)
            complain(f"{options.script} failed; the passes before that are shown")
        if options.text:
            print(ran.replay)
        code = write_page(ran, options) if options.out or not options.text else 0
    except ScriptFailed as error:
        print(error.traceback, file=sys.stderr)
        return complain(str(error))
    except StudyError as error:
        return complain(f"--{error}" if str(error).startswith("bug: ") else str(error))
    return code or int(ran.traceback != "")


def wrong_options(options: argparse.Namespace) -> str:
    """What is wrong with the options, or ""."""
    if options.p is not None and not 0 <= options.p <= 1:
        return f"--p: expected a probability from 0 to 1, got {options.p:g}"
    if options.seed is not None and options.seed < 0:
        return f"--seed: expected at least 0, got {options.seed}"
    for option, value in (("--pass", options.chosen), ("--max-nodes", options.max_nodes)):
        if value is not None and value < 1:
            return f"{option}: expected at least 1, got {value}"
    if options.script is None and options.chosen is not None:
        return "--pass: expected a SCRIPT to take the pass from"
    if options.script and (options.p is not None or options.seed is not None):
        return "--p and --seed only apply to the MLP that is shown without a SCRIPT"
    return ""


def recorded(options: argparse.Namespace) -> Run:
    """Run the script or the example, and record it."""
    p = P if options.p is None else options.p
    return run_script(
        options.script or EXAMPLE,
        options.arguments if options.script else [str(p), str(options.seed or 0)],
        chosen=options.chosen,
        bug=find_bug(options.bug) if options.bug else None,
        max_nodes=options.max_nodes or MAX_NODES,
    )


def write_page(ran: Run, options: argparse.Namespace) -> int:
    """Write the page, say what it contains, and open it."""
    path = Path(options.out or OUT)
    page = ran.replay.html()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        return complain(f"--out: cannot write {path}: {error.strerror}")
    if options.script:
        print(table(ran.passes, options.chosen))
    kept = f"{len(ran.replay.passes)} backward passes" if len(ran.replay.passes) > 1 else "one backward pass"
    print(f"{path}: {kept}, {len(page.encode()) // 1000} kB")
    if not options.no_open and not webbrowser.open(path.resolve().as_uri()):
        print("No browser was found; open the file yourself.")
    return 0


def table(passes: list[Pass], chosen: int | None) -> str:
    """A table of the passes that ran, one per line."""
    shown = passes[:20] if chosen is None else passes[-1:]
    lines = ["pass  operations          loss  called at"]
    for one in shown:
        loss = f"{one.loss.item():.6g}" if one.loss.size == 1 else "an array"
        place = f"{Path(one.source_line.file).name}:{one.source_line.line}" if one.source_line else ""
        lines.append(
            f"{one.number:4}  {one.operations:10}  {loss:>12}  {place}" + ("" if one.steps else "  (not shown)")
        )
    if len(shown) < len(passes) and chosen is None:
        lines.append(f" ...  and {len(passes) - len(shown):,} more; choose one with --pass N")
    return "\n".join(lines)

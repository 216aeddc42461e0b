"""The command `tinygrad-dropout conformance`: is this dropout layer correct?"""

from __future__ import annotations

import argparse
import shutil
import sys
from textwrap import fill

from tinygrad_dropout.cli.arguments import complain, names, number, numbers, whole_number, whole_numbers
from tinygrad_dropout.conformance.process import check_target
from tinygrad_dropout.conformance.target import TargetError

DESCRIPTION = """\
Test a dropout layer: its rate, its scale, the independence of its mask, its backward, eval mode, p = 0 and p = 1.

TARGET is path/to/file.py:Name or package.module:Name, where Name is a class, a function or a framework's own layer. A
class is called as Name(p, rng=rng), where p is the probability of dropping and rng a numpy.random.Generator, or as
Name(p) if it takes no rng. docs/conformance_frameworks.md shows what else works, and what to write for the rest."""

EXAMPLES = """\
examples:
  tinygrad-dropout conformance my_layers.py:Dropout
  tinygrad-dropout conformance tinygrad_dropout.nn:Dropout
  tinygrad-dropout conformance torch.nn:Dropout
  tinygrad-dropout conformance torch.nn:Dropout2d --shared-axes 2,3
  tinygrad-dropout conformance my_layers.py:Half --dtypes float16 --forward-only

exit code: 0 for no error (edge cases are listed), 1 for an error, 2 for a mistake in the command, 3 if the target could
not be tested; the report then says what to write instead."""

SEEDS, TIME_LIMIT = 3, 60.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `conformance`."""
    parser.add_argument("target", metavar="TARGET", help="file.py:Name or package.module:Name")
    parser.add_argument(
        "--seeds",
        metavar="N",
        type=whole_number,
        default=SEEDS,
        help=f"how often to test it, each time with another seed (default: {SEEDS})",
    )
    parser.add_argument(
        "--time-limit",
        metavar="SECONDS",
        type=number,
        default=TIME_LIMIT,
        help=f"stop a layer that does not return by then (default: {TIME_LIMIT:g})",
    )
    parser.add_argument("--strict", action="store_true", help="treat edge cases as errors")
    parser.add_argument("--allow", metavar="CODES", type=names, default=(), help="codes of findings that you accept")
    examined = parser.add_argument_group("what is tested")
    depth = examined.add_mutually_exclusive_group()
    for name, text in (
        ("quick", "only the fastest tests"),
        ("thorough", "more tests, on larger arrays"),
    ):
        depth.add_argument(f"--{name}", dest="depth", action="store_const", const=name, help=text)
    add = examined.add_argument
    add(
        "--dtypes",
        metavar="NAMES",
        type=names,
        help="which of float64, float32 and float16 to test; the main one first",
    )
    add(
        "--shapes",
        metavar="SHAPES",
        type=shapes,
        help="shapes of the arrays, if the layer accepts no others: 32x3x8x8,64x100",
    )
    add("--rates", metavar="P,P,...", type=numbers, help="values of p, if the layer accepts no others")
    add("--shared-axes", metavar="AXES", type=whole_numbers, help="axes along which elements are dropped together: 2,3")
    add("--forward-only", action="store_true", help="the layer has no backward")
    add(
        "--convention",
        metavar="NAME",
        help="inverted (default); original, which scales in eval mode; or keep-probability, where p is that of keeping",
    )
    add("--noise", metavar="NAME", help="mask (default), or gaussian with mean 1 and variance p/(1 - p)")
    parser.set_defaults(run=run)


OPTIONS = ("allow", "depth", "dtypes", "shapes", "rates", "shared_axes", "forward_only", "convention", "noise")


def shapes(text: str) -> tuple[tuple[int, ...], ...]:
    """An option's value as shapes: `32x3x8x8,64x100`."""
    try:
        return tuple(tuple(int(size) for size in shape.split("x")) for shape in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected shapes such as 32x3x8x8,64x100, got {text!r}") from None


def run(options: argparse.Namespace) -> int:
    """Test the target and print the report."""
    if options.seeds < 1:
        return complain(f"--seeds: expected at least 1, got {options.seeds}")
    if not 0 < options.time_limit < float("inf"):
        return complain(f"--time-limit: expected a number of seconds above 0, got {options.time_limit:g}")
    chosen = {name: value for name in OPTIONS if (value := getattr(options, name)) not in (None, False, ())}
    try:
        report = check_target(
            options.target, seeds=options.seeds, time_limit=options.time_limit, strict=options.strict, options=chosen
        )
    except TargetError as error:
        name = str(error).partition(": expected ")[0]
        return complain(f"--{error}" if name in OPTIONS else str(error))
    print(for_the_terminal(str(report)) if sys.stdout.isatty() else report)
    found = {finding.code for finding in report.allowed}
    for code in options.allow or ():
        if code not in found and report.examined:
            print(f"--allow {code}: this run has no such finding.")
    return report.exit_code(options.strict)


def for_the_terminal(report: str) -> str:
    """A report with its lines wrapped between words; code to paste stays as it is."""
    width = shutil.get_terminal_size().columns
    text, instead, code = report.partition("\nWrite this instead:\n")
    lines = []
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        further = indent + ("   " if line.lstrip()[:1].isdigit() else "  ")
        lines.append(
            fill(line, width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False)
            if len(line) > width
            else line
        )
    return "\n".join(lines) + instead + code

"""The command `tinygrad-dropout conformance`: is this dropout layer right?"""

from __future__ import annotations

import argparse

from tinygrad_dropout.cli.typed import complain, number, whole_number

HELP = "examine a dropout layer, anybody's, and name what is wrong with it"

DESCRIPTION = """\
Examine a dropout layer: its rate, its scale, the independence of its mask, its backward, eval mode, p = 0 and p = 1.

TARGET is path/to/file.py:ClassName or package.module:ClassName. The class is made as ClassName(p, rng=rng), with p the
probability of dropping and rng a numpy.random.Generator, or as ClassName(p) if it takes no rng. It has forward(x) and
backward(g) on NumPy arrays and an attribute training; a Module of tinygrad_dropout's or of PyTorch's will do, too."""

EXAMPLES = """\
examples:
  tinygrad-dropout conformance my_layers.py:Dropout
  tinygrad-dropout conformance tinygrad_dropout.nn:Dropout
  tinygrad-dropout conformance torch.nn:Dropout

exit code: 0 if nothing is wrong, 1 if something is, 2 if there is no such class."""

SEEDS, TIME_LIMIT = 3, 60.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `conformance`."""
    parser.add_argument("target", metavar="TARGET", help="file.py:ClassName or package.module:ClassName")
    parser.add_argument(
        "--seeds", metavar="N", type=whole_number, default=SEEDS, help=f"examinations (default: {SEEDS})"
    )
    parser.add_argument(
        "--time-limit",
        metavar="SECONDS",
        type=number,
        default=TIME_LIMIT,
        help=f"stop a layer that does not return (default: {TIME_LIMIT:g})",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the report."""
    from tinygrad_dropout.conformance.process import check_target
    from tinygrad_dropout.conformance.target import TargetError

    if options.seeds < 1:
        return complain(f"--seeds: expected at least 1, got {options.seeds}")
    if not 0 < options.time_limit < float("inf"):
        return complain(f"--time-limit: expected a number of seconds above 0, got {options.time_limit:g}")
    try:
        report = check_target(options.target, seeds=options.seeds, time_limit=options.time_limit)
    except TargetError as error:
        return complain(str(error))
    print(report)
    return 0 if report.ok else 1

"""The command `tinygrad-dropout`: one file here for each of its sub-commands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from tinygrad_dropout import __version__
from tinygrad_dropout.cli import build, compare, conformance, drill, lab, play, study
from tinygrad_dropout.cli.arguments import INTERRUPTED, Parser, complain, print_help

COMMANDS = {
    "build": build,
    "compare": compare,
    "conformance": conformance,
    "drill": drill,
    "lab": lab,
    "play": play,
    "study": study,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: what was typed after `tinygrad-dropout`; None for what was typed to start this process.

    Returns:
        The exit code: 0; 1 if the layer examined is wrong, or whoever read the output stopped reading; 2 for what
        cannot be done, a mistake in what was asked for above all; 130 after Ctrl-C.
    """
    replace_closed_streams()
    if sys.stdout is None:  # `>&-`
        return complain("the output could not be written: it is closed")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show is no reason to stop
    try:
        options = build_parser().parse_args(arguments)
        code: int = options.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return complain("interrupted", INTERRUPTED)
    except BrokenPipeError:  # whoever read our output has stopped, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a full disk behind `>`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return complain(f"the output could not be written: {error.strerror}")
    return code


def replace_closed_streams() -> None:
    """Put the null device where `<&-` or `2>&-` left nothing: the next file to be opened would take that place."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115


def build_parser() -> Parser:
    """Everything that can be typed."""
    parser = Parser("tinygrad-dropout", description="See what dropout does.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"tinygrad-dropout {__version__}")
    parser.set_defaults(run=lambda _: print_help(parser))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.add_options(
            commands.add_parser(
                name,
                help=command.HELP,
                description=command.DESCRIPTION,
                epilog=command.EXAMPLES,
                formatter_class=argparse.RawDescriptionHelpFormatter,
                allow_abbrev=False,
            )
        )
    return parser

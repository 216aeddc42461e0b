"""The command `tinygrad-dropout`: one module here for each of its commands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

from tinygrad_dropout import __version__
from tinygrad_dropout.cli.arguments import INTERRUPTED, Parser, complain, print_help

COMMANDS = {
    "study": "step through one backward pass, with every gradient worked out",
    "play": "watch two networks train in your browser, one with dropout",
    "compare": "train an MLP with and without dropout, on your own data too",
    "lab": "more experiments: when dropout helps, its rivals, its theory",
    "drill": "exercises whose grader names your bug, question cards, interviews",
    "build": "write your own framework in ten stages",
    "conformance": "test any dropout layer, and name what is wrong with it",
}

DESCRIPTION = """\
Read, run and measure backpropagation and dropout, and be tested on them.

commands:
""" + "\n".join(f"  {name:13}{text}" for name, text in COMMANDS.items())

EXAMPLES = """\
start here:
  tinygrad-dropout study
  tinygrad-dropout compare
  tinygrad-dropout drill start

`tinygrad-dropout COMMAND --help` explains a command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: the words after `tinygrad-dropout`; None for those of this process.

    Returns:
        The exit code: 0 for success; 1 if something examined is wrong or the output's reader closed it; 2 for a
        mistake in the command or anything else that cannot be done; 130 after Ctrl-C.
    """
    replace_closed_streams()
    if sys.stdout is None:  # `>&-`
        return complain("the output could not be written: it is closed")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a character the terminal lacks must not stop us
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        code: int = options.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return complain("interrupted", INTERRUPTED)
    except BrokenPipeError:  # the reader of our output stopped, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a full disk behind `>`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return complain(f"the output could not be written: {error.strerror}")
    return code


def replace_closed_streams() -> None:
    """Open the null device where `<&-` or `2>&-` closed a stream, or the next file opened would take its place."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse a command line. The `run` of the result is the function that runs the command.

    Only the module of the command in question is imported.
    """
    parser = Parser(
        "tinygrad-dropout",
        usage="tinygrad-dropout [-h] [--version] COMMAND ...",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("--version", action="version", version=f"tinygrad-dropout {__version__}")
    parser.set_defaults(run=lambda _: print_help(parser))
    commands = parser.add_subparsers(prog="tinygrad-dropout", metavar="COMMAND", help=argparse.SUPPRESS)
    typed = next((argument for argument in arguments if not argument.startswith("-")), None)
    for name in COMMANDS:
        added = commands.add_parser(name)
        if name == typed:
            command = import_module(f"{__name__}.{name}")
            added.description, added.epilog = command.DESCRIPTION, command.EXAMPLES
            command.add_options(added)
    return parser.parse_args(arguments)

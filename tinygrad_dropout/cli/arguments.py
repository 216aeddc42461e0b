"""What the commands share: declaring options, reading their values, and reporting mistakes."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from difflib import get_close_matches
from shutil import get_terminal_size
from typing import Any, NoReturn

from tinygrad_dropout.drills.layout import reflow, wrap

MISTAKE = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells have it

Option = tuple[str, Callable[[str], object] | None, str]
"""An option: its flag and the name of its value, the function that reads the value, and its help.

For an option without a value, the function is `bool` if it also has a --no-... form, and None if not.
"""


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Help whose paragraphs are filled to the width of the terminal; those with indented lines are left alone."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return reflow(text, width)

    def _split_lines(self, text: str, width: int) -> list[str]:
        """The help of an option in lines, which are not broken within `--no-regression` or the name of a bug."""
        return wrap(" ".join(text.split()), width).split("\n")


class Parser(argparse.ArgumentParser):
    """A parser that reports a mistake in one sentence, without repeating the usage. Options are never abbreviated."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"formatter_class": HelpFormatter, "allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        self.exit(complain(in_our_words(message.removeprefix("argument "))))


def in_our_words(message: str) -> str:
    """A message of argparse. One about a wrong choice becomes what was expected and given, and the nearest choice."""
    wrong = re.fullmatch(r"(?s)(.*?: )invalid choice: (.*?)(?:, maybe you meant .*)? \(choose from (.*)\)", message)
    if wrong is None:
        return message
    place, given, choices = wrong[1], wrong[2], [choice.strip("'") for choice in wrong[3].split(", ")]
    near = get_close_matches(given.strip("'"), choices, 1)
    expected = " or ".join(filter(None, [", ".join(choices[:-1]), choices[-1]]))
    return f"{place}expected {expected}, got {given}" + (f"; did you mean {near[0]!r}?" if near else "")


def complain(problem: str, code: int = MISTAKE) -> int:
    """Print a problem to stderr, and return the exit code."""
    with suppress(OSError):  # a full disk behind `2>`: there is nowhere to print
        said = f"tinygrad-dropout: {problem}"
        if sys.stderr.isatty():
            said = wrap(said, get_terminal_size().columns)
        print(said, file=sys.stderr, flush=True)
    return code


def print_help(parser: argparse.ArgumentParser) -> int:
    """Print the help when no command is given."""
    parser.print_help()
    return 0


def declare_options(parser: argparse._ActionsContainer, options: Iterable[Option]) -> None:
    """Add options to a parser or to one of its groups. An option that is not given stays out of the namespace."""
    for option, read, text in options:
        flag, _, metavar = option.partition(" ")
        if read is None:
            parser.add_argument(flag, action="store_true", default=argparse.SUPPRESS, help=text)
        elif read is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=argparse.SUPPRESS, help=text)
        else:
            parser.add_argument(flag, metavar=metavar, type=read, default=argparse.SUPPRESS, help=text)


def whole_number(text: str) -> int:
    """An option's value as an int."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a whole number, got {text!r}") from None


def name_of_file(text: str) -> str:
    """An option's value as the name of a file or folder. (An unset shell variable gives an empty one.)"""
    if not text:
        raise argparse.ArgumentTypeError("expected the name of a file or folder, got an empty string")
    return text


def number(text: str) -> float:
    """An option's value as a float."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number, got {text!r}") from None


def whole_numbers(text: str) -> tuple[int, ...]:
    """An option's value as ints."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected whole numbers separated by commas, got {text!r}") from None


def names(text: str) -> tuple[str, ...]:
    """An option's value as names."""
    return tuple(text.split(","))


def numbers(text: str) -> tuple[float, ...]:
    """An option's value as floats."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected numbers separated by commas, got {text!r}") from None

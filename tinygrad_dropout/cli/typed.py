"""What the commands share: how what was typed is read, and how a mistake in it is reported."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn

MISTAKE = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells have it


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without repeating how the command is used."""

    def error(self, message: str) -> NoReturn:
        self.exit(complain(message.removeprefix("argument ")))


def complain(problem: str, code: int = MISTAKE) -> int:
    """Say in one sentence what is wrong."""
    print(f"tinygrad-dropout: {problem}", file=sys.stderr)
    return code


def print_help(parser: argparse.ArgumentParser) -> int:
    """What is said where no command is given."""
    parser.print_help()
    return 0


def in_one_sentence(experiment: Callable[[], int]) -> int:
    """Run an experiment of the lab; what cannot be done is said in one sentence.

    Returns:
        The experiment's exit code, or that of a mistake.
    """
    from tinygrad_dropout.lab.errors import LabError, OptionError

    try:
        return experiment()
    except OptionError as error:
        return complain(f"--{error.option.replace('_', '-')}: {error.problem}")
    except LabError as error:
        return complain(str(error))
    except MemoryError as error:
        return complain(f"there is not enough memory: {error}")


def whole_number(text: str) -> int:
    """An option's value as an int."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a whole number, got {text!r}") from None


def name_of_file(text: str) -> str:
    """An option's value as the name of a file or folder: a variable that was not set gives an empty one."""
    if not text:
        raise argparse.ArgumentTypeError("expected the name of a file or folder, got an empty text")
    return text


def number(text: str) -> float:
    """An option's value as a float."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number, got {text!r}") from None


def widths(text: str) -> tuple[int, ...]:
    """The value of --hidden."""
    try:
        return tuple(int(width) for width in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected whole numbers with commas between, as 256,256, got {text!r}"
        ) from None

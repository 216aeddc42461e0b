"""Commands whose results a page shows: each is run once, its folder is saved, and the page is made from the folder."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from tinygrad_dropout import cli
from tinygrad_dropout.lab.trials import Outcome


def make(command: str, folder: Path) -> None:
    """Run a command, and replace the saved folder with its results."""
    shutil.rmtree(folder, ignore_errors=True)
    code = cli.main([*shlex.split(command)[1:], "--out", str(folder)])
    if code:
        sys.exit(code)


def report(outcome: Outcome) -> str:
    """The printed report, without trailing spaces."""
    return "\n".join(line.rstrip() for line in str(outcome).splitlines())


def session(command: str, *outcomes: Outcome) -> str:
    """A Markdown block with a command and its output."""
    printed = "\n\n".join(map(report, outcomes))
    return f"```\n$ {command}\n{printed}\n```"

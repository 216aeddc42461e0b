"""Evidence about dropout as commands: when it helps, what it competes with, what it changes; a file for each."""

from __future__ import annotations

from tinygrad_dropout.cli.lab.command import Command
from tinygrad_dropout.cli.lab.evidence import paper, rivals, sweep, uncertainty, when


def commands() -> dict[str, Command]:
    """The experiments as commands, by name; their options have the defaults."""
    modules = {"when": when, "sweep": sweep, "rivals": rivals, "uncertainty": uncertainty, "paper": paper}
    return {name: module.command() for name, module in modules.items()}

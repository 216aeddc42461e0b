"""The experiments that collect evidence about dropout, as commands: one module each."""

from __future__ import annotations

from tinygrad_dropout.cli.lab.command import Command
from tinygrad_dropout.cli.lab.evidence import boundary, coadaptation, paper, rivals, sweep, uncertainty, when

MODULES = {
    "when": when,
    "sweep": sweep,
    "rivals": rivals,
    "coadaptation": coadaptation,
    "uncertainty": uncertainty,
    "boundary": boundary,
    "paper": paper,
}


def commands() -> dict[str, Command]:
    """The experiments as commands, by name, with the defaults of their options."""
    return {name: module.command() for name, module in MODULES.items()}

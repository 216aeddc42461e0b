"""The command `lab when`."""

from __future__ import annotations

from tinygrad_dropout.cli.arguments import names
from tinygrad_dropout.cli.comparison_options import run_options
from tinygrad_dropout.cli.lab.command import QUICK, Command
from tinygrad_dropout.lab.evidence.when import SETTINGS, WhenOptions


def command() -> Command:
    """`lab when`: where dropout helps."""
    return Command(
        "where dropout helps, does nothing, and hurts",
        "Compare the same networks with and without dropout in seven settings: noisy digits, clean digits, few\n"
        "examples, MNIST-1D, two moons, tiny networks and short training. Say where dropout helps, where it shows\n"
        "no effect and where it hurts. The intervals are corrected for the number of settings.",
        {
            "settings": [("--settings NAME,NAME", names, f"some of {', '.join(SETTINGS)} (default: all)")],
            "run": [QUICK, *run_options("pairs of each setting", str(WhenOptions.seeds), "lab-when")],
        },
    )

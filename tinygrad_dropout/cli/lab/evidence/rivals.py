"""The command `lab rivals`."""

from __future__ import annotations

from tinygrad_dropout.cli.comparison_options import comparison_options, run_options, without
from tinygrad_dropout.cli.lab.command import QUICK, Command
from tinygrad_dropout.lab.evidence.rivals import RivalsOptions

DESCRIPTION = """\
Compare dropout with Gaussian dropout, DropConnect, weight decay, max-norm, early stopping and label smoothing. For each
seed, every method is tried at four strengths on the same split. The strength with the lowest loss on a validation part
of the training examples is chosen; the test examples play no part in that. We chose the strengths themselves after
seeing results of seeds 0 to 9 and 100 to 104 on the default data, so the default seeds start at 1000."""


def command() -> Command:
    """`lab rivals`: dropout and its rivals."""
    groups = without(comparison_options(), "--early-stopping", "--patience", "--p", "--input-p")
    seeds = run_options("seeds", str(RivalsOptions.seeds), "lab-rivals", first_seed=RivalsOptions.first_seed)
    return Command(
        "dropout and six rivals, each tuned on the same validation data",
        DESCRIPTION,
        {
            "data": groups["data"],
            "network": groups["network and dropout"],
            "training": groups["training"],
            "run": [QUICK, *seeds],
        },
    )

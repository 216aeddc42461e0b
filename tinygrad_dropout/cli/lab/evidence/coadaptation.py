"""The command `lab coadaptation`."""

from __future__ import annotations

from tinygrad_dropout.cli.arguments import number, whole_number
from tinygrad_dropout.cli.comparison_options import run_options
from tinygrad_dropout.cli.lab.command import QUICK, Command
from tinygrad_dropout.lab.evidence.coadaptation.options import CoadaptationOptions as Coadaptation


def command() -> Command:
    """`lab coadaptation`: what dropout changes inside a network."""
    return Command(
        "what dropout changes inside a network, and which claims about that hold",
        "Train networks with and without dropout: classifiers on noisy and on clean digits, and an autoencoder.\n"
        "Remove their units in random order, one at a time and in pairs. Measure what a single unit knows, how\n"
        "active the units are and how similar. Say which of the usual claims hold and which do not.",
        {
            "networks": [
                ("--p P", number, f"probability that a hidden unit is dropped (default: {Coadaptation.p})"),
                ("--hidden N", whole_number, "units in each hidden layer; a classifier has two such layers and the "
                 f"autoencoder one (default: {Coadaptation.hidden})"),
                ("--train-size N", whole_number, f"training examples (default: {Coadaptation.train_size})"),
                ("--epochs N", whole_number, "epochs of a classifier "
                 f"(default: {Coadaptation.epochs})"),
                ("--autoencoder-epochs N", whole_number, "epochs of the autoencoder "
                 f"(default: {Coadaptation.autoencoder_epochs:,})"),
            ],
            "what is measured": [
                ("--orders N", whole_number, "number of random orders in which units are removed "
                 f"(default: {Coadaptation.orders})"),
                ("--pairs N", whole_number, "number of pairs of units whose interaction is measured "
                 f"(default: {Coadaptation.pairs})"),
            ],
            "run": [
                QUICK, *run_options("pairs of networks in each setting", str(Coadaptation.seeds),
                                    "lab-coadaptation", first_seed=Coadaptation.first_seed),
            ],
        },
    )  # fmt: skip

"""What dropout changes in a network, as commands: co-adaptation and the decision boundary."""

from __future__ import annotations

from tinygrad_dropout.cli.comparison_options import run_options
from tinygrad_dropout.cli.lab.command import Command
from tinygrad_dropout.cli.lab.evidence import QUICK
from tinygrad_dropout.cli.typed import number, whole_number


def commands() -> dict[str, Command]:
    """The experiments as commands, by name; their options have the defaults."""
    from tinygrad_dropout.lab.evidence.boundary.options import BoundaryOptions as Boundary
    from tinygrad_dropout.lab.evidence.coadaptation.options import CoadaptationOptions as Coadaptation

    return {
        "coadaptation": Command(
            "what dropout changes inside a network, and which claims about it hold",
            "Train networks with and without dropout: classifiers on noisy and on clean digits, and an autoencoder.\n"
            "Remove their units in random order, one at a time and in pairs; measure what a single unit knows, how\n"
            "active the units are and how alike. Say which of the usual claims hold and which don't.",
            {
                "networks": [
                    ("--p P", number, f"probability that a hidden unit is dropped (default: {Coadaptation.p})"),
                    ("--hidden N", whole_number, "units of each hidden layer, of which a classifier has two and the "
                     f"autoencoder one (default: {Coadaptation.hidden})"),
                    ("--train-size N", whole_number, f"training examples (default: {Coadaptation.train_size})"),
                    ("--epochs N", whole_number, "passes over the training examples for a classifier "
                     f"(default: {Coadaptation.epochs})"),
                    ("--autoencoder-epochs N", whole_number, "the same for the autoencoder "
                     f"(default: {Coadaptation.autoencoder_epochs:,})"),
                ],
                "what is measured": [
                    ("--orders N", whole_number, "random orders in which units are removed "
                     f"(default: {Coadaptation.orders})"),
                    ("--pairs N", whole_number, "pairs of units whose synergy is measured "
                     f"(default: {Coadaptation.pairs})"),
                ],
                "run": [
                    QUICK, *run_options("pairs of networks in each setting", str(Coadaptation.seeds),
                                        "lab-coadaptation"),
                ],
            },
        ),
        "boundary": Command(
            "how long and how broken the decision boundary is, on two moons",
            "Train networks with and without dropout on two moons, on two moons with random labels, and with few\n"
            "units. Draw their decision boundaries; say whether dropout makes them shorter and less broken, and what\n"
            "happens to the accuracy.",
            {
                "networks": [
                    ("--p P", number, f"probability that a hidden unit is dropped (default: {Boundary.p})"),
                    ("--hidden N", whole_number, f"units of both hidden layers (default: {Boundary.hidden})"),
                    ("--few N", whole_number, f"the same in the setting with few units (default: {Boundary.few})"),
                    ("--train-size N", whole_number, f"training points (default: {Boundary.train_size})"),
                    ("--label-noise X", number, "fraction of the training labels that are made random in the noisy "
                     f"setting (default: {Boundary.label_noise})"),
                    ("--epochs N", whole_number, "steps of gradient descent, each on all training points "
                     f"(default: {Boundary.epochs:,})"),
                ],
                "picture": [
                    ("--grid N", whole_number, "points on each side of the grid on which the mean probability is drawn "
                     f"(default: {Boundary.grid})"),
                ],
                "run": [QUICK, *run_options("pairs of networks in each setting", str(Boundary.seeds), "lab-boundary")],
            },
        ),
    }  # fmt: skip

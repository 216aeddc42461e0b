"""The command `lab boundary`."""

from __future__ import annotations

from tinygrad_dropout.cli.arguments import number, whole_number
from tinygrad_dropout.cli.comparison_options import run_options
from tinygrad_dropout.cli.lab.command import QUICK, Command
from tinygrad_dropout.lab.evidence.boundary.options import BoundaryOptions as Boundary


def command() -> Command:
    """`lab boundary`: the decision boundary with and without dropout."""
    return Command(
        "how long and how fragmented the decision boundary is, on two moons",
        "Train networks with and without dropout on two moons, on two moons with noisy labels, and with few\n"
        "units. Draw their decision boundaries; say whether dropout makes them shorter and less fragmented,\n"
        "and what happens to the accuracy.",
        {
            "networks": [
                ("--p P", number, f"probability that a hidden unit is dropped (default: {Boundary.p})"),
                ("--hidden N", whole_number, f"units in each of the two hidden layers (default: {Boundary.hidden})"),
                ("--few N", whole_number, f"the same, in the setting with few units (default: {Boundary.few})"),
                ("--train-size N", whole_number, f"training points (default: {Boundary.train_size})"),
                ("--label-noise X", number, "fraction of training labels to randomize in the noisy "
                 f"setting (default: {Boundary.label_noise})"),
                ("--epochs N", whole_number, "gradient descent steps, each on all training points "
                 f"(default: {Boundary.epochs:,})"),
            ],
            "picture": [
                ("--grid N", whole_number, "points per side of the grid on which the mean probability is drawn "
                 f"(default: {Boundary.grid})"),
            ],
            "run": [
                QUICK, *run_options("pairs of networks in each setting", str(Boundary.seeds), "lab-boundary",
                                    first_seed=Boundary.first_seed),
            ],
        },
    )  # fmt: skip

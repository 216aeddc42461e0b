"""The theory of dropout as commands: expectation, ensemble, ridge."""

from __future__ import annotations

from tinygrad_dropout.cli.arguments import Option, name_of_file, number, numbers, whole_number, whole_numbers
from tinygrad_dropout.cli.lab.command import Command
from tinygrad_dropout.lab.theory.ensemble import MAX_UNITS
from tinygrad_dropout.lab.theory.ensemble import Options as Ensemble
from tinygrad_dropout.lab.theory.expectation import Options as Expectation
from tinygrad_dropout.lab.theory.ridge import MAX_FEATURES
from tinygrad_dropout.lab.theory.ridge import Options as Ridge


def commands() -> dict[str, Command]:
    """The experiments as commands, by name, with the defaults of their options."""
    rates = ",".join(f"{p:g}" for p in Ridge.p)
    layers = ",".join(map(str, Ensemble.layers))

    def last(name: str) -> list[Option]:
        """The options that every experiment has."""
        return [
            ("--seed N", whole_number, f"seed of the random numbers (default: {Expectation.seed})"),
            ("--out FOLDER", name_of_file, f"folder for results.json and {name}.png (default: runs/lab-{name}-TIME)"),
        ]

    return {
        "expectation": Command(
            "what the next layer receives in training and at test time",
            "Measure what the next layer receives in training and at test time: without scaling, with the original\n"
            "scheme (scale at test time) and with inverted dropout (scale in training).",
            {"": [
                ("--p P", number, f"probability that a unit is dropped (default: {Expectation.p})"),
                ("--units N", whole_number, f"units that dropout is applied to (default: {Expectation.units})"),
                ("--samples N", whole_number, f"number of masks to draw (default: {Expectation.samples:,})"),
                *last("expectation"),
            ]},
        ),
        "ensemble": Command(
            "all subnetworks of a small trained network, compared with weight scaling",
            "Train a small network on digits, run all its subnetworks, and compare their arithmetic and geometric\n"
            "means with weight scaling and Monte Carlo.",
            {"": [
                ("--p P", number, f"probability that a hidden unit is dropped (default: {Ensemble.p})"),
                ("--units N", whole_number, f"total number of hidden units, at most {MAX_UNITS}; they have 2^N "
                 f"subnetworks (default: {Ensemble.units})"),
                ("--layers N,N", whole_numbers, "number of hidden layers: 1, 2, or 1,2 for one network of each "
                 f"(default: {layers})"),
                ("--samples N", whole_number, "most masks that Monte Carlo draws (default: "
                 f"{Ensemble.samples:,})"),
                *last("ensemble"),
            ]},
        ),
        "ridge": Command(
            "linear regression with dropout on its inputs is ridge regression",
            "Enumerate all masks of a linear regression with dropout on its inputs, and compare the expected loss,\n"
            "its gradient and its minimum with the closed form: ridge regression.",
            {"": [
                ("--p P,P", numbers, f"probabilities that an input is dropped (default: {rates})"),
                ("--features N", whole_number, f"number of inputs, at most {MAX_FEATURES}; they have 2^N masks "
                 f"(default: {Ridge.features})"),
                ("--examples N", whole_number, f"rows of the data (default: {Ridge.examples})"),
                *last("ridge"),
            ]},
        ),
    }  # fmt: skip

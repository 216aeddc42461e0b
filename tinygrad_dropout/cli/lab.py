"""The command `tinygrad-dropout lab`: the theory of dropout as small experiments, each with a table and a picture."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from tinygrad_dropout.cli.typed import in_one_sentence, name_of_file, number, print_help, whole_number

HELP = "see the theory of dropout measured: expectation, ensemble, ridge"

DESCRIPTION = "See the theory of dropout measured: each experiment prints a table and draws a picture, in seconds."

EXAMPLES = """\
examples:
  tinygrad-dropout lab expectation
  tinygrad-dropout lab ensemble --p 0.3 --layers 2
  tinygrad-dropout lab ridge --p 0,0.25,0.5 --out runs/ridge

The same options give the same figures, to the last bit."""

Option = tuple[str, Callable[[str], object], str]


@dataclass(frozen=True)
class Command:
    """One experiment as a command.

    Attributes:
        help: what is shown of it beside its name.
        description: what is shown before its options.
        options: for each the flag with the name of its value, how it is read, and what it means.
    """

    help: str
    description: str
    options: tuple[Option, ...]


def numbers(text: str) -> tuple[float, ...]:
    """An option's value as numbers."""
    return tuple(number(part) for part in text.split(","))


def whole_numbers(text: str) -> tuple[int, ...]:
    """An option's value as whole numbers."""
    return tuple(whole_number(part) for part in text.split(","))


def commands() -> dict[str, Command]:
    """The experiments, with the defaults that their options have."""
    from tinygrad_dropout.lab.theory.ensemble import MOST_UNITS
    from tinygrad_dropout.lab.theory.ensemble import Options as Ensemble
    from tinygrad_dropout.lab.theory.expectation import Options as Expectation
    from tinygrad_dropout.lab.theory.ridge import MOST_FEATURES
    from tinygrad_dropout.lab.theory.ridge import Options as Ridge

    rates = ",".join(f"{p:g}" for p in Ridge.p)
    layers = ",".join(map(str, Ensemble.layers))
    seed = ("--seed N", whole_number, f"where all chance comes from (default: {Expectation.seed})")
    return {
        "expectation": Command(
            "what the next layer sees in training and at test time",
            "Measure what the next layer sees in training and at test time: without scaling, with the original scheme\n"
            "(scale at test time), and with inverted dropout (scale in training).",
            (
                ("--p P", number, f"probability that a unit is dropped (default: {Expectation.p})"),
                ("--units N", whole_number, f"activations that go through dropout (default: {Expectation.units})"),
                ("--samples N", whole_number, f"masks drawn (default: {Expectation.samples:,})"),
                seed,
            ),
        ),
        "ensemble": Command(
            "all subnetworks of a small trained net, beside weight scaling",
            "Train a small network on digits, run all its subnetworks, and hold their arithmetic and geometric means\n"
            "beside weight scaling and Monte Carlo.",
            (
                ("--p P", number, f"probability that a hidden unit is dropped (default: {Ensemble.p})"),
                ("--units N", whole_number, f"hidden units over all layers, at most {MOST_UNITS}: 2^N subnetworks "
                 f"(default: {Ensemble.units})"),
                ("--layers N,N", whole_numbers, f"hidden layers: 1, 2, or a network of each (default: {layers})"),
                ("--samples N", whole_number, f"the most masks that Monte Carlo draws (default: {Ensemble.samples:,})"),
                seed,
            ),
        ),
        "ridge": Command(
            "linear regression with dropout on its inputs is ridge regression",
            "Enumerate all masks of a linear regression with dropout on its inputs, and hold the expected loss, its\n"
            "gradient and its minimum against the closed form: ridge regression.",
            (
                ("--p P,P", numbers, f"probabilities that an input is dropped (default: {rates})"),
                ("--features N", whole_number, f"inputs, at most {MOST_FEATURES}: 2^N masks "
                 f"(default: {Ridge.features})"),
                ("--examples N", whole_number, f"rows of the data (default: {Ridge.examples})"),
                seed,
            ),
        ),
    }  # fmt: skip


def add_options(parser: argparse.ArgumentParser) -> None:
    """The experiments, each a sub-command with options of its own; what is not given is left to its `Options`."""
    parser.set_defaults(run=lambda _: print_help(parser))
    experiments = parser.add_subparsers(title="experiments", metavar="EXPERIMENT")
    for name, command in commands().items():
        experiment = experiments.add_parser(
            name,
            help=command.help,
            description=command.description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        out: Option = ("--out FOLDER", name_of_file, f"for {name}.json and {name}.png (default: runs/lab-{name}-TIME)")
        for option, kind, text in (*command.options, out):
            flag, metavar = option.split()
            experiment.add_argument(flag, metavar=metavar, type=kind, default=argparse.SUPPRESS, help=text)
        experiment.set_defaults(run=run_experiment, experiment=name)


def run_experiment(options: argparse.Namespace) -> int:
    """Run an experiment, and turn what cannot be done into a sentence."""
    given = {name: value for name, value in vars(options).items() if name not in ("run", "experiment")}
    return in_one_sentence(lambda: show_experiment(options.experiment, given))


def show_experiment(name: str, given: dict[str, object]) -> int:
    """Run an experiment and print what it found."""
    from tinygrad_dropout.lab import require_extras, theory

    out = str(given.pop("out", Path("runs", f"lab-{name}-{time.strftime('%Y%m%d-%H%M%S')}")))
    options = theory.EXPERIMENTS[name].Options(**given)
    require_extras(needed_by=f"tinygrad-dropout lab {name}")
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    with Console(stderr=True).status(f"{name} is running") if console.is_terminal else nullcontext():
        outcome = theory.run(name, options, out=out)
    outcome.show(console)
    console.print(f"Figures and picture: {out}")
    return 0

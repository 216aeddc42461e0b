"""The command `tinygrad-dropout lab`: the theory of dropout as small experiments, and the merging of folders."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from tinygrad_dropout.cli.experiment import show_experiment, show_outcome
from tinygrad_dropout.cli.typed import (
    Option,
    declare_options,
    in_one_sentence,
    name_of_file,
    number,
    numbers,
    print_help,
    whole_number,
    whole_numbers,
)

HELP = "measure the theory of dropout: expectation, ensemble, ridge; merge results"

DESCRIPTION = """\
Measure the theory of dropout: each experiment prints tables and draws a picture, in seconds.
Or merge the result folders of one of these experiments, or of compare."""

EXAMPLES = """\
examples:
  tinygrad-dropout lab expectation
  tinygrad-dropout lab ensemble --p 0.3 --layers 2
  tinygrad-dropout lab ridge --p 0,0.25,0.5 --out runs/ridge
  tinygrad-dropout lab merge runs/here runs/there --out runs/both

The same options give the same figures: bit for bit on processors of the same type, up to rounding on others."""

MERGE_HELP = "combine folders of one experiment, for example of seeds that ran on several machines"
MERGE_DESCRIPTION = "Write a folder with the records of several folders that differ only in their seeds."


@dataclass(frozen=True)
class Command:
    """One experiment as a command.

    Attributes:
        help: one line for the list of experiments.
        description: what its own help begins with.
        options: its options, without --out.
    """

    help: str
    description: str
    options: tuple[Option, ...]


def commands() -> dict[str, Command]:
    """The experiments as commands, by name."""
    from tinygrad_dropout.lab.theory.ensemble import MOST_UNITS
    from tinygrad_dropout.lab.theory.ensemble import Options as Ensemble
    from tinygrad_dropout.lab.theory.expectation import Options as Expectation
    from tinygrad_dropout.lab.theory.ridge import MOST_FEATURES
    from tinygrad_dropout.lab.theory.ridge import Options as Ridge

    rates = ",".join(f"{p:g}" for p in Ridge.p)
    layers = ",".join(map(str, Ensemble.layers))
    seed = ("--seed N", whole_number, f"seed of all random numbers (default: {Expectation.seed})")
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
            "all subnetworks of a small trained network, compared with weight scaling",
            "Train a small network on digits, run all its subnetworks, and compare their arithmetic and geometric\n"
            "means with weight scaling and Monte Carlo.",
            (
                ("--p P", number, f"probability that a hidden unit is dropped (default: {Ensemble.p})"),
                ("--units N", whole_number, f"hidden units in all layers together, at most {MOST_UNITS}: 2^N "
                 f"subnetworks (default: {Ensemble.units})"),
                ("--layers N,N", whole_numbers, "number of hidden layers: 1, 2, or 1,2 for a network of each (default: "
                 f"{layers})"),
                ("--samples N", whole_number, "largest number of masks that Monte Carlo draws (default: "
                 f"{Ensemble.samples:,})"),
                seed,
            ),
        ),
        "ridge": Command(
            "linear regression with dropout on its inputs is ridge regression",
            "Enumerate all masks of a linear regression with dropout on its inputs, and compare the expected loss,\n"
            "its gradient and its minimum with the closed form: ridge regression.",
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
    """Add each experiment as a sub-command with its own options; its `Options` have the defaults."""
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
        out: Option = ("--out FOLDER", name_of_file, f"for results.json and {name}.png (default: runs/lab-{name}-TIME)")
        declare_options(experiment, (*command.options, out))
        experiment.set_defaults(run=run_experiment, experiment=name)
    add_merge(experiments.add_parser("merge", help=MERGE_HELP, description=MERGE_DESCRIPTION, allow_abbrev=False))


def add_merge(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lab merge`."""
    parser.add_argument("folders", metavar="FOLDER", nargs="+", type=name_of_file, help="folders with a results.json")
    parser.add_argument("--out", metavar="FOLDER", required=True, type=name_of_file, help="the folder to write")
    parser.set_defaults(run=lambda options: in_one_sentence(lambda: show_merged(options.folders, options.out)))


def show_merged(folders: list[str], out: str) -> int:
    """Merge the folders, and show the result."""
    from tinygrad_dropout import lab
    from tinygrad_dropout.lab.trials.folder import EXTENDABLE

    lab.require_extras(needed_by="tinygrad-dropout lab merge")
    outcome = lab.merge(folders, out)
    seeds = [f"--{name.replace('_', '-')} {outcome.options[name]}" for name in EXTENDABLE if name in outcome.options]
    return show_outcome(outcome, out, command=f"the command that made these folders, {' '.join(seeds)}")


def run_experiment(options: argparse.Namespace) -> int:
    """Run an experiment, and report errors in one sentence."""
    given = {name: value for name, value in vars(options).items() if name not in ("run", "experiment")}
    return in_one_sentence(lambda: run_as_typed(options.experiment, given))


def run_as_typed(name: str, given: dict[str, object]) -> int:
    """Run the experiment with the options that were given."""
    from tinygrad_dropout.lab import require_extras, theory

    out = str(given.pop("out", "")) or None
    experiment = theory.EXPERIMENTS[name]
    options = experiment.measurement.Options(**given)
    require_extras(needed_by=f"tinygrad-dropout lab {name}")
    return show_experiment(experiment, options, f"lab-{name}", workers=1, out=out)

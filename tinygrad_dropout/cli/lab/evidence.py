"""Evidence about dropout as commands: when it helps, what it competes with, and what it changes."""

from __future__ import annotations

from tinygrad_dropout.cli.comparison_options import run_options
from tinygrad_dropout.cli.lab.command import Command
from tinygrad_dropout.cli.lab.paper import run_paper
from tinygrad_dropout.cli.typed import Option, name_of_file, names, whole_number, whole_numbers

QUICK: Option = ("--quick", None, "fewer seeds, less training: some seconds instead of minutes, and wider intervals")


def commands() -> dict[str, Command]:
    """The experiments as commands, by name; their options have the defaults."""
    from tinygrad_dropout.lab.evidence.paper import PaperOptions
    from tinygrad_dropout.lab.evidence.when import SETTINGS, WhenOptions

    return {
        "when": Command(
            "where dropout helps, does nothing, and hurts",
            "Compare the same networks with and without dropout in seven settings: noisy digits, clean digits, few\n"
            "examples, MNIST-1D, two moons, tiny networks and short training. Say in which dropout helps, in which it\n"
            "shows no effect, and in which it hurts; the intervals are corrected for the number of settings.",
            {
                "settings": [("--settings NAME,NAME", names, f"some of {', '.join(SETTINGS)} (default: all)")],
                "run": [QUICK, *run_options("pairs of each setting", str(WhenOptions.seeds), "lab-when")],
            },
        ),
        "paper": Command(
            "MNIST as in the papers that introduced dropout (hours)",
            "Train the networks of Hinton et al. 2012 and Srivastava et al. 2014 on MNIST: a standard network,\n"
            "dropout on hidden units, dropout on inputs too, and max-norm as well. The settings of each are chosen on\n"
            "training examples that are held back. The test errors stand beside the published ones. The defaults take\n"
            "some five hours on one core; --quick is a rehearsal with small networks and 2,000 examples.",
            {
                "data": [
                    ("--data-dir FOLDER", name_of_file, "the folder of MNIST's four IDX files (default: download "
                     "MNIST from OpenML)"),
                    ("--train-size N", whole_number, "training examples (default: all 60,000)"),
                ],
                "network and training": [
                    ("--hidden N,N", whole_numbers, "units of each hidden layer (default: "
                     f"{','.join(map(str, PaperOptions.hidden))})"),
                    ("--epochs N,N,N,N", whole_numbers, "epochs of each network (default: "
                     f"{','.join(map(str, PaperOptions.epochs))})"),
                    ("--choice-epochs N", whole_number, "epochs of each candidate for its settings (default: "
                     f"{PaperOptions.choice_epochs})"),
                ],
                "run": [QUICK, *run_options("networks of each kind", str(PaperOptions.seeds), "lab-paper")],
            },
            run_paper,
        ),
    }  # fmt: skip

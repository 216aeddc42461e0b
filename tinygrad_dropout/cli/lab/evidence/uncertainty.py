"""The command `lab uncertainty`."""

from __future__ import annotations

from tinygrad_dropout.cli.arguments import name_of_file, number, whole_number, whole_numbers
from tinygrad_dropout.cli.comparison_options import comparison_options, run_options
from tinygrad_dropout.cli.lab.command import QUICK, Command
from tinygrad_dropout.lab.evidence.uncertainty.options import FIRST_UNSEEN_SEED, SEEDS, UncertaintyOptions


def command() -> Command:
    """`lab uncertainty`: how sure Monte Carlo dropout is."""
    of_comparison = {option[0].partition(" ")[0]: option for option in comparison_options()["data"]}
    return Command(
        "how sure Monte Carlo dropout is, and where it is too sure",
        "Train networks with dropout on a function with a gap in its data, on two moons and on a table, and predict\n"
        "with weight scaling, with one mask and with Monte Carlo. Say where the bands that should contain 95% of\n"
        "new values are too narrow, how good the likelihoods are, and how sure each method is far from the data.",
        {
            "table of numbers to predict (default: scikit-learn's diabetes)": [
                of_comparison["--csv"],
                ("--target COLUMN", str, "the column to predict: numbers"),
                of_comparison["--ignore"],
                of_comparison["--missing"],
                ("--splits FILE", name_of_file, "the test rows of your own splits, counted from 0: one line "
                 "per split, or a folder with index_test_0.txt and so on (default: a random tenth for each seed)"),
                ("--uci FOLDER", name_of_file, "instead of --csv, a table with splits in the format of Gal and "
                 "Ghahramani (2016), such as UCI_Datasets/yacht: data.txt, index_features.txt, index_target.txt, "
                 "index_test_0.txt, ..."),
            ],
            "networks and training": [
                ("--p P", number, "probability that a hidden unit is dropped, in all three networks (default: "
                 f"{UncertaintyOptions.p})"),
                ("--input-p P", number, "probability that an input of the table is dropped (default: "
                 f"{UncertaintyOptions.input_p:g})"),
                ("--hidden N,N", whole_numbers, "units in each hidden layer of the table's network (default: "
                 f"{','.join(map(str, UncertaintyOptions.hidden))})"),
                ("--epochs N", whole_number, "passes over the training examples (default: "
                 f"{UncertaintyOptions.epochs})"),
                ("--samples N", whole_number, f"masks for Monte Carlo (default: {UncertaintyOptions.samples})"),
            ],
            "run": [
                QUICK,
                *run_options("networks of each kind", f"{SEEDS}, or one per given split", "lab-uncertainty",
                             first_seed=f"{FIRST_UNSEEN_SEED}, or 0 with given splits"),
            ],
        },
    )  # fmt: skip

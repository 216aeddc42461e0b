"""The command `lab paper`: it chooses settings first, then trains the networks with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tinygrad_dropout import lab
from tinygrad_dropout.cli.arguments import name_of_file, whole_number, whole_numbers
from tinygrad_dropout.cli.comparison_options import run_options
from tinygrad_dropout.cli.experiment import default_folder, show_experiment
from tinygrad_dropout.cli.lab.command import QUICK, Command
from tinygrad_dropout.lab.evidence.paper import CHOICE, PaperOptions, with_choice
from tinygrad_dropout.lab.trials import Experiment


def command() -> Command:
    """`lab paper`: the networks of the dropout papers on MNIST."""
    return Command(
        "MNIST, as in the papers that introduced dropout (takes hours)",
        "Train the networks of Hinton et al. 2012 and Srivastava et al. 2014 on MNIST: a standard network,\n"
        "dropout on hidden units, dropout on inputs too, and max-norm as well. The settings of each are chosen on\n"
        "held-out training examples. The test errors are shown next to the published ones. The defaults take\n"
        "about five hours on one core; --quick is a rehearsal with small networks and 2,000 examples.",
        {
            "data": [
                ("--data-dir FOLDER", name_of_file, "the folder with MNIST's four IDX files (default: download "
                 "MNIST from OpenML)"),
                ("--train-size N", whole_number, "training examples (default: all 60,000)"),
            ],
            "network and training": [
                ("--hidden N,N", whole_numbers, "units in each hidden layer (default: "
                 f"{','.join(map(str, PaperOptions.hidden))})"),
                ("--epochs N", whole_number, f"epochs of every network (default: {PaperOptions.epochs})"),
                ("--choice-epochs N", whole_number, "epochs of every candidate while settings are chosen (default: "
                 f"{PaperOptions.choice_epochs})"),
            ],
            "run": [QUICK, *run_options("networks of each kind", str(PaperOptions.seeds), "lab-paper")],
        },
        run_paper,
    )  # fmt: skip


def run_paper(paper: Experiment, options: Any, name: str, *, out: str | None = None, **where: Any) -> int:
    """Choose the settings, in a folder inside `out`, then train with them; show both.

    Args:
        paper, options, name, out, where: see `show_experiment`; the options do not contain the settings yet.

    Returns:
        The exit code.

    Raises:
        LabError: the folder holds other results, or something cannot be run.
    """
    folder = default_folder(name) if out is None else Path(out)
    if (folder / "results.json").exists() and lab.read(folder).experiment != paper:
        raise lab.LabError(f"{folder} holds the results of another experiment; choose another folder")
    code = show_experiment(CHOICE, options, name, out=folder / "choice", go_on=folder, **where)
    if code:
        return code
    print()
    return show_experiment(paper, with_choice(options, lab.read(folder / "choice")), name, out=folder, **where)

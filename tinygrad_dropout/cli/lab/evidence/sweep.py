"""The command `lab sweep`."""

from __future__ import annotations

from tinygrad_dropout.cli.arguments import Option, number, numbers, whole_number
from tinygrad_dropout.cli.comparison_options import comparison_options, run_options, without
from tinygrad_dropout.cli.lab.command import QUICK, Command
from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.evidence.sweep import SETTINGS

DESCRIPTION = """\
Train networks at each value of one setting. Over p, and over the p of the inputs, recommend the value with the lowest
loss on a validation part of the training examples, and say what choosing by it achieves on test examples that no
choice has seen. Over any other setting, say at which values dropout helps, shows no effect, and hurts. Over
train_size, networks get more epochs where 2,000 updates take more: few examples must not mean little training.

--figure 10 on MNIST trains on up to 50,000 examples, which takes about half an hour on two cores, even with --quick
several minutes; --figure 9 on MNIST takes about ten minutes."""


def command() -> Command:
    """What dropout does over a setting, as a command."""
    tuned, network = without(comparison_options(), "--early-stopping", "--patience"), "network and dropout"
    input_p: Option = ("--input-p P", number, "probability that an input is dropped (default: 0.2; 0 where p is swept)")
    return Command(
        "what dropout does over p, training examples, width, label noise or epochs",
        DESCRIPTION,
        {
            "sweep": [
                ("--over NAME", str, f"what is swept: {', '.join(SETTINGS)} (default: p)"),
                ("--values X,X", numbers, "its values; p = 0 is always one of them (default: 5 to 10 of them)"),
                ("--figure N", whole_number, "9 or 10, of Srivastava et al. (2014), with clean labels: 9 sweeps p with "
                 "a fixed width and with a fixed number of kept units (by default 200 epochs and 6 seeds), 10 sweeps "
                 "the number of training examples; with --data-dir on MNIST"),
            ],
            **tuned,
            network: [input_p if option[0] == input_p[0] else option for option in tuned[network]],
            "run": [QUICK, *run_options("seeds of each value", str(Config.seeds), "lab-sweep")],
        },
    )  # fmt: skip

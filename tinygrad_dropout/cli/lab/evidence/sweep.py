"""The command `lab sweep`."""

from __future__ import annotations

from tinygrad_dropout.cli.arguments import Option, number, numbers, whole_number
from tinygrad_dropout.cli.comparison_options import comparison_options, run_options, without
from tinygrad_dropout.cli.lab.command import QUICK, Command
from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.evidence.sweep import SETTINGS

DESCRIPTION = """\
Train networks at each value of one setting. Over p, or the p of the inputs, recommend the value with the lowest loss on
a validation part of the training examples, and say how well that choice does on test examples it has not seen. Over any
other setting, say at which values dropout helps, shows no effect, or hurts. Over train_size, small training sets get
more epochs, so that every network gets at least 2,000 updates: few examples must not mean little training.

--figure 10 on MNIST trains on up to 50,000 examples. It takes about half an hour on two cores, and several minutes even
with --quick. --figure 9 on MNIST takes about ten minutes."""


def command() -> Command:
    """`lab sweep`: what dropout does over the values of one setting."""
    tuned, network = without(comparison_options(), "--early-stopping", "--patience"), "network and dropout"
    input_p: Option = ("--input-p P", number, "probability that an input is dropped (default: 0.2; 0 if p is swept)")
    return Command(
        "what dropout does as p, training examples, width, label noise or epochs vary",
        DESCRIPTION,
        {
            "sweep": [
                ("--over NAME", str, f"the setting to vary: {', '.join(SETTINGS)} (default: p)"),
                ("--values X,X", numbers, "its values; p = 0 is always included (default: 5 to 10 values)"),
                ("--figure N", whole_number, "figure 9 or 10 of Srivastava et al. (2014), with clean labels: 9 sweeps "
                 "p at a fixed width and at a fixed number of kept units (default: 200 epochs, 6 seeds), 10 sweeps "
                 "the number of training examples; on MNIST with --data-dir"),
            ],
            **tuned,
            network: [input_p if option[0] == input_p[0] else option for option in tuned[network]],
            "run": [QUICK, *run_options("seeds of each value", str(Config.seeds), "lab-sweep")],
        },
    )  # fmt: skip

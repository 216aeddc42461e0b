"""The lab: train an MLP with and without dropout on the same data, many times over, and see what dropout did.

    from tinygrad_dropout import lab

    comparison = lab.compare(lab.Config(dataset="digits", epochs=20), out="runs/digits")
    print(comparison)

It needs the packages of the extra `lab`: pip install -e ".[lab]".
"""

from tinygrad_dropout.lab.comparison import Compare, Comparison, Config
from tinygrad_dropout.lab.comparison.fairness import UnfairPairError
from tinygrad_dropout.lab.comparison.verdict import Difference, paired_difference
from tinygrad_dropout.lab.errors import LabError, OptionError, WorkerError, require_extras
from tinygrad_dropout.lab.experiments import compare, merge, read, report, save
from tinygrad_dropout.lab.trials import Interrupted, run

__all__ = [
    "Compare",
    "Comparison",
    "Config",
    "Difference",
    "Interrupted",
    "LabError",
    "OptionError",
    "UnfairPairError",
    "WorkerError",
    "compare",
    "merge",
    "paired_difference",
    "read",
    "report",
    "require_extras",
    "run",
    "save",
]

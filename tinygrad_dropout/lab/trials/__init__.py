"""The small idea under every experiment: a trial (configuration, arm, seed) gives a record.

An experiment is a set of trials, what their records show, and pictures: one module, see `Experiment`. `run` runs its
trials on this machine or on a cluster, and keeps them; `merge` puts folders together.
"""

from tinygrad_dropout.lab.trials.experiment import Draw, Experiment, Figures, Options, Outcome, Tell
from tinygrad_dropout.lab.trials.running import Interrupted, Progress, run
from tinygrad_dropout.lab.trials.trial import Record, Trial

__all__ = [
    "Draw",
    "Experiment",
    "Figures",
    "Interrupted",
    "Options",
    "Outcome",
    "Progress",
    "Record",
    "Tell",
    "Trial",
    "run",
]

"""The idea behind every experiment: a trial (configuration, arm, seed) produces a record.

An experiment is a set of trials with an analysis and pictures (see `Experiment`). `run` runs its trials on this machine
or on a cluster and keeps the records; `merge` combines folders.
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

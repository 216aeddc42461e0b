"""One setting swept: what dropout does at each value of it, and which p the validation part recommends."""

from tinygrad_dropout.lab.evidence.sweep.experiment import SWEEP
from tinygrad_dropout.lab.evidence.sweep.options import SweepOptions
from tinygrad_dropout.lab.evidence.sweep.settings import SETTINGS

__all__ = ["SETTINGS", "SWEEP", "SweepOptions"]

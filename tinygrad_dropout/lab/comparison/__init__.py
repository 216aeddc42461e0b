"""The main experiment: an MLP trained with and without dropout, in pairs that share everything else."""

from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.experiment import Compare, Comparison

__all__ = ["Compare", "Comparison", "Config"]

"""How sure Monte Carlo dropout is, and whether it should be: near the data, in a gap, and far away."""

from tinygrad_dropout.lab.evidence.uncertainty.experiment import UNCERTAINTY, Uncertainty
from tinygrad_dropout.lab.evidence.uncertainty.options import UncertaintyOptions

__all__ = ["UNCERTAINTY", "Uncertainty", "UncertaintyOptions"]

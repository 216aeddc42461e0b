"""How sure Monte Carlo dropout is, and whether that can be trusted: near the data, in a gap, and far from them."""

from tinygrad_dropout.lab.evidence.uncertainty.experiment import UNCERTAINTY, Uncertainty
from tinygrad_dropout.lab.evidence.uncertainty.options import UncertaintyOptions

__all__ = ["UNCERTAINTY", "Uncertainty", "UncertaintyOptions"]

"""Claims about the decision boundaries of networks with dropout: one for each measure."""

from __future__ import annotations

from tinygrad_dropout.lab.comparison.measures import ACCURACY, Measure
from tinygrad_dropout.lab.evidence.claim import Claim

CLAIMS = {
    "accuracy": Claim("they are right more often", ACCURACY),
    "length": Claim("their boundaries are shorter", Measure("length", "length of boundary", "", False)),
    "regions": Claim("they cut the plane into fewer regions", Measure("regions", "regions", "", False, whole=True)),
}
IN_PLANE = {"": CLAIMS}  # they are about the network as a whole

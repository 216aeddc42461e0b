"""A small trained network and all its subnetworks: what weight scaling computes, and what it approximates.

A network whose n hidden units can be dropped is 2^n subnetworks that share their weights. All of them are run, each
weighted by the probability of its mask, p^dropped (1 - p)^kept. Their arithmetic and geometric means are compared with
weight scaling, which is one pass through the whole network, and with Monte Carlo, the mean of k subnetworks whose masks
are drawn at random (Srivastava et al. 2014, section 7.5 and Fig. 11).
"""

from tinygrad_dropout.lab.theory.ensemble.figures import measure
from tinygrad_dropout.lab.theory.ensemble.options import MAX_UNITS, Options
from tinygrad_dropout.lab.theory.ensemble.picture import draw
from tinygrad_dropout.lab.theory.ensemble.report import describe, notes, tables

__all__ = ["MAX_UNITS", "Options", "describe", "draw", "measure", "notes", "tables"]

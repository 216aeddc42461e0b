"""The theory of dropout as small experiments: each compares a formula with a measurement or an enumeration.

from tinygrad_dropout import lab
from tinygrad_dropout.lab import theory

outcome = lab.run(theory.EXPERIMENTS["ridge"], theory.ridge.Options(features=6), out="runs/ridge")
print(outcome)
"""

from tinygrad_dropout.lab.theory import ensemble, expectation, ridge
from tinygrad_dropout.lab.theory.one_trial import EXPERIMENTS

__all__ = ["EXPERIMENTS", "ensemble", "expectation", "ridge"]

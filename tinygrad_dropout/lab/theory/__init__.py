"""The theory of dropout as small experiments: each measures or enumerates what a formula says, and shows both.

from tinygrad_dropout.lab import theory

outcome = theory.run("ridge", theory.ridge.Options(features=6), out="runs/ridge")
print(outcome)
"""

from tinygrad_dropout.lab.theory import ensemble, expectation, ridge
from tinygrad_dropout.lab.theory.outcome import EXPERIMENTS, Outcome, run

__all__ = ["EXPERIMENTS", "Outcome", "ensemble", "expectation", "ridge", "run"]

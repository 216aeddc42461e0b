"""The catalog of mistakes: what goes wrong in code about dropout and backpropagation, each under one name.

The conformance kit finds these mistakes in a layer, `study` shows their effect in a backward pass, and the drills name
them in an answer. A mistake's code stays the same from version to version.
"""

from tinygrad_dropout.mistakes.kinds import KINDS
from tinygrad_dropout.mistakes.mistake import EDGE_CASE, ERROR, REMARK, Finding, Mistake

__all__ = ["EDGE_CASE", "ERROR", "KINDS", "REMARK", "Finding", "Mistake"]

"""Dropout and its rivals, each with the same number of tries on the same validation part."""

from tinygrad_dropout.lab.evidence.rivals.experiment import RIVALS, RivalsOptions

__all__ = ["RIVALS", "RivalsOptions"]

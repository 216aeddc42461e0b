"""Work out one entry of a gradient: the rule in symbols, then in numbers, then the result."""

from __future__ import annotations

from tinygrad_dropout.study.worked import arrangement, axes, elementwise, losses, mistakes, products
from tinygrad_dropout.study.worked.lines import WorkedExample, explain, saved_values

__all__ = [
    "WorkedExample",
    "arrangement",
    "axes",
    "elementwise",
    "explain",
    "losses",
    "mistakes",
    "products",
    "saved_values",
]

"""How one entry of a gradient is worked out: the rule in symbols, the same in numbers, and the result."""

from __future__ import annotations

from tinygrad_dropout.study.worked import arrangement, axes, elementwise, losses, mistakes, products
from tinygrad_dropout.study.worked.lines import Worked, explain, saved_values

__all__ = ["Worked", "arrangement", "axes", "elementwise", "explain", "losses", "mistakes", "products", "saved_values"]

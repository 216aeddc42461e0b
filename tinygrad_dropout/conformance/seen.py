"""One training forward, and the mask that is recovered from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinygrad_dropout.conformance.report import Violation
from tinygrad_dropout.conformance.subject import Array
from tinygrad_dropout.conformance.trial import Trial

BIG = (199, 331)  # odd, not square, and enough for an error of 0.02 in p to be 10 standard deviations
MEDIUM = (151, 211)
SAME = 1e-6  # relative: what a scale computed in float32 may differ by


@dataclass(frozen=True)
class Seen:
    """One training forward.

    Attributes:
        p: the layer's.
        x, y: its input and output.
        kept: the mask, True where y is not 0.
        scale: what the kept elements were multiplied by: the median, where it is not the same for all.
    """

    p: float
    x: Array
    y: Array
    kept: Array
    scale: float

    @property
    def dropped_rate(self) -> float:
        """The fraction that was dropped."""
        return 1 - float(self.kept.mean())


def look(trial: Trial, p: float, shape: tuple[int, ...]) -> Seen:
    """One training forward of a new layer, its mask recovered.

    Raises:
        Violation: no mask can be recovered.
    """
    x = trial.numbers(*shape)
    y = trial.subject(p).forward(x)
    if not np.isfinite(y).all():
        problem = f"forward in training mode gave {int((~np.isfinite(y)).sum())} values that are NaN or infinite"
        raise Violation("forward-not-finite", problem, "finite values for finite x")
    kept = y != 0
    if not kept.any():
        problem = f"forward in training mode gave nothing but zeros at p = {p}"
        raise Violation("drops-everything", problem, f"a fraction {p} of zeros")
    ratio = y[kept] / x[kept]
    scale = float(np.median(ratio))
    if kept.all():
        if np.ptp(ratio) > SAME * abs(scale):
            problem = "forward in training mode gave no zeros, and multiplied each element by another number"
            raise Violation("noise-instead-of-a-mask", problem, f"a fraction {p} of zeros")
        problem = f"forward in training mode dropped nothing at p = {p}: all is multiplied by {scale:.4g}"
        raise Violation("never-drops", problem, f"a fraction {p} of zeros")
    if np.ptp(y[kept]) <= SAME * abs(float(y[kept][0])):
        problem = f"the output is {float(y[kept][0]):.4g} wherever it is not 0, whatever x is there"
        raise Violation("ignores-x", problem, "x times the mask, divided by 1 - p")
    return Seen(p, x, y, kept, scale)

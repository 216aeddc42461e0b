"""Wrong layers: the scale."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("scale-missing")
class NoScale(Dropout):
    """the scale is left out"""

    def scale(self):
        return 1.0


@wrong("original-scheme")
class OriginalScheme(Dropout):
    """scales at test time instead, as in 2012"""

    def scale(self):
        return 1.0

    def forward(self, x):
        return super().forward(x) * x.dtype.type(1 if self.training else 1 - self.p)

    def backward(self, grad):
        return super().backward(grad) * grad.dtype.type(1 if self.training else 1 - self.p)


@wrong("scale-is-1/p")
class DividesByP(Dropout):
    """1/p instead of 1/(1 - p)"""

    def scale(self):
        return 1 / self.p if self.p else 1.0


@wrong("scale-is-1-p")
class MultipliesByKeep(Dropout):
    """multiplies by 1 - p instead of dividing by it"""

    def scale(self):
        return 1 - self.p


@wrong("scale-is-p")
class MultipliesByP(Dropout):
    """multiplies by p"""

    def scale(self):
        return self.p


@wrong("scale-is-1+p")
class FirstOrder(Dropout):
    """1 + p, the first terms of a series"""

    def scale(self):
        return 1 + self.p


@wrong("scale-applied-twice")
class ScalesTwice(Dropout):
    """the scaled mask is divided by 1 - p again"""

    def scale(self):
        return super().scale() ** 2


@wrong("scale-is-a-square-root")
class KeepsTheVariance(Dropout):
    """the square root of the scale"""

    def scale(self):
        return super().scale() ** 0.5


@wrong("scale-ignores-p")
class ScalesByTwo(Dropout):
    """2, which is right only for p = 0.5"""

    def scale(self):
        return 2.0


@wrong("scale-is-rounded")
class RoundsTheScale(Dropout):
    """the scale is rounded to three digits"""

    def scale(self):
        return round(super().scale(), 3)


@wrong("scale-is-wrong")
class SubtractsTooMuch(Dropout):
    """divides by 1 - 0.9 p, which is never zero"""

    def scale(self):
        return 1 / (1 - 0.9 * self.p)


@wrong("scale-from-the-realized-rate")
class RealizedRate(Dropout):
    """divides by the fraction that this mask happens to keep"""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        self.mask = self.draw(x)
        self.realized = x.size / max(1, int(self.mask.sum()))
        return self.apply(x, self.mask, self.realized)

    def backward_scale(self):
        return self.realized


@wrong("scale-from-the-realized-rate")
class RealizedRateByRow(Dropout):
    """divides by the fraction that each row happens to keep"""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        self.mask = self.draw(x)
        self.realized = (x.shape[1] / np.maximum(1, self.mask.sum(axis=1, keepdims=True))).astype(x.dtype)
        return x * self.mask * self.realized

    def backward(self, grad):
        return grad if self.mask is None else grad * self.mask * self.realized.astype(grad.dtype)


@wrong("scale-depends-on-x")
class KeepsTheSum(Dropout):
    """scales so that the sum of x stays the same"""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        self.mask = self.draw(x)
        kept = (x * self.mask).sum()
        self.factor = float(x.sum() / kept) if kept else 1.0
        return self.apply(x, self.mask, self.factor)

    def backward_scale(self):
        return self.factor


@wrong("scale-varies")
class ScalesByColumn(Dropout):
    """later columns are scaled more"""

    def apply(self, array, mask, scale):
        return super().apply(array, mask, scale) * np.linspace(1, 1.1, array.shape[1], dtype=array.dtype)


@wrong("scale-is-wrong-near-the-ends")
class CapsTheScale(Dropout):
    """the scale is at most 5"""

    def scale(self):
        return min(super().scale(), 5.0)

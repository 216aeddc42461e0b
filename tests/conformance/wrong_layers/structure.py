"""Wrong layers: the independence of a mask's elements."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("shared-by-rows")
class OneMaskForTheBatch(Dropout):
    """one mask for all rows of the batch"""

    def draw(self, x):
        return np.repeat(super().draw(x[:1]), len(x), axis=0)


@wrong("shared-by-columns")
class DropsWholeRows(Dropout):
    """whole rows are dropped"""

    def draw(self, x):
        return np.repeat(super().draw(x[:, :1]), x.shape[1], axis=1)


@wrong("shared-by-neighbors")
class FourShareADraw(Dropout):
    """four adjacent elements share a draw"""

    def draw(self, x):
        quarter = super().draw(np.empty((1, x.size // 4 + 1)))
        return np.repeat(quarter, 4)[: x.size].reshape(x.shape)


@wrong("shared-by-neighbors")
class PairsInAColumn(Dropout):
    """pairs of rows share their masks"""

    def draw(self, x):
        return np.repeat(super().draw(np.empty((len(x) // 2 + 1, x.shape[1]))), 2, axis=0)[: len(x)]


@wrong("depends-on-neighbors")
class Sticky(Dropout):
    """an element often copies the one before it"""

    def draw(self, x):
        mask = super().draw(np.empty(x.size))
        copies = self.rng.random(x.size - 1) < 0.2
        mask[1:][copies] = mask[:-1][copies]
        return mask.reshape(x.shape)


@wrong("depends-at-a-distance")
class RepeatsAPattern(Dropout):
    """a pattern of 1000 draws is repeated"""

    def draw(self, x):
        return np.resize(super().draw(np.empty(1000)), x.shape)


@wrong("depends-at-a-distance")
class SecondHalfMirrorsTheFirst(Dropout):
    """the lower half of the batch repeats the mask of the upper half"""

    def draw(self, x):
        half = super().draw(x[: len(x) // 2 + 1])
        return np.concatenate([half, half])[: len(x)]


@wrong("fixed-count-by-row")
class FixedCountByRow(Dropout):
    """exactly a fraction p of every row is dropped"""

    def draw(self, x):
        ranks = self.rng.random(x.shape).argsort(axis=1)
        return ranks >= round(self.p * x.shape[1])


@wrong("fixed-count-by-column")
class FixedCountByColumn(Dropout):
    """exactly a fraction p of every column is dropped"""

    def draw(self, x):
        ranks = self.rng.random(x.shape).argsort(axis=0)
        return ranks >= round(self.p * len(x))


@wrong("fixed-count")
class FixedCount(Dropout):
    """exactly a fraction p of all elements is dropped"""

    def draw(self, x):
        mask = np.ones(x.size, dtype=bool)
        mask[self.rng.choice(x.size, round(self.p * x.size), replace=False)] = False
        return mask.reshape(x.shape)


@wrong("rows-differ")
class ARateForEveryRow(Dropout):
    """each row has its own rate, which is p on average"""

    def draw(self, x):
        rates = self.p * self.rng.uniform(0.7, 1.3, (len(x), *(1,) * (x.ndim - 1))) if self.p < 1 else 1.0
        return self.rng.random(x.shape) >= rates


@wrong("mask-depends-on-x")
class DropsTheSmall(Dropout):
    """drops the elements with the smallest absolute values"""

    def draw(self, x):
        return np.abs(x) >= np.quantile(np.abs(x), self.p) if self.p < 1 else np.zeros(x.shape, dtype=bool)


@wrong("mask-depends-on-x")
class SparesThePositive(Dropout):
    """negative elements are dropped more often than positive ones"""

    def draw(self, x):
        shift = 0.1 * min(self.p, 1 - self.p) * np.sign(x)
        return self.rng.random(x.shape) >= self.p - shift


@wrong("mask-follows-from-x")
class SeededByX(Dropout):
    """the generator is seeded with the bytes of x"""

    def draw(self, x):
        return np.random.default_rng(list(x.tobytes()[:64])).random(x.shape) >= self.p


@wrong("mask-depends-on-x")
class SparesWhatFollowsThePositive(Dropout):
    """an element is dropped more often if the one to its left is negative"""

    def draw(self, x):
        shift = 0.2 * min(self.p, 1 - self.p) * np.sign(np.roll(x, 1, axis=1))
        return self.rng.random(x.shape) >= self.p - shift


@wrong("columns-differ")
class ARateForEveryColumn(Dropout):
    """each column has its own rate, which is p on average"""

    def draw(self, x):
        rates = self.p * self.rng.uniform(0.7, 1.3, x.shape[-1:]) if self.p < 1 else 1.0
        return self.rng.random(x.shape) >= rates

"""Wrong layers: the rate."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("drops-with-1-p")
class ComparesTheWrongWay(Dropout):
    """keeps where u < p"""

    def draw(self, x):
        return self.rng.random(x.shape) < self.p


@wrong("p-is-taken-for-the-probability-of-keeping")
class PIsKeep(Dropout):
    """p is the probability of keeping throughout"""

    def draw(self, x):
        return self.rng.random(x.shape) < self.p

    def scale(self):
        return 1 / self.p if self.p else 0.0


@wrong("rate-ignores-p")
class HalfWhateverPIs(Dropout):
    """drops half, whatever p is"""

    def draw(self, x):
        return self.rng.integers(0, 2, x.shape).astype(bool)


@wrong("rate-is-wrong")
class TwoPercentTooMany(Dropout):
    """drops 0.02 more than p"""

    def draw(self, x):
        return self.rng.random(x.shape) >= self.p + 0.02


@wrong("rate-is-wrong")
class RoundsP(Dropout):
    """p is rounded to sevenths"""

    def draw(self, x):
        return self.rng.integers(0, 7, x.shape) >= round(self.p * 7)


@wrong("rate-is-wrong")
class DrawsFromANormal(Dropout):
    """compares p with normal instead of uniform numbers"""

    def draw(self, x):
        return self.rng.normal(size=x.shape) >= self.p


@wrong("drops-twice")
class DropsTwice(Dropout):
    """two masks and two scales, one after the other"""

    def draw(self, x):
        return super().draw(x) & super().draw(x)

    def scale(self):
        return super().scale() ** 2


@wrong("rate-depends-on-the-place")
class ForgetsTheLastColumn(Dropout):
    """the last column is never dropped"""

    def draw(self, x):
        mask = super().draw(x)
        mask[:, -1] = True
        return mask


@wrong("rate-depends-on-the-place")
class KeepsTheFirstElement(Dropout):
    """the first element is never dropped"""

    def draw(self, x):
        mask = super().draw(x)
        mask.reshape(-1)[:1] = self.p < 1
        return mask


@wrong("rate-is-p/2")
class HalfTheRate(Dropout):
    """drops p/2"""

    def draw(self, x):
        return self.rng.random(x.shape) >= self.p / 2


@wrong("rate-is-2p")
class TwiceTheRate(Dropout):
    """drops 2 p if that is at most 1"""

    def draw(self, x):
        return self.rng.random(x.shape) >= (2 * self.p if self.p < 0.5 else self.p)


@wrong("rate-is-p-squared")
class BothMustSaySo(Dropout):
    """an element is dropped only if two draws say so"""

    def draw(self, x):
        return super().draw(x) | super().draw(x)


@wrong("rate-is-wrong-near-the-ends")
class ClampsP(Dropout):
    """p is clamped to the range from 0.1 to 0.9 for the comparison"""

    def draw(self, x):
        return self.rng.random(x.shape) >= (min(max(self.p, 0.1), 0.9) if 0 < self.p < 1 else self.p)


@wrong("never-drops")
class IgnoresASmallP(Dropout):
    """a p below 0.1 drops nothing"""

    def draw(self, x):
        return super().draw(x) if self.p >= 0.1 else np.ones(x.shape, dtype=bool)


@wrong("drops-everything")
class TakesALargePForOne(Dropout):
    """a p above 0.9 drops everything"""

    def draw(self, x):
        return super().draw(x) if self.p <= 0.9 else np.zeros(x.shape, dtype=bool)


@wrong("rate-is-wrong")
class WrongAtOneHalf(Dropout):
    """at p = 0.5 only, integers are drawn and one of three values is kept"""

    def draw(self, x):
        return self.rng.integers(0, 3, x.shape) == 0 if self.p == 0.5 else super().draw(x)

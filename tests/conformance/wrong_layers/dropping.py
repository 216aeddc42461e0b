"""Wrong layers: whether anything is dropped."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("never-drops")
class NeverDrops(Dropout):
    """the modes are swapped: training is the identity"""

    def forward(self, x):
        self.mask = None if self.training else self.draw(x)
        return x if self.training else self.apply(x, self.mask, self.scale())


@wrong("drops-everything")
class DropsEverything(Dropout):
    """random numbers below 1 are converted to integers, so the mask is all zeros"""

    def draw(self, x):
        return self.rng.random(x.shape).astype(int)


@wrong("ignores-x")
class IgnoresX(Dropout):
    """forward returns the scaled mask, without x"""

    def apply(self, array, mask, scale):
        return super().apply(np.ones_like(array), mask, scale)


@wrong("noise-instead-of-a-mask")
class GaussianNoise(Dropout):
    """multiplies by normal noise, which is Gaussian dropout"""

    def draw(self, x):
        return self.rng.normal(1, (self.p / (1 - self.p)) ** 0.5, x.shape)

    def scale(self):
        return 1.0


@wrong("noise-instead-of-a-mask")
class UniformFactors(Dropout):
    """multiplies by the uniform numbers instead of comparing them with p"""

    def draw(self, x):
        return self.rng.random(x.shape)


@wrong("differs-with-the-size")
class SparesTheSmall(Dropout):
    """small arrays are left unchanged"""

    def draw(self, x):
        return super().draw(x) if x.size > 100 else np.full(x.shape, self.p < 1)

    def scale(self):
        return super().scale()


@wrong("differs-with-the-size")
class SparesABatchOfOne(Dropout):
    """a batch of one row is left unchanged"""

    def forward(self, x):
        if self.training and len(x) > 1:
            return super().forward(x)
        self.mask = None
        return x

"""Wrong layers: masks from call to call, and the source of their randomness."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("mask-is-frozen")
class DrawnOnce(Dropout):
    """the mask is drawn in the first forward and reused while the shape stays the same"""

    def draw(self, x):
        if getattr(self, "frozen", np.empty(0)).shape != x.shape:
            self.frozen = super().draw(x)
        return self.frozen


@wrong("mask-is-frozen")
class SeedsItself(Dropout):
    """every forward makes a new generator with the same seed"""

    def draw(self, x):
        return np.random.default_rng(0).random(x.shape) >= self.p


@wrong("masks-come-again")
class EverySecondCall(Dropout):
    """each mask is used for two forwards"""

    def draw(self, x):
        self.calls = getattr(self, "calls", -1) + 1
        if self.calls % 2 == 0 or self.kept.shape != x.shape:
            self.kept = super().draw(x)
        return self.kept


@wrong("masks-come-again")
class TenMasks(Dropout):
    """ten masks are drawn in advance and used in rotation"""

    def draw(self, x):
        if getattr(self, "masks", [np.empty(0)])[0].shape != x.shape:
            self.masks, self.calls = [super(TenMasks, self).draw(x) for _ in range(10)], 0
        self.calls += 1
        return self.masks[self.calls % 10]


@wrong("depends-on-earlier-masks")
class ChangesAFewElements(Dropout):
    """each forward redraws only three fifths of the mask"""

    def draw(self, x):
        fresh = super().draw(x)
        if getattr(self, "kept", np.empty(0)).shape == x.shape:
            fresh = np.where(self.rng.random(x.shape) < 0.6, fresh, self.kept)
        self.kept = fresh
        return fresh


@wrong("depends-on-earlier-masks")
class NeverTwiceInARow(Dropout):
    """a dropped element is less likely to be dropped next time"""

    def draw(self, x):
        u = self.rng.random(x.shape)
        if getattr(self, "last", np.empty(0)).shape == x.shape:
            u = np.where(self.rng.random(x.shape) < 0.5, u, 1 - self.last)
        self.last = u
        return u >= self.p


@wrong("rate-varies-between-calls")
class ARateForEveryCall(Dropout):
    """each forward has its own rate, which is p on average"""

    def draw(self, x):
        rate = self.p * self.rng.choice([0.6, 1.4]) if x.size < 1000 and self.p < 0.7 else self.p
        return self.rng.random(x.shape) >= rate


@wrong("same-mask-in-every-layer")
class OneSeedForAllLayers(Dropout):
    """all layers have generators with the same seed"""

    def __init__(self, p, rng):
        super().__init__(p, np.random.default_rng(1234))


@wrong("reseeds-the-global-state")
class Reseeds(Dropout):
    """NumPy's global state is seeded before every mask"""

    def draw(self, x):
        np.random.seed(42)
        return np.random.rand(*x.shape) >= self.p


@wrong("reseeds-the-global-state")
class ReseedsWhenMade(Dropout):
    """NumPy's global state is seeded when a layer is made"""

    def __init__(self, p, rng):
        super().__init__(p, rng)
        np.random.seed(0)


@wrong("reseeds-the-global-state")
class ReseedsInBackward(Dropout):
    """backward seeds NumPy's global state"""

    def backward(self, grad):
        np.random.seed(7)
        return super().backward(grad)


@wrong("layers-share-their-mask")
class MaskOfTheClass(Dropout):
    """the mask is an attribute of the class"""

    def forward(self, x):
        y = super().forward(x)
        MaskOfTheClass.last = self.mask
        return y

    def backward(self, grad):
        self.mask = MaskOfTheClass.last
        return super().backward(grad)


@wrong("layers-share-their-mode")
class ModeOfTheClass(Dropout):
    """the mode is an attribute of the class"""

    mode = True
    training = property(lambda self: ModeOfTheClass.mode, lambda self, mode: setattr(ModeOfTheClass, "mode", mode))


@wrong("changes-with-use")
class LowersP(Dropout):
    """backward lowers p"""

    def backward(self, grad):
        out = super().backward(grad)
        self.p *= 0.9
        return out

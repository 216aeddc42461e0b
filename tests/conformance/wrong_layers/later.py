"""Wrong layers: right at first or by themselves, wrong later or together with other layers."""

import copy
import random
import warnings

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("forgets-to-drop-at-times")
class ForgetsOneCallIn120(Dropout):
    """every 120th call drops nothing"""

    def draw(self, x):
        self.calls = getattr(self, "calls", 0) + 1
        return super().draw(x) if self.calls % 120 else np.ones(x.shape, dtype=bool)


@wrong("forgets-to-drop-at-times")
class DropsEverythingOnceIn100(Dropout):
    """every hundredth call drops everything"""

    def draw(self, x):
        self.calls = getattr(self, "calls", 0) + 1
        return super().draw(x) if self.calls % 100 else np.zeros(x.shape, dtype=bool)


@wrong("rate-drifts")
class WearsOut(Dropout):
    """it drops less with every call"""

    def draw(self, x):
        self.calls = getattr(self, "calls", 0) + 1
        return self.rng.random(x.shape) >= (self.p * 0.995**self.calls if self.p < 1 else 1)


@wrong("masks-are-shifted")
class SlidesAlongATape(Dropout):
    """all calls read one long tape of draws, each a few places further on"""

    def draw(self, x):
        if not hasattr(self, "tape"):
            self.tape, self.start = self.rng.random(2**17), 0
        self.start += 5
        return (np.roll(self.tape, -self.start)[: x.size] >= self.p).reshape(x.shape)


@wrong("leaks-in-eval-later")
class LeaksAfterTenEvals(Dropout):
    """after ten calls in eval mode it starts to drop there"""

    def forward(self, x):
        y = super().forward(x)
        self.evals = 0 if self.training else getattr(self, "evals", 0) + 1
        return y if self.evals <= 10 else self.apply(x, self.draw(x), 1.0)


@wrong("leaks-in-eval-later")
class ScalesAfterTwentyEvals(Dropout):
    """after twenty calls in eval mode it starts to scale there"""

    def forward(self, x):
        y = super().forward(x)
        self.evals = 0 if self.training else getattr(self, "evals", 0) + 1
        return y if self.evals <= 20 else y * y.dtype.type(self.scale())


@wrong("backward-forgets-the-scale")
class WrongInTheSixthBackward(Dropout):
    """from the sixth backward on, the scale is forgotten"""

    def backward_scale(self):
        self.calls = getattr(self, "calls", 0) + 1
        return self.scale() if self.calls < 6 else 1.0


@wrong("layers-share-their-p")
class OnePForAll(Dropout):
    """p is an attribute of the class, and the last layer made sets it"""

    def __init__(self, p, rng):
        super().__init__(p, rng)
        OnePForAll.rate = p

    def draw(self, x):
        return self.rng.random(x.shape) >= OnePForAll.rate

    def scale(self):
        return 1 / (1 - self.p) if self.p < 1 else 0.0


@wrong("same-mask-in-every-layer")
class SameSeedFromTheSecondCallOn(Dropout):
    """the first mask is drawn from the layer's generator, all others from one with a fixed seed"""

    def draw(self, x):
        mask = super().draw(x)
        self.rng = self.rng if hasattr(self, "called") else np.random.default_rng(99)
        self.called = True
        return mask


@wrong("copies-share-state")
class CopiesShareTheirState(Dropout):
    """a layer shares its state, a dictionary, with its copies"""

    def __init__(self, p, rng):
        super().__init__(p, rng)
        self.state = {}

    def __deepcopy__(self, memo):
        return copy.copy(self)

    def forward(self, x):
        y = super().forward(x)
        self.state["mask"] = self.mask
        return y

    def backward(self, grad):
        self.mask = self.state["mask"]
        return super().backward(grad)


@wrong("reseeds-the-global-state")
class ReseedsPython(Dropout):
    """Python's global random state is seeded in every forward"""

    def draw(self, x):
        random.seed(3)
        return super().draw(x)


@wrong("changes-global-settings")
class SilencesNumPy(Dropout):
    """NumPy's error handling is changed permanently"""

    def __init__(self, p, rng):
        super().__init__(p, rng)
        np.seterr(all="raise" if np.geterr()["over"] != "raise" else "ignore")


@wrong("changes-global-settings")
class SilencesWarnings(Dropout):
    """every forward adds a warning filter"""

    def forward(self, x):
        warnings.filterwarnings("ignore", message=f"nothing {random.random()}")
        return super().forward(x)


@wrong("changes-global-settings")
class PrintsThreeDigits(Dropout):
    """NumPy prints fewer digits from the first backward on"""

    def backward(self, grad):
        np.set_printoptions(precision=3 + np.get_printoptions()["precision"] % 2)
        return super().backward(grad)


@wrong("keeps-memory", depth="thorough")
class KeepsEveryMask(Dropout):
    """all masks are stored in a list"""

    def forward(self, x):
        y = super().forward(x)
        self.masks = [*getattr(self, "masks", []), self.mask]
        return y


@wrong("keeps-memory", depth="thorough")
class KeepsEveryGradient(Dropout):
    """all gradients are stored in a list"""

    def backward(self, grad):
        dx = super().backward(grad)
        self.gradients = [*getattr(self, "gradients", []), dx]
        return dx


@wrong("layers-depend-on-each-other")
class NearlyTheSameInEveryLayer(Dropout):
    """in each call, four of five elements use numbers that are the same for all layers"""

    def draw(self, x):
        self.calls = getattr(self, "calls", 0) + 1
        common = np.random.default_rng([self.calls, x.size]).random(x.shape)
        return np.where(self.rng.random(x.shape) < 0.8, common, self.rng.random(x.shape)) >= self.p


@wrong("backward-reads-x")
class KeepsXItself(Dropout):
    """backward divides y by x, and keeps a reference to the caller's x instead of a copy"""

    def forward(self, x):
        self.x, self.y = x, super().forward(x).copy()
        return self.y.copy()

    def backward(self, grad):
        if self.mask is None:
            return grad
        factors = np.divide(self.y, self.x, out=np.zeros_like(self.y), where=self.x != 0)
        return np.where(self.x != 0, grad * factors.astype(grad.dtype), super().backward(grad))

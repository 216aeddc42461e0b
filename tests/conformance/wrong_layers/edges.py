"""Wrong layers: p = 0 and p = 1, and how a layer is made."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("p=1-gives-nan")
class NaNAtOne(Dropout):
    """p = 1 computes 0/0"""

    def apply(self, array, mask, scale):
        return (array * mask / np.asarray(1 - self.p, dtype=array.dtype)).astype(array.dtype)


@wrong("p=1-fails")
class FailsAtOne(Dropout):
    """p = 1 divides by zero"""

    def scale(self):
        return 1 / (1 - self.p)


@wrong("p=1-forward-is-wrong")
class KeepsAllAtOne(Dropout):
    """p = 1 drops nothing"""

    def draw(self, x):
        return super().draw(x) if self.p < 1 else np.ones(x.shape, dtype=bool)

    def scale(self):
        return 1 / (1 - self.p) if self.p < 1 else 1.0


@wrong("p=1-backward-is-wrong")
class PassesGradientsAtOne(Dropout):
    """at p = 1 forward gives zeros, but backward passes g"""

    def backward(self, grad):
        return super().backward(grad) if self.p < 1 else grad


@wrong("p=0-fails")
class FailsAtZero(Dropout):
    """p = 0 divides by zero"""

    def draw(self, x):
        return self.rng.random(x.shape) * (1 / self.p) >= 1


@wrong("p=0-forward-is-wrong")
class ZeroIsTheDefault(Dropout):
    """p = 0 counts as "not given" and becomes 0.5"""

    def __init__(self, p, rng):
        super().__init__(p or 0.5, rng)


@wrong("p=0-gives-nan")
class NaNAtZero(Dropout):
    """p = 0 computes 0/0"""

    def apply(self, array, mask, scale):
        return super().apply(array, mask, scale) * (np.asarray(self.p, array.dtype) / np.asarray(self.p, array.dtype))


@wrong("p=0-backward-is-wrong")
class NoGradientAtZero(Dropout):
    """at p = 0 backward uses a mask of zeros"""

    def backward(self, grad):
        return super().backward(grad) if self.p else np.zeros_like(grad)


@wrong("cannot-be-made")
class CannotBeMade(Dropout):
    """making the layer fails"""

    def __init__(self, p):
        raise RuntimeError("not today")


@wrong("training-cannot-be-set")
class ReadOnlyMode(Dropout):
    """the mode cannot be set"""

    training = property(lambda self: True)

    def __init__(self, p, rng):
        self.p, self.rng = p, rng


@wrong("p=1-eval-is-wrong")
class NothingInEvalAtOne(Dropout):
    """at p = 1 even eval mode gives zeros"""

    def forward(self, x):
        y = super().forward(x)
        return y if self.training or self.p < 1 else np.zeros_like(y)


@wrong("p=0-eval-is-wrong")
class HalfInEvalAtZero(Dropout):
    """at p = 0 eval mode halves x"""

    def forward(self, x):
        y = super().forward(x)
        return y if self.training or self.p > 0 else y / 2


@wrong("backward-follows-the-mode")
class BackwardAsksForTheMode(Dropout):
    """backward is the identity if the layer is in eval mode by then, even after a training forward"""

    def backward(self, grad):
        return super().backward(grad) if self.training else grad

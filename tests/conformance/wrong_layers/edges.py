"""Wrong layers: the ends of p, and how a layer is made."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("p=1-gives-nan")
class NaNAtOne(Dropout):
    """at p = 1, 0/0"""

    def apply(self, array, mask, scale):
        return (array * mask / np.asarray(1 - self.p, dtype=array.dtype)).astype(array.dtype)


@wrong("p=1-fails")
class FailsAtOne(Dropout):
    """at p = 1, a division by zero"""

    def scale(self):
        return 1 / (1 - self.p)


@wrong("p=1-forward-is-wrong")
class KeepsAllAtOne(Dropout):
    """p = 1 is taken to mean that nothing is dropped"""

    def draw(self, x):
        return super().draw(x) if self.p < 1 else np.ones(x.shape, dtype=bool)

    def scale(self):
        return 1 / (1 - self.p) if self.p < 1 else 1.0


@wrong("p=1-backward-is-wrong")
class PassesGradientsAtOne(Dropout):
    """at p = 1 forward gives zeros, and backward lets g through"""

    def backward(self, grad):
        return super().backward(grad) if self.p < 1 else grad


@wrong("p=0-fails")
class FailsAtZero(Dropout):
    """at p = 0, a division by zero"""

    def draw(self, x):
        return self.rng.random(x.shape) * (1 / self.p) >= 1


@wrong("p=0-forward-is-wrong")
class ZeroIsTheDefault(Dropout):
    """p = 0 is taken for "not given", and becomes 0.5"""

    def __init__(self, p, rng):
        super().__init__(p or 0.5, rng)


@wrong("p=0-gives-nan")
class NaNAtZero(Dropout):
    """at p = 0, 0/0"""

    def apply(self, array, mask, scale):
        return super().apply(array, mask, scale) * (np.asarray(self.p, array.dtype) / np.asarray(self.p, array.dtype))


@wrong("p=0-backward-is-wrong")
class NoGradientAtZero(Dropout):
    """at p = 0 forward returns x early, and backward uses a mask of zeros"""

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
    """at p = 1 eval mode gives zeros, too"""

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
    """backward is the identity once the layer is in eval mode, whatever forward did"""

    def backward(self, grad):
        return super().backward(grad) if self.training else grad

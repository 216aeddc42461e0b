"""Wrong layers: right for numbers near 1, wrong for small or large ones, or for another memory layout."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("forward-clips-large-values")
class ClipsAtTwo(Dropout):
    """values are clipped at 2"""

    def forward(self, x):
        return np.clip(super().forward(x), -2, 2) if self.training else super().forward(x)


@wrong("forward-clips-large-values")
class ClipsItsInputAtSix(Dropout):
    """x is clipped at 6 before it is scaled"""

    def forward(self, x):
        return super().forward(np.clip(x, -6, 6)) if self.training else super().forward(x)


@wrong("mask-depends-on-x")
class ZeroesWhatIsSmall(Dropout):
    """elements smaller than 0.4 are always dropped"""

    def draw(self, x):
        return super().draw(x) & (np.abs(x) >= 0.4)


@wrong("mask-depends-on-x")
class SparesWhatIsLarge(Dropout):
    """elements larger than 10 are never dropped"""

    def draw(self, x):
        return super().draw(x) | ((np.abs(x) > 10) & (self.p < 1))


@wrong("forward-not-finite")
class OverflowsForLargeValues(Dropout):
    """a logarithm and an exponential replace the product and overflow above 20"""

    def forward(self, x):
        y = super().forward(x)
        return y + (np.abs(x) > 20) * np.inf * np.sign(y + (y == 0)) if self.training else y


@wrong("backward-clips-large-values")
class ClipsTheGradient(Dropout):
    """the gradient is clipped at 1"""

    def backward(self, grad):
        return super().backward(grad) if self.mask is None else np.clip(super().backward(grad), -1, 1)


@wrong("backward-is-wrong")
class BackwardInHalfPrecision(Dropout):
    """the gradient is computed in float16"""

    def backward(self, grad):
        return grad if self.mask is None else super().backward(grad.astype(np.float16)).astype(grad.dtype)


@wrong("scale-varies")
class ForwardInHalfPrecision(Dropout):
    """y is computed in float16"""

    def forward(self, x):
        return super().forward(x.astype(np.float16)).astype(x.dtype) if self.training else super().forward(x)


@wrong("backward-is-wrong")
class BackwardAHundredthOfAPerMilleOff(Dropout):
    """the gradient is too large by a factor of 1.00001"""

    def backward_scale(self):
        return self.scale() * (1 + 1e-5)


@wrong("backward-is-wrong")
class BackwardThreeMillionthsOff(Dropout):
    """the gradient of the first row is too large by a factor of 1.000003"""

    def backward(self, grad):
        dx = super().backward(grad)
        if self.mask is not None:
            dx[:1] *= 1 + 3e-6
        return dx


@wrong("backward-has-the-wrong-sign")
class BackwardSubtracts(Dropout):
    """the gradient has the wrong sign"""

    def backward_scale(self):
        return -self.scale()


@wrong("backward-passes-where-dropped")
class BackwardSubtractsTheMask(Dropout):
    """backward is g - g * mask"""

    def backward(self, grad):
        return grad if self.mask is None else grad - grad * self.mask


@wrong("backward-transposes-the-mask")
class TransposesASquareMask(Dropout):
    """backward uses the mask's transpose if the shape allows it"""

    def backward(self, grad):
        if self.mask is None or self.mask.ndim != 2 or self.mask.T.shape != grad.shape:
            return super().backward(grad)
        return self.apply(grad, self.mask.T, self.scale())


@wrong("backward-adds-up")
class AddsToTheLastGradient(Dropout):
    """each gradient is added to the one before"""

    def backward(self, grad):
        dx = super().backward(grad)
        if self.mask is not None and getattr(self, "dx", np.empty(0)).shape == dx.shape:
            dx = dx + self.dx
        self.dx = dx
        return dx


@wrong("second-backward-differs")
class ForgetsItsMaskInBackward(Dropout):
    """backward discards the mask, so a second backward returns g"""

    def backward(self, grad):
        dx = super().backward(grad)
        self.mask = None
        return dx


@wrong("wrong-for-another-layout")
class ReadsInMemoryOrder(Dropout):
    """x is read in memory order, the mask in row order"""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        self.mask = self.draw(x)
        y = x.ravel(order="K") * self.mask.ravel() * x.dtype.type(self.scale())
        return y.reshape(x.shape)


@wrong("wrong-for-another-layout")
class TakesAWholeBuffer(Dropout):
    """backward reads the buffer behind g from the start, even if g is only a part of it"""

    def backward(self, grad):
        if self.mask is None:
            return grad
        whole = grad.base if grad.base is not None and grad.base.ndim else grad
        flat = np.resize(whole.ravel(order="K"), grad.size).reshape(grad.shape)
        return super().backward(flat)

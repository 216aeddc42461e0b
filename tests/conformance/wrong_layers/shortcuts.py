"""Wrong layers, written without knowledge of the kit: unusual numbers, and settings of the process."""

import decimal
import gc

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, Shaped, wrong


class Factors(Dropout):
    """Right: computes the factors first, as an array of x's dtype."""

    def factors(self, x):
        return self.draw(x) * x.dtype.type(self.scale())

    def forward(self, x):
        self.mask = self.factors(x) if self.training else None
        return x * self.mask if self.training else x

    def backward(self, grad):
        return grad if self.mask is None else grad * self.mask


@wrong("noise-instead-of-a-mask")
class MeanNotZero(Dropout):
    """Dropped elements are set to the mean of x."""

    def forward(self, x):
        y = super().forward(x)
        return np.where(self.mask, y, x.mean()).astype(x.dtype) if self.training and x.size else y


@wrong("noise-instead-of-a-mask")
class LeakyDropped(Factors):
    """A thousandth of each dropped element leaks through, in forward and backward."""

    def factors(self, x):
        return np.where(self.draw(x), self.scale(), 1e-3).astype(x.dtype)


@wrong("scale-varies")
class ResidualSubtraction(Dropout):
    """y = x s - (1 - mask) x / (1 - p), where the two terms differ in the last digit for some elements."""

    def apply(self, array, mask, scale):
        if self.p == 1:
            return array * array.dtype.type(0)
        return (array * array.dtype.type(scale) - ~mask * (array / array.dtype.type(1 - self.p))).astype(array.dtype)


@wrong("hides-nan")
class NanToNum(Dropout):
    """NaN and infinity in x are silently replaced."""

    def forward(self, x):
        return super().forward(np.nan_to_num(x) if self.training else x)


@wrong("forward-clips-large-values")
class OutputClipped(Dropout):
    """The output is clipped to the range from -1000 to 1000."""

    def forward(self, x):
        y = super().forward(x)
        return np.clip(y, -1e3, 1e3) if self.training else y


@wrong("wrong-for-extreme-values")
class FlushToZero(Dropout):
    """Values smaller than 1e-30 are flushed to zero."""

    def forward(self, x):
        y = super().forward(x)
        return np.where(np.abs(y) < 1e-30, 0, y).astype(x.dtype) if self.training else y


@wrong("wrong-for-zeros")
class ZeroRowsLeftAlone(Shaped):
    """In rows of zeros (padding) backward returns g."""

    def backward(self, grad):
        if self.mask is None or self.padding is None:
            return super().backward(grad)
        return np.where(self.padding, grad, super().backward(grad))

    def forward(self, x):
        self.padding = ~x.any(axis=-1, keepdims=True) if x.size and x.ndim > 1 else None
        return super().forward(x)


@wrong("wrong-for-zeros")
class AllZeroShortCut(Dropout):
    """For an x of zeros, forward returns early and leaves the mask of an earlier call."""

    def forward(self, x):
        if self.training and self.mask is not None and self.mask.shape == x.shape and not x.any():
            return x.copy()
        return super().forward(x)


@wrong("changes-global-settings")
class CollectorSwitchedOff(Dropout):
    """The garbage collector is switched off permanently."""

    def forward(self, x):
        gc.disable()
        return super().forward(x)


@wrong("changes-global-settings")
class DecimalPrecision(Dropout):
    """The precision of decimal's context is changed permanently."""

    def forward(self, x):
        decimal.getcontext().prec = 40
        return super().forward(x)


@wrong("changes-global-settings")
class PrintOptions(Dropout):
    """The constructor changes NumPy's print options."""

    def __init__(self, p, rng):
        super().__init__(p, rng)
        np.set_printoptions(precision=3)


@wrong("loses-a-gaussian")
class GlobalStateLostGauss(Shaped):
    """The global generator is seeded, used and restored, except for its cached Gaussian."""

    def numbers(self, shape):
        kind, keys, pos, _, _ = np.random.get_state()
        np.random.seed(int(self.rng.integers(2**32)))
        u = np.random.random(shape)
        np.random.set_state((kind, keys, pos, 0, 0.0))
        return u


@wrong("changes-global-settings")
class NumpyPatched(Dropout):
    """np.random.default_rng is replaced to make all generators reproducible."""

    def __init__(self, p, rng):
        super().__init__(p, rng)
        original = getattr(np.random.default_rng, "original", np.random.default_rng)

        def repeatable(seed=None):
            return original(0 if seed is None else seed)

        repeatable.original = original
        np.random.default_rng = repeatable

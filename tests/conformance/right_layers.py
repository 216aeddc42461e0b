"""Dropout layers that are right, each written differently: none may be refused."""

import numpy as np

import tinygrad_dropout as td
from tests.conformance.wrong_layers import Dropout
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn

RIGHT = [Dropout, nn.Dropout]


def right(cls):
    """Enter a class into RIGHT."""
    RIGHT.append(cls)
    return cls


@right
class Binomial(Dropout):
    """the mask is drawn from a binomial"""

    def draw(self, x):
        return self.rng.binomial(1, 1 - self.p, size=x.shape).astype(np.uint8)


@right
class ScaledMask(Dropout):
    """the mask holds the scale, in x's dtype"""

    def forward(self, x):
        if not self.training:
            self.mask = None
            return x
        keep = (self.rng.random(x.shape) >= self.p).astype(x.dtype)
        self.mask = keep / x.dtype.type(1 - self.p) if self.p < 1 else keep
        return x * self.mask

    def backward(self, grad):
        return grad if self.mask is None else grad * self.mask.astype(grad.dtype)


@right
class Where(Dropout):
    """np.where chooses between 0 and the scaled x"""

    def apply(self, array, mask, scale):
        return np.where(mask, array * array.dtype.type(scale), array.dtype.type(0))


@right
class WritesZeros(Dropout):
    """zeros are written into a scaled copy"""

    def apply(self, array, mask, scale):
        out = array * array.dtype.type(scale)
        out[~mask] = 0
        return out


@right
class StoresWhatWasDropped(Dropout):
    """the indices of the dropped elements are stored, not a mask"""

    def draw(self, x):
        return np.flatnonzero(self.rng.random(x.size) < self.p)

    def apply(self, array, mask, scale):
        out = array.copy()
        out.flat[mask] = 0
        return out * array.dtype.type(scale)


@right
class PackedBits(Dropout):
    """the mask is stored as bits"""

    def draw(self, x):
        return np.packbits(super().draw(x))

    def apply(self, array, mask, scale):
        bits = np.unpackbits(mask, count=array.size).reshape(array.shape).astype(bool)
        return super().apply(array, bits, scale)


@right
class NegativeZeros(Dropout):
    """dropped elements keep their sign: -0.0 is 0, too"""

    def apply(self, array, mask, scale):
        return array * array.dtype.type(scale) * mask.astype(array.dtype)


@right
class DividesByKeep(Dropout):
    """divides by 1 - p instead of multiplying by its inverse"""

    def apply(self, array, mask, scale):
        return array * mask / array.dtype.type(1 - self.p) if self.p < 1 else array * mask * array.dtype.type(0)


@right
class Float32Uniforms(Dropout):
    """uniform numbers in single precision"""

    def draw(self, x):
        return self.rng.random(x.shape, dtype=np.float32) >= self.p


@right
class Choice(Dropout):
    """True and False are chosen with their probabilities"""

    def draw(self, x):
        return self.rng.choice([False, True], size=x.shape, p=[self.p, 1 - self.p])


@right
class Geometric(Dropout):
    """the gaps between dropped elements are drawn, from a geometric distribution"""

    def draw(self, x):
        mask = np.ones(x.size, dtype=bool)
        if self.p:
            places = np.cumsum(self.rng.geometric(self.p, size=x.size)) - 1
            mask[places[places < x.size]] = False
        return mask.reshape(x.shape)


@right
class GlobalState(Dropout):
    """draws from NumPy's global state, as courses do"""

    def draw(self, x):
        return np.random.rand(*x.shape) >= self.p


@right
class ColumnByColumn(Dropout):
    """the mask is drawn column by column"""

    def draw(self, x):
        return self.p <= self.rng.random(x.shape[::-1]).T


@right
class OneLayerManyMasks(Dropout):
    """a mask for each forward is kept in a list, and backward takes the last"""

    def forward(self, x):
        self.masks = [*getattr(self, "masks", [])[-3:], self.draw(x) if self.training else np.ones(x.shape, dtype=bool)]
        return self.apply(x, self.masks[-1], self.scale() if self.training else 1)

    def backward(self, grad):
        return self.apply(grad, self.masks[-1], self.scale() if self.training else 1)


@right
class CopiesInEval(Dropout):
    """eval mode returns a copy"""

    def forward(self, x):
        y = super().forward(x)
        return y if self.training else y.copy()


@right
class BackwardOfTheForward(Dropout):
    """every forward makes its own backward, a function that remembers the mask"""

    backward = None

    def forward(self, x):
        y = super().forward(x)
        mask, scale = self.mask, self.scale()
        self.backward = lambda grad: grad if mask is None else self.apply(grad, mask, scale)
        return y


@right
class RefusesTheEnds(Dropout):
    """p = 1 is refused: a matter of taste"""

    def __init__(self, p, rng):
        if not 0 <= p < 1:
            raise ValueError(f"expected 0 <= p < 1, got {p}")
        super().__init__(p, rng)


@right
class OfOperations(nn.Module):
    """a Module of ours, of plain operations"""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        if not self.training:
            return x
        keep = self.rng.random(x.shape) >= self.p
        return F.where(keep, x / (1 - self.p), 0.0) if self.p < 1 else x * 0.0


@right
class WithTheFunction(nn.Module):
    """F.dropout in a Module"""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x: td.Tensor) -> td.Tensor:
        return F.dropout(x, self.p, self.training, rng=self.rng)

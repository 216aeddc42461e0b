"""Dropout layers that are right, each written differently. All of them must pass."""

from statistics import NormalDist

import numpy as np

import tinygrad_dropout as td
from tests.conformance.wrong_layers import OPTIONS, Dropout
from tests.conformance.wrong_layers.options import ChannelDropout, Gaussian, Keep, Original
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn

RIGHT = [Dropout, nn.Dropout]


def right(**options):
    """Add a class to RIGHT, to be examined with these options."""

    def enter(cls):
        RIGHT.append(cls)
        OPTIONS[cls] = options
        return cls

    return enter


@right()
class Binomial(Dropout):
    """the mask is drawn from a binomial distribution"""

    def draw(self, x):
        return self.rng.binomial(1, 1 - self.p, size=x.shape).astype(np.uint8)


@right()
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


@right()
class Where(Dropout):
    """np.where selects 0 or the scaled x"""

    def apply(self, array, mask, scale):
        return np.where(mask, array * array.dtype.type(scale), array.dtype.type(0))


@right()
class WritesZeros(Dropout):
    """zeros are written into a scaled copy"""

    def apply(self, array, mask, scale):
        out = array * array.dtype.type(scale)
        out[~mask] = 0
        return out


@right()
class StoresWhatWasDropped(Dropout):
    """the indices of the dropped elements are stored instead of a mask"""

    def draw(self, x):
        return np.flatnonzero(self.rng.random(x.size) < self.p)

    def apply(self, array, mask, scale):
        out = array.copy()
        out.flat[mask] = 0
        return out * array.dtype.type(scale)


@right()
class PackedBits(Dropout):
    """the mask is stored as bits"""

    def draw(self, x):
        return np.packbits(super().draw(x))

    def apply(self, array, mask, scale):
        bits = np.unpackbits(mask, count=array.size).reshape(array.shape).astype(bool)
        return super().apply(array, bits, scale)


@right()
class NegativeZeros(Dropout):
    """dropped elements keep their sign, since -0.0 equals 0"""

    def apply(self, array, mask, scale):
        return array * array.dtype.type(scale) * mask.astype(array.dtype)


@right()
class DividesByKeep(Dropout):
    """divides by 1 - p instead of multiplying by its inverse"""

    def apply(self, array, mask, scale):
        return array * mask / array.dtype.type(1 - self.p) if self.p < 1 else array * mask * array.dtype.type(0)


@right()
class Float32Uniforms(Dropout):
    """uniform numbers in single precision"""

    def draw(self, x):
        return self.rng.random(x.shape, dtype=np.float32) >= self.p


@right()
class Choice(Dropout):
    """True and False are drawn with choice()"""

    def draw(self, x):
        return self.rng.choice([False, True], size=x.shape, p=[self.p, 1 - self.p])


@right()
class Geometric(Dropout):
    """the gaps between dropped elements are drawn from a geometric distribution"""

    def draw(self, x):
        mask = np.ones(x.size, dtype=bool)
        if self.p:
            places = np.cumsum(self.rng.geometric(self.p, size=x.size)) - 1
            mask[places[places < x.size]] = False
        return mask.reshape(x.shape)


@right()
class GlobalState(Dropout):
    """draws from NumPy's global state, as courses do"""

    def draw(self, x):
        return np.random.rand(*x.shape) >= self.p


@right()
class ColumnByColumn(Dropout):
    """the mask is drawn column by column"""

    def draw(self, x):
        return self.p <= self.rng.random(x.shape[::-1]).T


@right()
class OneLayerManyMasks(Dropout):
    """the masks of all forwards are stored in a list, and backward uses the last"""

    def forward(self, x):
        self.masks = [*getattr(self, "masks", [])[-3:], self.draw(x) if self.training else np.ones(x.shape, dtype=bool)]
        return self.apply(x, self.masks[-1], self.scale() if self.training else 1)

    def backward(self, grad):
        return self.apply(grad, self.masks[-1], self.scale() if self.training else 1)


@right()
class CopiesInEval(Dropout):
    """eval mode returns a copy"""

    def forward(self, x):
        y = super().forward(x)
        return y if self.training else y.copy()


@right()
class BackwardOfTheForward(Dropout):
    """every forward creates its own backward, a closure with the mask"""

    backward = None

    def forward(self, x):
        y = super().forward(x)
        mask, scale = self.mask, self.scale()
        self.backward = lambda grad: grad if mask is None else self.apply(grad, mask, scale)
        return y


@right()
class RefusesTheEnds(Dropout):
    """p = 1 is refused, which is a matter of taste"""

    def __init__(self, p, rng):
        if not 0 <= p < 1:
            raise ValueError(f"expected 0 <= p < 1, got {p}")
        super().__init__(p, rng)


@right()
class OfOperations(nn.Module):
    """one of our Modules, made of plain operations"""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        if not self.training:
            return x
        keep = self.rng.random(x.shape) >= self.p
        return F.where(keep, x / (1 - self.p), 0.0) if self.p < 1 else x * 0.0


@right()
class WithTheFunction(nn.Module):
    """F.dropout in a Module"""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x: td.Tensor) -> td.Tensor:
        return F.dropout(x, self.p, self.training, rng=self.rng)


@right()
class LessThanP(Dropout):
    """finds the draws below p and inverts the result for the mask"""

    def draw(self, x):
        return ~(self.rng.random(x.shape) < self.p)


@right()
class BytesAtOneHalf(Dropout):
    """at p = 0.5 each random byte gives the draws of eight elements"""

    def draw(self, x):
        if self.p != 0.5:
            return super().draw(x)
        return (
            np.unpackbits(np.frombuffer(self.rng.bytes(x.size // 8 + 1), np.uint8), count=x.size).reshape(x.shape) > 0
        )


@right()
class IntegersOf32Bits(Dropout):
    """32-bit integers are compared with p * 2**32"""

    def draw(self, x):
        return self.rng.integers(0, 2**32, x.shape, dtype=np.uint64) >= self.p * 2**32


@right()
class IntegersOf16Bits(Dropout):
    """16-bit integers are compared, which makes p exact to 0.00001"""

    def draw(self, x):
        return self.rng.integers(0, 2**16, x.shape) >= round(self.p * 2**16)


@right()
class KeepMinusUniform(Dropout):
    """the mask is the integer part of a uniform number plus 1 - p, as in early TensorFlow"""

    def draw(self, x):
        return np.floor(self.rng.random(x.shape) + (1 - self.p)).astype(bool)


@right()
class GrowingBuffer(Dropout):
    """the masks are written into a buffer that is reused and grows with the input"""

    buffer = np.empty(0, bool)

    def draw(self, x):
        if self.buffer.size < x.size:
            self.buffer = np.empty(x.size, bool)
        part = self.buffer[: x.size].reshape(x.shape)
        part[...] = super().draw(x)
        return part


@right()
class DrawsAhead(Dropout):
    """uniform numbers are drawn in advance, 100,000 at a time"""

    ahead = np.empty(0)

    def draw(self, x):
        while self.ahead.size < x.size:
            self.ahead = np.concatenate([self.ahead, self.rng.random(100_000)])
        used, self.ahead = self.ahead[: x.size], self.ahead[x.size :]
        return used.reshape(x.shape) >= self.p


@right()
class RowByRow(Dropout):
    """a Python loop over rows"""

    def draw(self, x):
        mask = np.empty(x.shape, dtype=bool)
        for row in mask:
            row[...] = self.rng.random(row.shape) >= self.p
        return mask


@right()
class SeedsFromItsGenerator(Dropout):
    """each forward makes a new generator, seeded from the layer's"""

    def draw(self, x):
        return np.random.default_rng(self.rng.integers(2**63)).random(x.shape) >= self.p


@right()
class RecomputesItsMask(Dropout):
    """backward redraws the mask from the seed that forward used"""

    def forward(self, x):
        self.mask = None
        self.seed = int(self.rng.integers(2**63)) if self.training else None
        return x if self.seed is None else self.apply(x, self.drawn_again(x), self.scale())

    def drawn_again(self, x):
        return np.random.default_rng(self.seed).random(x.shape) >= self.p

    def backward(self, grad):
        return grad if self.seed is None else self.apply(grad, self.drawn_again(grad), self.scale())


@right()
class ShufflesSpawnedGenerators(Dropout):
    """each forward draws from a newly spawned generator"""

    def draw(self, x):
        return self.rng.spawn(1)[0].random(x.shape) >= self.p


@right()
class ReturnsAFortranArray(Dropout):
    """y is in Fortran order"""

    def forward(self, x):
        return np.asfortranarray(super().forward(x))


@right()
class ReturnsAView(Dropout):
    """y and dx are views of larger arrays"""

    def apply(self, array, mask, scale):
        padded = np.zeros((*array.shape, 2), dtype=array.dtype)
        padded[..., 0] = super().apply(array, mask, scale)
        return padded[..., 0]


@right()
class ExponentialRaces(Dropout):
    """an element is kept if an exponential waiting time is long enough"""

    def draw(self, x):
        return self.rng.exponential(size=x.shape) >= (-np.log1p(-self.p) if self.p < 1 else np.inf)


@right()
class NormalQuantiles(Dropout):
    """normal numbers are compared with the p-quantile"""

    def draw(self, x):
        if self.p in (0, 1):
            return np.full(x.shape, self.p == 0)
        return self.rng.normal(size=x.shape) >= NormalDist().inv_cdf(self.p)


@right()
class TwoHalves(Dropout):
    """two independent draws, each dropping with probability 1 - sqrt(1 - p), replace one"""

    def draw(self, x):
        rate = 1 - (1 - self.p) ** 0.5
        return (self.rng.random(x.shape) >= rate) & (self.rng.random(x.shape) >= rate)


@right()
class AllOrNothingAtTheEnds(Dropout):
    """p = 0 and p = 1 have their own branches"""

    def forward(self, x):
        if self.training and self.p in (0, 1):
            self.mask = np.full(x.shape, self.p == 0)
            return x * (1 - x.dtype.type(self.p))
        return super().forward(x)


right(shared_axes=(2, 3))(ChannelDropout)
right(noise="gaussian")(Gaussian)
right(convention="original")(Original)
right(convention="keep-probability")(Keep)


@right(shared_axes=(2, 3))
class ChannelsOfAModule(nn.Module):
    """one of our Modules drops channels"""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        if not self.training:
            return x
        keep = self.rng.random((*x.shape[:2], 1, 1)) >= self.p
        return x * (keep / (1 - self.p)).astype(x.dtype) if self.p < 1 else x * 0.0


@right(shared_axes=(0,))
class OneMaskForAllRows(Dropout):
    """all rows share a mask, as in variational dropout"""

    def draw(self, x):
        return np.broadcast_to(super().draw(x[:1]), x.shape)


@right(shared_axes=(1,))
class TimeSteps(Dropout):
    """all time steps of a sequence, (batch, time, features), share a mask"""

    def draw(self, x):
        return np.broadcast_to(super().draw(x[:, :1]), x.shape)


@right(forward_only=True)
class OnlyForward(Dropout):
    """there is no backward"""

    backward = None


@right(shapes=[(40, 5, 6, 7)])
class FourAxesOnly(Dropout):
    """accepts only arrays with four axes"""

    def forward(self, x):
        batch, channels, height, width = x.shape
        return super().forward(x.reshape(batch, channels, height * width)).reshape(x.shape)

    def backward(self, grad):
        return grad if self.mask is None else super().backward(grad.reshape(self.mask.shape)).reshape(grad.shape)


@right(dtypes=["float32"])
class SinglePrecisionOnly(Dropout):
    """accepts only float32"""

    def forward(self, x):
        if x.dtype != np.float32:
            raise TypeError(f"expected float32, got {x.dtype}")
        return super().forward(x)


@right(dtypes=["float16", "float32"])
class HalfPrecision(Dropout):
    """is also right in half precision"""


@right(rates=[0.5])
class OneHalfOnly(Dropout):
    """accepts only p = 0, 0.5 and 1"""

    def __init__(self, p, rng):
        if p not in (0, 0.5, 1):
            raise ValueError(f"expected 0.5, got {p}")
        super().__init__(p, rng)

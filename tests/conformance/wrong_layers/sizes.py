"""Wrong layers: right for some numbers of elements or axes, wrong for others."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("depends-at-a-distance")
class EverySeventhIsKept(Dropout):
    """if the size is a multiple of 64, every seventh element is always kept"""

    def draw(self, x):
        mask = super().draw(x)
        if x.size % 64 == 0:
            mask.reshape(-1)[6::7] = self.p < 1
        return mask


@wrong("depends-at-a-distance")
class FirstOfEightRepeats(Dropout):
    """if the size is a multiple of 8, the first and fifth of every eight elements share a draw"""

    def draw(self, x):
        mask = super().draw(x)
        if x.size % 8 == 0:
            mask.reshape(-1)[4::8] = mask.reshape(-1)[::8]
        return mask


@wrong("shared-by-neighbors")
class PairsInVectors(Dropout):
    """if the row length is a multiple of 64, pairs of adjacent elements share a draw"""

    def draw(self, x):
        mask = super().draw(x)
        if x.shape[-1] % 64 == 0:
            mask[..., 1::2] = mask[..., ::2]
        return mask


@wrong("shared-by-rows")
class OneBlockOf64(Dropout):
    """if the size is a multiple of 64, all blocks of 64 have the same mask"""

    def draw(self, x):
        if x.size % 64:
            return super().draw(x)
        return np.resize(super().draw(np.empty(64)), x.shape)


@wrong("depends-at-a-distance")
class ReusesItsDrawsInLargeArrays(Dropout):
    """arrays with more than 4096 elements repeat the first 4096 draws"""

    def draw(self, x):
        return np.resize(super().draw(np.empty(4096)), x.shape) if x.size > 4096 else super().draw(x)


@wrong("differs-with-the-size")
class SparesSmallArrays(Dropout):
    """arrays with fewer than 256 elements are never changed"""

    def draw(self, x):
        return super().draw(x) if x.size >= 256 else np.ones(x.shape, dtype=bool)


@wrong("rate-depends-on-the-place")
class ForgetsTheTail(Dropout):
    """the elements after the last full block of 8 are never dropped"""

    def draw(self, x):
        mask = super().draw(x)
        if x.size % 8:
            mask.reshape(-1)[-(x.size % 8) :] = self.p < 1
        return mask


@wrong("differs-with-the-size")
class SparesASingleRow(Dropout):
    """nothing is dropped in a batch of one row"""

    def draw(self, x):
        return np.ones(x.shape, dtype=bool) if x.shape[:1] == (1,) and self.p < 1 else super().draw(x)


@wrong("wrong-for-one-row")
class ScalesASingleRowTwice(Dropout):
    """a batch of one row is scaled twice"""

    def forward(self, x):
        y = super().forward(x)
        return y * y.dtype.type(self.scale()) if self.training and x.shape[:1] == (1,) else y


@wrong("wrong-for-one-row")
class NoGradientForASingleRow(Dropout):
    """backward returns g for a batch of one row"""

    def backward(self, grad):
        return grad if len(grad) == 1 else super().backward(grad)


@wrong("differs-with-the-size")
class OneDrawForEachRow(Dropout):
    """rows of one element share a draw"""

    def draw(self, x):
        return np.repeat(super().draw(x[:1]), len(x), axis=0) if x.shape[-1:] == (1,) else super().draw(x)


def with_axes(ndim, code):
    """Register a layer that is wrong only for arrays with this many axes."""

    def enter(cls):
        class Mixed(Dropout):
            __doc__ = f"with {ndim} {'axis' if ndim == 1 else 'axes'}: {cls.__doc__}"

            def __init__(self, p, rng):
                super().__init__(p, rng)
                self.wrong = cls(p, rng)

            def forward(self, x):
                self.wrong.training = self.training
                return (self.wrong if x.ndim == ndim else super()).forward(x)

            def backward(self, grad):
                return (self.wrong if grad.ndim == ndim else super()).backward(grad)

        Mixed.__name__ = Mixed.__qualname__ = f"{cls.__name__}With{ndim}Axes"
        wrong(code)(Mixed)
        return cls

    return enter


@with_axes(1, "differs-with-the-number-of-axes")
@with_axes(3, "differs-with-the-number-of-axes")
@with_axes(4, "differs-with-the-number-of-axes")
class NothingIsDropped(Dropout):
    """nothing is dropped"""

    def forward(self, x):
        self.mask = None
        return x


@with_axes(3, "shared-along-an-axis")
@with_axes(4, "shared-along-an-axis")
class OneDrawForTheLastAxis(Dropout):
    """all elements along the last axis share a draw"""

    def draw(self, x):
        return np.broadcast_to(super().draw(x[..., :1]), x.shape).copy()


@with_axes(3, "shared-along-an-axis")
class OneMaskForEveryExample(Dropout):
    """all examples share a mask"""

    def draw(self, x):
        return np.broadcast_to(super().draw(x[:1]), x.shape).copy()


@with_axes(1, "scale-missing")
@with_axes(3, "scale-missing")
class TheScaleIsLeftOut(Dropout):
    """the scale is left out"""

    def scale(self):
        return 1.0


@with_axes(1, "scale-depends-on-the-array")
class TheScaleIsTooLarge(Dropout):
    """the scale is a tenth too large"""

    def scale(self):
        return 1.1 * super().scale()


@with_axes(3, "backward-differs-with-the-number-of-axes")
@with_axes(4, "backward-differs-with-the-number-of-axes")
class TheGradientIsNotMasked(Dropout):
    """the gradient is not masked"""

    def backward(self, grad):
        return grad


@with_axes(4, "eval-differs-with-the-number-of-axes")
class EvalModeScales(Dropout):
    """eval mode multiplies by 1 - p"""

    def forward(self, x):
        return super().forward(x) if self.training else x * x.dtype.type(1 - self.p)


@wrong("empty-arrays-fail")
class RefusesEmptyArrays(Dropout):
    """forward computes the maximum of x, which an empty array does not have"""

    def forward(self, x):
        x.max()
        return super().forward(x)

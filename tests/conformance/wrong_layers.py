"""Dropout layers that are wrong, each in one way. What is not overridden is right.

`WRONG` has the code that each must be given; docs/make_conformance.py makes the scoreboard of it.
"""

import numpy as np


class Dropout:
    """Right: what the wrong ones differ from."""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng
        self.training = True
        self.mask = None

    def draw(self, x):
        return self.rng.random(x.shape) >= self.p

    def scale(self):
        return 1 / (1 - self.p) if self.p < 1 else 0.0

    def backward_scale(self):
        return self.scale()

    def apply(self, array, mask, scale):
        return array * mask * array.dtype.type(scale)

    def forward(self, x):
        self.mask = self.draw(x) if self.training else None
        return self.apply(x, self.mask, self.scale()) if self.training else x

    def backward(self, grad):
        return grad if self.mask is None else self.apply(grad, self.mask, self.backward_scale())


WRONG = {}


def wrong(code):
    """Enter a class into WRONG."""

    def enter(cls):
        WRONG[cls] = code
        return cls

    return enter


# What forward returns -------------------------------------------------------------------------------------------------


@wrong("forward-raises")
class Raises(Dropout):
    """forward has a typing error"""

    def forward(self, x):
        return x * self.maks


@wrong("forward-returns-none")
class ForgetsToReturn(Dropout):
    """forward has no return"""

    def forward(self, x):
        super().forward(x)


@wrong("forward-returns-no-array")
class ReturnsAList(Dropout):
    """forward returns nested lists"""

    def forward(self, x):
        return super().forward(x).tolist()


@wrong("forward-changes-the-shape")
class Flattens(Dropout):
    """forward flattens its input"""

    def forward(self, x):
        return super().forward(x).ravel()


@wrong("forward-changes-the-dtype")
class Promotes(Dropout):
    """a float64 mask turns float32 into float64"""

    def apply(self, array, mask, scale):
        return array * (mask * np.float64(scale))

    def backward(self, grad):
        return super().backward(grad).astype(grad.dtype)


@wrong("forward-changes-the-dtype")
class AlwaysFloat32(Dropout):
    """forward turns everything into float32"""

    def forward(self, x):
        return super().forward(x).astype(np.float32) if self.training else x


@wrong("forward-changes-x")
class InPlace(Dropout):
    """forward multiplies x in place"""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        self.mask = self.draw(x)
        x *= self.mask * self.scale()
        return x


@wrong("forward-not-finite")
class DividesByTheMask(Dropout):
    """x is divided by the mask"""

    def forward(self, x):
        self.mask = self.draw(x) if self.training else None
        return x / self.mask if self.training else x


@wrong("output-is-overwritten")
class OneBuffer(Dropout):
    """every forward writes into the same array"""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        if getattr(self, "buffer", np.empty(0)).shape != x.shape:
            self.buffer = np.empty_like(x)
        self.buffer[...] = super().forward(x)
        return self.buffer


@wrong("has-no-forward")
class CallsItDifferently:
    """forward is called __call__"""

    def __init__(self, p, rng):
        self.training = True

    def __call__(self, x):
        return x


@wrong("has-no-backward")
class ForwardOnly(Dropout):
    """there is no backward"""

    backward = None


@wrong("forward-changes-the-dtype")
class ReturnsTheMask(Dropout):
    """forward returns where y is not 0"""

    def forward(self, x):
        return super().forward(x) != 0


@wrong("forward-changes-x")
class ReshapesInPlace(Dropout):
    """forward gives x another shape"""

    def forward(self, x):
        y = super().forward(x).copy()
        x.shape = (-1,)
        return y


# What is dropped at all -----------------------------------------------------------------------------------------------


@wrong("never-drops")
class NeverDrops(Dropout):
    """the modes are swapped: training is the identity"""

    def forward(self, x):
        self.mask = None if self.training else self.draw(x)
        return x if self.training else self.apply(x, self.mask, self.scale())


@wrong("drops-everything")
class DropsEverything(Dropout):
    """an integer mask of random numbers below 1 is all zeros"""

    def draw(self, x):
        return self.rng.random(x.shape).astype(int)


@wrong("ignores-x")
class IgnoresX(Dropout):
    """the scaled mask is returned, without x"""

    def apply(self, array, mask, scale):
        return super().apply(np.ones_like(array), mask, scale)


@wrong("noise-instead-of-a-mask")
class GaussianNoise(Dropout):
    """multiplies by normal noise: another method"""

    def draw(self, x):
        return self.rng.normal(1, (self.p / (1 - self.p)) ** 0.5, x.shape)

    def scale(self):
        return 1.0


@wrong("noise-instead-of-a-mask")
class UniformFactors(Dropout):
    """multiplies by the uniform numbers themselves, not by a comparison"""

    def draw(self, x):
        return self.rng.random(x.shape)


@wrong("differs-with-the-size")
class SparesTheSmall(Dropout):
    """small arrays are left as they are"""

    def draw(self, x):
        return super().draw(x) if x.size > 100 else np.full(x.shape, self.p < 1)

    def scale(self):
        return super().scale()


@wrong("differs-with-the-size")
class SparesABatchOfOne(Dropout):
    """a batch of one row is left as it is"""

    def forward(self, x):
        if self.training and len(x) > 1:
            return super().forward(x)
        self.mask = None
        return x


# The scale ------------------------------------------------------------------------------------------------------------


@wrong("scale-missing")
class NoScale(Dropout):
    """the scale is left out"""

    def scale(self):
        return 1.0


@wrong("original-scheme")
class OriginalScheme(Dropout):
    """scales at test time instead, as in 2012"""

    def scale(self):
        return 1.0

    def forward(self, x):
        return super().forward(x) * x.dtype.type(1 if self.training else 1 - self.p)

    def backward(self, grad):
        return super().backward(grad) * grad.dtype.type(1 if self.training else 1 - self.p)


@wrong("scale-is-1/p")
class DividesByP(Dropout):
    """1/p for 1/(1 - p)"""

    def scale(self):
        return 1 / self.p if self.p else 1.0


@wrong("scale-is-1-p")
class MultipliesByKeep(Dropout):
    """multiplies by 1 - p for dividing by it"""

    def scale(self):
        return 1 - self.p


@wrong("scale-is-p")
class MultipliesByP(Dropout):
    """multiplies by p"""

    def scale(self):
        return self.p


@wrong("scale-is-1+p")
class FirstOrder(Dropout):
    """1 + p, the first term of a series"""

    def scale(self):
        return 1 + self.p


@wrong("scale-applied-twice")
class ScalesTwice(Dropout):
    """the scaled mask is divided by 1 - p again"""

    def scale(self):
        return super().scale() ** 2


@wrong("scale-is-a-square-root")
class KeepsTheVariance(Dropout):
    """the square root of the scale"""

    def scale(self):
        return super().scale() ** 0.5


@wrong("scale-ignores-p")
class ScalesByTwo(Dropout):
    """2, which is right for p = 0.5 alone"""

    def scale(self):
        return 2.0


@wrong("scale-is-rounded")
class RoundsTheScale(Dropout):
    """the scale is rounded to three digits"""

    def scale(self):
        return round(super().scale(), 3)


@wrong("scale-is-wrong")
class SubtractsTooMuch(Dropout):
    """a small number keeps the division finite, and the scale from being right"""

    def scale(self):
        return 1 / (1 - 0.9 * self.p)


@wrong("scale-from-the-realised-rate")
class RealisedRate(Dropout):
    """divides by the fraction that this mask happens to keep"""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        self.mask = self.draw(x)
        self.realised = x.size / max(1, int(self.mask.sum()))
        return self.apply(x, self.mask, self.realised)

    def backward_scale(self):
        return self.realised


@wrong("scale-from-the-realised-rate")
class RealisedRateByRow(Dropout):
    """divides by the fraction that each row happens to keep"""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        self.mask = self.draw(x)
        self.realised = (x.shape[1] / np.maximum(1, self.mask.sum(axis=1, keepdims=True))).astype(x.dtype)
        return x * self.mask * self.realised

    def backward(self, grad):
        return grad if self.mask is None else grad * self.mask * self.realised.astype(grad.dtype)


@wrong("scale-depends-on-x")
class KeepsTheSum(Dropout):
    """scales so that the sum of x stays what it was"""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        self.mask = self.draw(x)
        kept = (x * self.mask).sum()
        self.factor = float(x.sum() / kept) if kept else 1.0
        return self.apply(x, self.mask, self.factor)

    def backward_scale(self):
        return self.factor


@wrong("scale-varies")
class ScalesByColumn(Dropout):
    """later columns are scaled more"""

    def apply(self, array, mask, scale):
        return super().apply(array, mask, scale) * np.linspace(1, 1.1, array.shape[1], dtype=array.dtype)


@wrong("scale-is-wrong-near-the-ends")
class CapsTheScale(Dropout):
    """the scale is at most 5"""

    def scale(self):
        return min(super().scale(), 5.0)


# The rate -------------------------------------------------------------------------------------------------------------


@wrong("drops-with-1-p")
class ComparesTheWrongWay(Dropout):
    """keeps where u < p"""

    def draw(self, x):
        return self.rng.random(x.shape) < self.p


@wrong("p-is-taken-for-the-probability-of-keeping")
class PIsKeep(Dropout):
    """p is the probability of keeping, all through"""

    def draw(self, x):
        return self.rng.random(x.shape) < self.p

    def scale(self):
        return 1 / self.p if self.p else 0.0


@wrong("rate-ignores-p")
class HalfWhateverPIs(Dropout):
    """drops half, whatever p is"""

    def draw(self, x):
        return self.rng.integers(0, 2, x.shape).astype(bool)


@wrong("rate-is-wrong")
class TwoPercentTooMany(Dropout):
    """drops 0.02 more than p"""

    def draw(self, x):
        return self.rng.random(x.shape) >= self.p + 0.02


@wrong("rate-is-wrong")
class RoundsP(Dropout):
    """p is rounded to sevenths"""

    def draw(self, x):
        return self.rng.integers(0, 7, x.shape) >= round(self.p * 7)


@wrong("rate-is-wrong")
class DrawsFromANormal(Dropout):
    """compares p with normal instead of uniform numbers"""

    def draw(self, x):
        return self.rng.normal(size=x.shape) >= self.p


@wrong("drops-twice")
class DropsTwice(Dropout):
    """two masks and two scales, one after the other"""

    def draw(self, x):
        return super().draw(x) & super().draw(x)

    def scale(self):
        return super().scale() ** 2


@wrong("rate-depends-on-the-place")
class ForgetsTheLastColumn(Dropout):
    """the last column is never dropped"""

    def draw(self, x):
        mask = super().draw(x)
        mask[:, -1] = True
        return mask


@wrong("rate-depends-on-the-place")
class KeepsTheFirstElement(Dropout):
    """the very first element is never dropped"""

    def draw(self, x):
        mask = super().draw(x)
        mask[0, 0] = self.p < 1
        return mask


# Independence ---------------------------------------------------------------------------------------------------------


@wrong("shared-by-rows")
class OneMaskForTheBatch(Dropout):
    """one mask for all rows of the batch"""

    def draw(self, x):
        return np.repeat(super().draw(x[:1]), len(x), axis=0)


@wrong("shared-by-columns")
class DropsWholeRows(Dropout):
    """whole rows are dropped"""

    def draw(self, x):
        return np.repeat(super().draw(x[:, :1]), x.shape[1], axis=1)


@wrong("shared-by-neighbours")
class FourShareADraw(Dropout):
    """four elements that lie side by side share a draw"""

    def draw(self, x):
        quarter = super().draw(np.empty((1, x.size // 4 + 1)))
        return np.repeat(quarter, 4)[: x.size].reshape(x.shape)


@wrong("shared-by-neighbours")
class PairsInAColumn(Dropout):
    """each two rows share their masks"""

    def draw(self, x):
        return np.repeat(super().draw(np.empty((len(x) // 2 + 1, x.shape[1]))), 2, axis=0)[: len(x)]


@wrong("depends-on-neighbours")
class Sticky(Dropout):
    """an element often does as the one before it does"""

    def draw(self, x):
        mask = super().draw(np.empty(x.size))
        copies = self.rng.random(x.size - 1) < 0.2
        mask[1:][copies] = mask[:-1][copies]
        return mask.reshape(x.shape)


@wrong("depends-at-a-distance")
class RepeatsAPattern(Dropout):
    """a pattern of 1000 draws is repeated"""

    def draw(self, x):
        return np.resize(super().draw(np.empty(1000)), x.shape)


@wrong("depends-at-a-distance")
class SecondHalfMirrorsTheFirst(Dropout):
    """the lower half of the batch is the upper half again"""

    def draw(self, x):
        half = super().draw(x[: len(x) // 2 + 1])
        return np.concatenate([half, half])[: len(x)]


@wrong("fixed-count-by-row")
class FixedCountByRow(Dropout):
    """exactly a fraction p of every row is dropped"""

    def draw(self, x):
        ranks = self.rng.random(x.shape).argsort(axis=1)
        return ranks >= round(self.p * x.shape[1])


@wrong("fixed-count-by-column")
class FixedCountByColumn(Dropout):
    """exactly a fraction p of every column is dropped"""

    def draw(self, x):
        ranks = self.rng.random(x.shape).argsort(axis=0)
        return ranks >= round(self.p * len(x))


@wrong("fixed-count")
class FixedCount(Dropout):
    """exactly a fraction p of all elements is dropped"""

    def draw(self, x):
        mask = np.ones(x.size, dtype=bool)
        mask[self.rng.choice(x.size, round(self.p * x.size), replace=False)] = False
        return mask.reshape(x.shape)


@wrong("rows-differ")
class ARateForEveryRow(Dropout):
    """each row has a rate of its own, p on average"""

    def draw(self, x):
        rates = self.p * self.rng.uniform(0.7, 1.3, (len(x), 1)) if self.p < 1 else 1.0
        return self.rng.random(x.shape) >= rates


@wrong("mask-depends-on-x")
class DropsTheSmall(Dropout):
    """drops the elements that are smallest in absolute value"""

    def draw(self, x):
        return np.abs(x) >= np.quantile(np.abs(x), self.p) if self.p < 1 else np.zeros(x.shape, dtype=bool)


@wrong("mask-depends-on-x")
class SparesThePositive(Dropout):
    """negative elements are dropped more often than positive ones"""

    def draw(self, x):
        shift = 0.1 * min(self.p, 1 - self.p) * np.sign(x)
        return self.rng.random(x.shape) >= self.p - shift


@wrong("mask-follows-from-x")
class SeededByX(Dropout):
    """the generator is seeded with the bytes of x"""

    def draw(self, x):
        return np.random.default_rng(list(x.tobytes()[:64])).random(x.shape) >= self.p


@wrong("mask-depends-on-x")
class SparesWhatFollowsThePositive(Dropout):
    """an element is dropped more often where the one to its left is negative"""

    def draw(self, x):
        shift = 0.2 * min(self.p, 1 - self.p) * np.sign(np.roll(x, 1, axis=1))
        return self.rng.random(x.shape) >= self.p - shift


# From call to call ----------------------------------------------------------------------------------------------------


@wrong("mask-is-frozen")
class DrawnOnce(Dropout):
    """the mask is drawn at the first forward, and kept as long as the shape is the same"""

    def draw(self, x):
        if getattr(self, "frozen", np.empty(0)).shape != x.shape:
            self.frozen = super().draw(x)
        return self.frozen


@wrong("mask-is-frozen")
class SeedsItself(Dropout):
    """a new generator with the same seed for every forward"""

    def draw(self, x):
        return np.random.default_rng(0).random(x.shape) >= self.p


@wrong("masks-come-again")
class EverySecondCall(Dropout):
    """a mask is used for two forwards"""

    def draw(self, x):
        self.calls = getattr(self, "calls", -1) + 1
        if self.calls % 2 == 0 or self.kept.shape != x.shape:
            self.kept = super().draw(x)
        return self.kept


@wrong("masks-come-again")
class TenMasks(Dropout):
    """ten masks are drawn in advance, and used in turn"""

    def draw(self, x):
        if getattr(self, "masks", [np.empty(0)])[0].shape != x.shape:
            self.masks, self.calls = [super(TenMasks, self).draw(x) for _ in range(10)], 0
        self.calls += 1
        return self.masks[self.calls % 10]


@wrong("depends-on-earlier-masks")
class ChangesAFewElements(Dropout):
    """only two fifths of the mask are drawn anew for each forward"""

    def draw(self, x):
        fresh = super().draw(x)
        if getattr(self, "kept", np.empty(0)).shape == x.shape:
            fresh = np.where(self.rng.random(x.shape) < 0.4, fresh, self.kept)
        self.kept = fresh
        return fresh


@wrong("depends-on-earlier-masks")
class NeverTwiceInARow(Dropout):
    """what was dropped is less likely to be dropped next time"""

    def draw(self, x):
        u = self.rng.random(x.shape)
        if getattr(self, "last", np.empty(0)).shape == x.shape:
            u = np.where(self.rng.random(x.shape) < 0.5, u, 1 - self.last)
        self.last = u
        return u >= self.p


@wrong("rate-varies-between-calls")
class ARateForEveryCall(Dropout):
    """each forward has a rate of its own, p on average"""

    def draw(self, x):
        rate = self.p * self.rng.choice([0.5, 1.5]) if x.size < 1000 and self.p < 0.6 else self.p
        return self.rng.random(x.shape) >= rate


@wrong("same-mask-in-every-layer")
class OneSeedForAllLayers(Dropout):
    """every layer has a generator with the same seed"""

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
    """NumPy's global state is seeded by backward"""

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


# Backward -------------------------------------------------------------------------------------------------------------


@wrong("backward-raises")
class BackwardRaises(Dropout):
    """backward needs what forward has not kept"""

    def backward(self, grad):
        return grad * self.saved


@wrong("backward-returns-none")
class BackwardForgetsToReturn(Dropout):
    """backward has no return"""

    def backward(self, grad):
        super().backward(grad)


@wrong("backward-changes-the-shape")
class BackwardSumsTheBatch(Dropout):
    """backward sums over the batch"""

    def backward(self, grad):
        return super().backward(grad).sum(axis=0)


@wrong("backward-changes-the-dtype")
class BackwardPromotes(Dropout):
    """backward turns float32 into float64"""

    def backward(self, grad):
        return super().backward(grad).astype(np.float64)


@wrong("backward-changes-g")
class BackwardInPlace(Dropout):
    """backward multiplies g in place"""

    def backward(self, grad):
        if self.mask is not None:
            grad *= self.mask * self.scale()
        return grad


@wrong("backward-is-the-identity")
class BackwardIsTheIdentity(Dropout):
    """backward hands g on"""

    def backward(self, grad):
        return grad


@wrong("backward-forgets-the-mask")
class BackwardForgetsTheMask(Dropout):
    """backward scales and does not mask"""

    def backward(self, grad):
        return grad if self.mask is None else self.apply(grad, np.ones_like(self.mask), self.scale())


@wrong("backward-forgets-the-scale")
class BackwardForgetsTheScale(Dropout):
    """backward masks and does not scale"""

    def backward_scale(self):
        return 1.0


@wrong("backward-scales-twice")
class BackwardScalesTwice(Dropout):
    """backward scales twice"""

    def backward_scale(self):
        return self.scale() ** 2


@wrong("backward-scales-by-1-p")
class BackwardScalesByKeep(Dropout):
    """backward multiplies by 1 - p"""

    def backward_scale(self):
        return 1 - self.p


@wrong("backward-scales-by-1/p")
class BackwardDividesByP(Dropout):
    """backward divides by p"""

    def backward_scale(self):
        return 1 / self.p if self.p else 1.0


@wrong("backward-uses-another-mask")
class BackwardDrawsAgain(Dropout):
    """backward draws a mask of its own"""

    def backward(self, grad):
        return grad if self.mask is None else self.apply(grad, self.draw(grad), self.scale())


@wrong("backward-inverts-the-mask")
class BackwardInvertsTheMask(Dropout):
    """backward lets through what was dropped"""

    def backward(self, grad):
        return grad if self.mask is None else self.apply(grad, ~self.mask, self.scale())


@wrong("backward-ignores-g")
class BackwardIgnoresG(Dropout):
    """backward returns the scaled mask, without g"""

    def backward(self, grad):
        return grad if self.mask is None else self.apply(np.ones_like(grad), self.mask, self.scale())


@wrong("backward-multiplies-by-x")
class BackwardMultipliesByTheOutput(Dropout):
    """backward multiplies by the output"""

    def forward(self, x):
        self.out = super().forward(x)
        return self.out

    def backward(self, grad):
        return grad if self.mask is None else grad * self.out


@wrong("backward-is-zero")
class BackwardIsZero(Dropout):
    """backward returns zeros"""

    def backward(self, grad):
        return grad if self.mask is None else np.zeros_like(grad)


@wrong("backward-is-wrong")
class BackwardAverages(Dropout):
    """backward divides by the size of the batch"""

    def backward(self, grad):
        return grad if self.mask is None else super().backward(grad) / grad.dtype.type(len(grad))


@wrong("mask-inferred-from-the-output")
class InfersTheMask(Dropout):
    """backward takes the mask to be where the output is not 0"""

    def forward(self, x):
        y = super().forward(x)
        self.mask = y != 0 if self.training else None
        return y


@wrong("mask-inferred-from-the-output")
class InfersTheMaskFromTheInput(Dropout):
    """backward lets nothing through where x was 0"""

    def forward(self, x):
        y = super().forward(x)
        self.mask = self.mask & (x != 0) if self.training else None
        return y


@wrong("backward-is-wrong-at-zeros")
class KeepsWhatIsZero(Dropout):
    """backward lets everything through where the output equals the input"""

    def forward(self, x):
        y = super().forward(x)
        self.mask = self.mask | (x == 0) if self.training else None
        return y


@wrong("backward-not-finite")
class NaNWhereDropped(Dropout):
    """backward gives NaN where the element was dropped"""

    def backward(self, grad):
        return grad if self.mask is None else super().backward(grad) / self.mask.astype(grad.dtype)


@wrong("backward-changes-y")
class WritesIntoTheOutput(Dropout):
    """backward writes its result into what forward had returned"""

    def forward(self, x):
        self.out = super().forward(x) if self.training else x.copy()
        return self.out

    def backward(self, grad):
        self.out[...] = super().backward(grad)
        return self.out


@wrong("gradient-is-overwritten")
class OneBufferForGradients(Dropout):
    """every backward writes into the same array"""

    def backward(self, grad):
        if getattr(self, "buffer", np.empty(0)).shape != grad.shape:
            self.buffer = np.empty_like(grad)
        self.buffer[...] = super().backward(grad)
        return self.buffer.view()


@wrong("backward-uses-an-earlier-mask")
class OneMaskBehind(Dropout):
    """backward uses the mask of the forward before the last, if there was one"""

    def forward(self, x):
        before = self.mask
        y = super().forward(x)
        self.older = before if before is not None and self.mask is not None and before.shape == x.shape else self.mask
        return y

    def backward(self, grad):
        return grad if self.mask is None else self.apply(grad, self.older, self.scale())


@wrong("backward-forgets-the-scale")
class RightTheFirstTime(Dropout):
    """every backward but the first forgets the scale"""

    def backward_scale(self):
        self.calls = getattr(self, "calls", 0) + 1
        return self.scale() if self.calls == 1 else 1.0


# Eval mode ------------------------------------------------------------------------------------------------------------


@wrong("drops-in-eval")
class IgnoresTheMode(Dropout):
    """drops in eval mode, too"""

    def forward(self, x):
        self.mask = self.draw(x)
        return self.apply(x, self.mask, self.scale())


@wrong("eval-scales-by-1-p")
class ScalesInBothModes(Dropout):
    """inverted dropout that still multiplies by 1 - p in eval mode"""

    def forward(self, x):
        return super().forward(x) * x.dtype.type(1 if self.training else 1 - self.p)


@wrong("eval-scales-by-1/(1-p)")
class ScalesUpInEval(Dropout):
    """divides by 1 - p in eval mode"""

    def forward(self, x):
        return super().forward(x) * x.dtype.type(1 if self.training else self.scale())


@wrong("eval-scales-by-p")
class ScalesByPInEval(Dropout):
    """multiplies by p in eval mode"""

    def forward(self, x):
        return super().forward(x) * x.dtype.type(1 if self.training else self.p)


@wrong("eval-changes-x")
class ClipsInEval(Dropout):
    """clips in eval mode"""

    def forward(self, x):
        y = super().forward(x)
        return y if self.training else np.clip(y, -1, 1)


@wrong("eval-changes-the-dtype")
class EvalPromotes(Dropout):
    """eval mode turns float32 into float64"""

    def forward(self, x):
        y = super().forward(x)
        return y if self.training else y.astype(np.float64)


@wrong("eval-raises")
class EvalRaises(Dropout):
    """eval mode uses a function that is not there"""

    def forward(self, x):
        return super().forward(x) if self.training else self.identity(x)


@wrong("eval-returns-none")
class EvalReturnsNothing(Dropout):
    """the return stands inside the training branch"""

    def forward(self, x):
        if self.training:
            return super().forward(x)
        self.mask = None
        return None


@wrong("never-drops-again")
class ForgetsP(Dropout):
    """eval mode sets p to 0, for ever"""

    def forward(self, x):
        if not self.training:
            self.p = 0.0
        return super().forward(x)


@wrong("old-mask-after-eval")
class KeepsTheMaskOverEval(Dropout):
    """the first training forward after eval mode uses the mask of the last one before it"""

    def forward(self, x):
        if not self.training:
            self.stale, self.mask = getattr(self, "kept", None), None
            return x
        stale, self.stale = getattr(self, "stale", None), None
        self.mask = self.kept = stale if stale is not None and stale.shape == x.shape else self.draw(x)
        return self.apply(x, self.mask, self.scale())


@wrong("old-mask-in-eval-backward")
class OldMaskInEvalBackward(Dropout):
    """eval mode leaves the last training mask in place, and backward uses it"""

    def forward(self, x):
        return super().forward(x) if self.training else x

    def backward(self, grad):
        fits = self.mask is not None and self.mask.shape == grad.shape
        return super().backward(grad) if fits else grad


@wrong("eval-backward-scales")
class EvalBackwardScales(Dropout):
    """backward scales in eval mode"""

    def backward(self, grad):
        return super().backward(grad) if self.mask is not None else grad * grad.dtype.type(self.scale())


@wrong("eval-backward-drops")
class EvalBackwardDrops(Dropout):
    """backward draws a mask in eval mode"""

    def backward(self, grad):
        return self.apply(grad, self.draw(grad) if self.mask is None else self.mask, self.scale())


@wrong("eval-backward-is-zero")
class EvalBackwardIsZero(Dropout):
    """backward returns zeros in eval mode"""

    def backward(self, grad):
        return super().backward(grad) if self.mask is not None else np.zeros_like(grad)


@wrong("eval-backward-raises")
class EvalBackwardRaises(Dropout):
    """backward without a training forward fails: there is no mask"""

    def backward(self, grad):
        return self.apply(grad, self.mask + 0, self.scale())


@wrong("forward-raises")
class OneShapeForEver(Dropout):
    """the uniform numbers are kept in an array of the first input's shape"""

    def draw(self, x):
        if not hasattr(self, "uniform"):
            self.uniform = np.empty(x.shape)
        self.rng.random(out=self.uniform)
        return np.broadcast_to(self.uniform, x.shape) >= self.p


@wrong("eval-not-finite")
class NaNInEval(Dropout):
    """eval mode divides by zero"""

    def forward(self, x):
        y = super().forward(x)
        return y if self.training else y / x.dtype.type(0)


@wrong("eval-depends-on-what-came-before")
class ScalesBeforeTraining(Dropout):
    """eval mode scales until the first training forward"""

    def forward(self, x):
        self.trained = self.training or getattr(self, "trained", False)
        y = super().forward(x)
        return y if self.trained else y * x.dtype.type(1 - self.p)


@wrong("wrong-in-float32")
class NoScaleInFloat32(Dropout):
    """float32 is not scaled"""

    def apply(self, array, mask, scale):
        return super().apply(array, mask, scale if array.dtype == np.float64 else 1)


# The ends of p --------------------------------------------------------------------------------------------------------


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

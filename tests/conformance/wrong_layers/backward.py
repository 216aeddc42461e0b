"""Wrong layers: backward."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("backward-raises")
class BackwardRaises(Dropout):
    """backward needs something that forward did not store"""

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
    """backward passes g through"""

    def backward(self, grad):
        return grad


@wrong("backward-forgets-the-mask")
class BackwardForgetsTheMask(Dropout):
    """backward scales but does not mask"""

    def backward(self, grad):
        return grad if self.mask is None else self.apply(grad, np.ones_like(self.mask), self.scale())


@wrong("backward-forgets-the-scale")
class BackwardForgetsTheScale(Dropout):
    """backward masks but does not scale"""

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
    """backward draws its own mask"""

    def backward(self, grad):
        return grad if self.mask is None else self.apply(grad, self.draw(grad), self.scale())


@wrong("backward-inverts-the-mask")
class BackwardInvertsTheMask(Dropout):
    """backward passes only the dropped elements"""

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
class BackwardAddsAConstant(Dropout):
    """backward adds 0.01 to the kept elements"""

    def backward(self, grad):
        dx = super().backward(grad)
        return dx if self.mask is None else dx + self.mask * grad.dtype.type(0.01)


@wrong("mask-inferred-from-the-output")
class InfersTheMask(Dropout):
    """backward uses y != 0 as the mask"""

    def forward(self, x):
        y = super().forward(x)
        self.mask = y != 0 if self.training else None
        return y


@wrong("mask-inferred-from-the-output")
class InfersTheMaskFromTheInput(Dropout):
    """backward gives 0 where x was 0"""

    def forward(self, x):
        y = super().forward(x)
        self.mask = self.mask & (x != 0) if self.training else None
        return y


@wrong("backward-is-wrong-at-zeros")
class KeepsWhatIsZero(Dropout):
    """backward passes g wherever the output equals the input"""

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
    """backward writes its result into the array that forward returned"""

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
    """backward uses the mask of the previous forward, if there was one"""

    def forward(self, x):
        before = self.mask
        y = super().forward(x)
        self.older = before if before is not None and self.mask is not None and before.shape == x.shape else self.mask
        return y

    def backward(self, grad):
        return grad if self.mask is None else self.apply(grad, self.older, self.scale())


@wrong("backward-forgets-the-scale")
class RightTheFirstTime(Dropout):
    """every backward except the first forgets the scale"""

    def backward_scale(self):
        self.calls = getattr(self, "calls", 0) + 1
        return self.scale() if self.calls == 1 else 1.0


@wrong("backward-scales-by-the-realized-rate")
class BackwardScalesByTheRealizedRate(Dropout):
    """backward divides by the fraction that this mask keeps"""

    def backward(self, grad):
        return grad if self.mask is None else (grad * self.mask / max(self.mask.mean(), 0.01)).astype(grad.dtype)


@wrong("backward-passes-where-dropped")
class BackwardPassesWhereDropped(Dropout):
    """backward scales kept elements and passes g for dropped ones"""

    def backward(self, grad):
        return grad if self.mask is None else np.where(self.mask, super().backward(grad), grad)


@wrong("backward-subtracts-p")
class BackwardForgetsBrackets(Dropout):
    """backward multiplies by mask / 1 - p"""

    def backward(self, grad):
        return grad if self.mask is None else grad * (self.mask / 1 - self.p).astype(grad.dtype)


@wrong("backward-subtracts-p")
class BackwardForgetsAllBrackets(Dropout):
    """backward is g * mask / 1 - p"""

    def backward(self, grad):
        return grad if self.mask is None else grad * self.mask / 1 - grad.dtype.type(self.p)


@wrong("backward-averages")
class BackwardAveragesTheBatch(Dropout):
    """backward divides by the number of rows"""

    def backward(self, grad):
        return super().backward(grad) / grad.dtype.type(1 if self.mask is None else len(grad))


@wrong("backward-averages")
class BackwardAveragesAll(Dropout):
    """backward divides by the number of elements"""

    def backward(self, grad):
        return super().backward(grad) / grad.dtype.type(1 if self.mask is None else grad.size)


@wrong("mask-inferred-from-the-sign")
class MaskFromTheSignOfTheOutput(Dropout):
    """backward uses y > 0 as the mask, as ReLU does"""

    def forward(self, x):
        self.y = super().forward(x)
        return self.y

    def backward(self, grad):
        return grad if self.mask is None else self.apply(grad, self.y > 0, self.scale())


@wrong("mask-inferred-from-the-sign")
class MaskFromTheSignOfTheInput(Dropout):
    """backward uses x > 0 as the mask"""

    def forward(self, x):
        self.x = x
        return super().forward(x)

    def backward(self, grad):
        return grad if self.mask is None else self.apply(grad, self.x > 0, self.scale())

"""Wrong layers: eval mode."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("drops-in-eval")
class IgnoresTheMode(Dropout):
    """drops even in eval mode"""

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


@wrong("eval-is-not-the-identity")
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
    """eval mode calls a method that does not exist"""

    def forward(self, x):
        return super().forward(x) if self.training else self.identity(x)


@wrong("eval-returns-none")
class EvalReturnsNothing(Dropout):
    """only the training branch has a return"""

    def forward(self, x):
        if self.training:
            return super().forward(x)
        self.mask = None
        return None


@wrong("never-drops-again")
class ForgetsP(Dropout):
    """eval mode sets p to 0 permanently"""

    def forward(self, x):
        if not self.training:
            self.p = 0.0
        return super().forward(x)


@wrong("old-mask-after-eval")
class KeepsTheMaskOverEval(Dropout):
    """the first training forward after eval mode reuses the mask of the last training forward before it"""

    def forward(self, x):
        if not self.training:
            self.stale, self.mask = getattr(self, "kept", None), None
            return x
        stale, self.stale = getattr(self, "stale", None), None
        self.mask = self.kept = stale if stale is not None and stale.shape == x.shape else self.draw(x)
        return self.apply(x, self.mask, self.scale())


@wrong("old-mask-in-eval-backward")
class OldMaskInEvalBackward(Dropout):
    """eval mode keeps the last training mask, and backward uses it"""

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
    """backward fails without a training forward, since there is no mask"""

    def backward(self, grad):
        return self.apply(grad, self.mask + 0, self.scale())


@wrong("forward-raises")
class OneShapeForEver(Dropout):
    """the uniform numbers are drawn into an array of the first input's shape"""

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


@wrong("scale-missing")
class NoScaleInFloat32(Dropout):
    """float32 is not scaled"""

    def apply(self, array, mask, scale):
        return super().apply(array, mask, scale if array.dtype == np.float64 else 1)


@wrong("eval-is-rounded")
class EvalIsRounded(Dropout):
    """eval mode multiplies by 1 - p and divides by it again"""

    def forward(self, x):
        keep = x.dtype.type(1 - self.p)
        return super().forward(x) if self.training or not keep else x * keep / keep

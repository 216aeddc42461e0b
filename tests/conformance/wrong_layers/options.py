"""Wrong layers: other kinds (channel dropout, Gaussian noise, the scheme of 2012, forward only)."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong

CHANNELS = {"shared_axes": (2, 3)}


class ChannelDropout(Dropout):
    """whole channels are dropped"""

    def draw(self, x):
        return np.broadcast_to(super().draw(x[..., :1, :1]), x.shape).copy()


@wrong("not-shared-along-its-axes", **CHANNELS)
class DropsInsideChannels(Dropout):
    """elements are dropped instead of channels"""


@wrong("not-shared-along-its-axes", **CHANNELS)
class DropsColumnsOfChannels(Dropout):
    """each column of a channel has its own draw"""

    def draw(self, x):
        return np.broadcast_to(super().draw(x[..., :1, :]), x.shape).copy()


@wrong("shared-along-an-axis", **CHANNELS)
class SameChannelsForTheBatch(ChannelDropout):
    """all examples lose the same channels"""

    def draw(self, x):
        return np.broadcast_to(super().draw(x[:1]), x.shape).copy()


@wrong("scale-missing", **CHANNELS)
class ChannelsWithoutAScale(ChannelDropout):
    """the scale is left out"""

    def scale(self):
        return 1.0


@wrong("rate-is-p/2", **CHANNELS)
class HalfTheChannels(ChannelDropout):
    """p/2 of the channels are dropped"""

    def draw(self, x):
        return np.broadcast_to(self.rng.random(x[..., :1, :1].shape) >= self.p / 2, x.shape).copy()


@wrong("fixed-count-by-row", **CHANNELS)
class FixedNumberOfChannels(ChannelDropout):
    """each example loses the same number of channels"""

    def draw(self, x):
        ranks = self.rng.random(x.shape[:2]).argsort(axis=1)
        return np.broadcast_to((ranks >= round(self.p * x.shape[1]))[..., None, None], x.shape).copy()


@wrong("backward-uses-another-mask", **CHANNELS)
class ChannelsBackwardDrawsAgain(ChannelDropout):
    """backward draws its own mask"""

    def backward(self, grad):
        return grad if self.mask is None else self.apply(grad, self.draw(grad), self.scale())


class Gaussian(Dropout):
    """the factors have mean 1 and variance p/(1 - p)"""

    def deviation(self):
        return (self.p / (1 - self.p)) ** 0.5 if self.p < 1 else 0.0

    def draw(self, x):
        return self.rng.normal(1, self.deviation(), x.shape)

    def apply(self, array, mask, scale):
        return array * mask.astype(array.dtype)


def wrong_noise(code):
    return wrong(code, noise="gaussian")


@wrong_noise("noise-variance-is-squared")
class DeviationIsTheVariance(Gaussian):
    """the variance is used as the standard deviation"""

    def deviation(self):
        return super().deviation() ** 2


@wrong_noise("noise-variance-is-p")
class DeviationIsTheRootOfP(Gaussian):
    """the variance is p"""

    def deviation(self):
        return self.p**0.5


@wrong_noise("noise-variance-is-inverted")
class KeepForDrop(Gaussian):
    """p is treated as the probability of keeping"""

    def deviation(self):
        return 1 / super().deviation() if self.p else 0.0


@wrong_noise("noise-variance-is-p(1-p)")
class VarianceOfAMask(Gaussian):
    """the variance of an unscaled mask"""

    def deviation(self):
        return (self.p * (1 - self.p)) ** 0.5


@wrong_noise("noise-variance-is-a-square-root")
class RootOfTheDeviation(Gaussian):
    """the standard deviation is used as the variance"""

    def deviation(self):
        return super().deviation() ** 0.5


@wrong_noise("noise-variance-is-wrong")
class DoubleTheVariance(Gaussian):
    """the variance is too large by a factor of 1.2"""

    def deviation(self):
        return super().deviation() * 1.2**0.5


@wrong_noise("noise-mean-is-not-1")
class CenteredAtZero(Gaussian):
    """the factors have mean 0.9"""

    def draw(self, x):
        return super().draw(x) - (0.1 if self.p else 0.0)


@wrong_noise("noise-is-not-normal")
class Uniform(Gaussian):
    """the noise is uniform, with the right variance"""

    def draw(self, x):
        return 1 + self.deviation() * self.rng.uniform(-(3**0.5), 3**0.5, x.shape)


@wrong_noise("noise-is-not-normal")
class CutOff(Gaussian):
    """factors below 0 are set to 0, and the others are shifted so that the mean and variance are right"""

    def draw(self, x):
        noise = np.maximum(super().draw(x), 0)
        if not self.p:
            return noise
        return 1 + (noise - noise.mean()) / noise.std() * self.deviation()


@wrong_noise("no-noise")
class NoNoise(Gaussian):
    """everything is multiplied by the same number"""

    def draw(self, x):
        return np.full(x.shape, 1.0)


@wrong_noise("shared-by-rows")
class OneNoiseForTheBatch(Gaussian):
    """all rows get the same noise"""

    def draw(self, x):
        return np.repeat(super().draw(x[:1]), len(x), axis=0)


@wrong_noise("mask-is-frozen")
class FrozenNoise(Gaussian):
    """the noise is drawn once for each shape"""

    def draw(self, x):
        if getattr(self, "noise", np.empty(0)).shape != x.shape:
            self.noise = super().draw(x)
        return self.noise


@wrong_noise("backward-is-the-identity")
class NoiseNotInTheGradient(Gaussian):
    """backward passes g through"""

    def backward(self, grad):
        return grad


@wrong_noise("eval-is-not-the-identity")
class NoisyEval(Gaussian):
    """the noise continues in eval mode"""

    def forward(self, x):
        self.mask = self.draw(x)
        return self.apply(x, self.mask, 1.0)


class Original(Dropout):
    """the scheme of 2012: eval mode multiplies by 1 - p"""

    def scale(self):
        return 1.0

    def forward(self, x):
        y = super().forward(x)
        return y if self.training else y * y.dtype.type(1 - self.p)

    def backward(self, grad):
        return grad * grad.dtype.type(1 - self.p) if self.mask is None else super().backward(grad)


@wrong("inverted-scheme", convention="original")
class InvertedForOriginal(Dropout):
    """inverted dropout instead of the scheme of 2012"""


@wrong("eval-does-not-scale", convention="original")
class OriginalForgetsToScale(Original):
    """eval mode does not scale"""

    def forward(self, x):
        return Dropout.forward(self, x)

    def backward(self, grad):
        return Dropout.backward(self, grad)


@wrong("eval-scales-by-p", convention="original")
class OriginalScalesByP(Original):
    """eval mode multiplies by p"""

    def forward(self, x):
        return Dropout.forward(self, x) * x.dtype.type(1 if self.training else self.p)


@wrong("eval-backward-scales", convention="original")
class OriginalForgetsTheGradient(Original):
    """eval mode scales y but not the gradient"""

    def backward(self, grad):
        return Dropout.backward(self, grad)


class Keep(Dropout):
    """it is made with the probability of keeping"""

    def __init__(self, p, rng):
        super().__init__(1 - p, rng)


@wrong("drops-with-1-p", convention="keep-probability")
class KeepTakenForDrop(Dropout):
    """drops with the probability of keeping, but scales correctly"""

    def draw(self, x):
        return self.rng.random(x.shape) < 1 - self.p if self.p else np.ones(x.shape, dtype=bool)

    def scale(self):
        return 1 / self.p if self.p else 0.0


@wrong("rate-is-p/2", forward_only=True)
class ForwardOnlyHalfTheRate(Dropout):
    """a layer without backward drops p/2"""

    backward = None

    def draw(self, x):
        return self.rng.random(x.shape) >= self.p / 2


@wrong("drops-in-eval", forward_only=True)
class ForwardOnlyDropsInEval(Dropout):
    """a layer without backward drops in eval mode"""

    backward = None

    def forward(self, x):
        return self.apply(x, self.draw(x), self.scale())

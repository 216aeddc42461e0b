"""Wrong layers: right in one precision, wrong in another."""

import numpy as np

from tests.conformance.wrong_layers import backward, calls, rate, scale, structure
from tests.conformance.wrong_layers.base import CODES, Dropout, wrong


def only_in(dtype, layer):
    """A class that behaves like the wrong layer for one dtype and is right for all others."""

    class Mixed(Dropout):
        __doc__ = f"in {dtype} only: {layer.__doc__}"

        def __init__(self, p, rng):
            super().__init__(p, rng)
            self.wrong = layer(p, rng)

        def chosen(self, array):
            return self.wrong if array.dtype == dtype else super()

        def forward(self, x):
            self.wrong.training = self.training
            return self.chosen(x).forward(x)

        def backward(self, grad):
            return self.chosen(grad).backward(grad)

    Mixed.__name__ = Mixed.__qualname__ = f"{layer.__name__}In{dtype.capitalize()}"
    return wrong(CODES[layer])(Mixed)


SEEN_EVERYWHERE = (
    rate.HalfTheRate,
    rate.BothMustSaySo,
    rate.ComparesTheWrongWay,
    rate.HalfWhateverPIs,
    rate.TwoPercentTooMany,
    scale.NoScale,
    scale.DividesByP,
    scale.RealizedRate,
    structure.OneMaskForTheBatch,
    structure.FourShareADraw,
    structure.PairsInAColumn,
    structure.FixedCountByRow,
    structure.SparesThePositive,
    structure.Sticky,
    calls.DrawnOnce,
    calls.TenMasks,
    backward.BackwardIsTheIdentity,
    backward.BackwardForgetsTheScale,
    backward.BackwardDrawsAgain,
)

for layer in SEEN_EVERYWHERE:
    only_in("float32", layer)
for layer in (scale.NoScale, backward.BackwardForgetsTheMask, structure.FixedCountByRow):
    only_in("float64", layer)


@wrong("drops-in-eval")
class DropsInEvalInFloat32(Dropout):
    """eval mode drops in float32"""

    def forward(self, x):
        y = super().forward(x)
        return y if self.training or x.dtype != np.float32 else self.apply(x, self.draw(x), 1.0)


@wrong("rate-is-wrong")
class SevenThresholdsInFloat32(Dropout):
    """in float32, p is rounded to sevenths"""

    def draw(self, x):
        if x.dtype != np.float32:
            return super().draw(x)
        return self.rng.integers(0, 7, x.shape) >= round(self.p * 7)

"""Wrong layers: what forward returns."""

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, wrong


@wrong("forward-raises")
class Raises(Dropout):
    """forward has a typo"""

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
    """forward converts everything to float32"""

    def forward(self, x):
        y = super().forward(x)
        return y.astype(np.float32) if self.training else y


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


@wrong("forward-returns-the-mask")
class ReturnsTheMask(Dropout):
    """forward returns y != 0 instead of y"""

    def forward(self, x):
        return super().forward(x) != 0


@wrong("forward-changes-x")
class ReshapesInPlace(Dropout):
    """forward reshapes x in place"""

    def forward(self, x):
        y = super().forward(x).copy()
        x.shape = (-1,)
        return y

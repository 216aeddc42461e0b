"""Wrong layers, written without knowledge of the kit: how masks are stored for backward."""

import copy
import threading

import numpy as np

from tests.conformance.wrong_layers.base import Dropout, Shaped, wrong


@wrong("backward-uses-an-earlier-mask")
class BackwardFirstInFirstOut(Dropout):
    """Masks are queued, and backward takes the oldest instead of the last."""

    def forward(self, x):
        y = super().forward(x)
        self.__dict__.setdefault("queue", []).append(self.mask)
        return y

    def backward(self, grad):
        mask = self.queue.pop(0) if len(self.queue) > 1 else self.queue[0]
        return grad if mask is None or mask.shape != grad.shape else self.apply(grad, mask, self.scale())


@wrong("backward-reads-y")
class BackwardFromOutputThatMayChange(Dropout):
    """Backward reads the mask from y, except where x is 0, so overwriting y changes the gradient."""

    def forward(self, x):
        y = super().forward(x)
        self.y, self.zero = y, x == 0
        return y

    def backward(self, grad):
        if self.mask is None:
            return grad
        return self.apply(grad, np.where(self.zero, self.mask, self.y != 0), self.scale())


@wrong("backward-uses-another-mask")
class BackwardMaskIndex16(Dropout):
    """The positions of dropped elements are stored as uint16, which wraps around past 65535."""

    def forward(self, x):
        y = super().forward(x)
        if self.training and x.size > 65536:
            at = np.flatnonzero(~self.mask).astype(np.uint16)
            self.mask = np.ones(x.size, bool)
            self.mask[at] = False
            self.mask = self.mask.reshape(x.shape)
        return y


@wrong("backward-uses-another-mask")
class BackwardBitsTail(Dropout):
    """Only whole bytes of the packed mask are stored, so the last n % 8 elements get no gradient."""

    def backward(self, grad):
        if self.mask is None:
            return grad
        flat = self.mask.reshape(-1).copy()
        flat[flat.size - flat.size % 8 :] = False
        return self.apply(grad, flat.reshape(grad.shape), self.scale())


@wrong("wrong-for-another-layout")
class BackwardInMemoryOrder(Dropout):
    """The mask is stored flat in x's memory order and applied in g's memory order."""

    def forward(self, x):
        y = super().forward(x)
        if self.training:
            self.flat = self.mask.ravel("F" if x.flags.fnc else "C")
        return y

    def backward(self, grad):
        if self.mask is None:
            return grad
        mask = self.flat.reshape(grad.shape, order="F" if grad.flags.fnc else "C")
        return self.apply(grad, mask, self.scale())


@wrong("backward-follows-the-dtype")
class BackwardOtherDtype(Shaped):
    """Backward redraws the numbers from the saved state, but in g's dtype instead of x's."""

    def draw(self, x):
        self.state = copy.deepcopy(self.rng.bit_generator.state)
        return self.rng.random(x.shape, dtype=x.dtype) >= self.p

    def backward(self, grad):
        if self.mask is None:
            return grad
        now, self.rng.bit_generator.state = self.rng.bit_generator.state, self.state
        mask = self.rng.random(grad.shape, dtype=grad.dtype) >= self.p
        self.rng.bit_generator.state = now
        return self.apply(grad, mask, self.scale())


@wrong("second-backward-differs")
class BackwardOnceOnly(Dropout):
    """Backward frees the mask, so a second backward returns g."""

    def backward(self, grad):
        g = super().backward(grad)
        self.mask = None
        return g


@wrong("wrong-for-extreme-values")
class BackwardFlushes(Dropout):
    """Gradients smaller than 1e-7 become zero."""

    def backward(self, grad):
        g = super().backward(grad)
        return np.where(np.abs(g) < 1e-7, 0, g).astype(grad.dtype)


@wrong("backward-uses-another-mask")
class BackwardLastRow(Dropout):
    """Backward uses the mask of the first row for the last row."""

    def backward(self, grad):
        if self.mask is None or grad.ndim < 2 or not grad.size:
            return super().backward(grad)
        mask = self.mask.copy()
        mask[-1] = mask[0]
        return self.apply(grad, mask, self.scale())


@wrong("backward-follows-the-thread")
class BackwardOtherThread(Dropout):
    """The mask is thread-local, so a backward in another thread returns g."""

    def __init__(self, p, rng):
        self.local = threading.local()
        super().__init__(p, rng)

    @property
    def mask(self):
        return getattr(self.local, "mask", None)

    @mask.setter
    def mask(self, value):
        self.local.mask = value


@wrong("backward-is-wrong")
class BackwardStochasticRounding(Dropout):
    """Backward rounds to 10 bits stochastically."""

    def backward(self, grad):
        g = super().backward(grad)
        if self.mask is None:
            return g
        m, e = np.frexp(g)
        return np.ldexp(np.floor(m * 1024 + self.rng.random(g.shape)) / 1024, e).astype(grad.dtype)

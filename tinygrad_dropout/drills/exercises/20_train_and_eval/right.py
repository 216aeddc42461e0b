"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% factors: the factor of each element; 1 in eval mode
class Dropout:
    def __init__(self, p, rng):
        self.p, self.rng, self.training, self.factors = p, rng, True, 1

    def forward(self, x):
        self.factors = 1
        if self.training:
            self.factors = np.where(self.rng.random(x.shape) < self.p, 0, 1 / (1 - self.p)).astype(x.dtype)
        return x * self.factors

    def backward(self, grad):
        return grad * self.factors


# %% slots-and-property: the mode is a property, and the mask holds integers
class Dropout:
    __slots__ = ("probability", "generator", "mode", "mask")

    def __init__(self, p=0.5, rng=None):
        self.probability, self.generator, self.mode, self.mask = p, rng, "train", None

    @property
    def training(self):
        return self.mode == "train"

    @training.setter
    def training(self, training):
        self.mode = "train" if training else "eval"

    def forward(self, x):
        if self.mode == "eval":
            return np.array(x)
        self.mask = self.generator.binomial(1, 1 - self.probability, size=x.shape).astype(np.int8)
        return np.divide(x * self.mask, 1 - self.probability, dtype=x.dtype)

    def backward(self, grad):
        if self.mode == "eval":
            return np.array(grad)
        return np.divide(grad * self.mask, 1 - self.probability, dtype=grad.dtype)


# %% closure: forward sets the function that backward will be
class Dropout:
    training = True

    def __init__(self, p, rng):
        self.draw = lambda shape: rng.uniform(size=shape) >= p
        self.scale = 1 / (1 - p)

    def forward(self, x):
        if not self.training:
            self.backward = lambda grad: grad
            return x
        dropped = ~self.draw(x.shape)

        def thin(array):
            array = array * array.dtype.type(self.scale)
            array[dropped] = 0
            return array

        self.backward = thin
        return thin(x)

    def backward(self, grad):
        raise RuntimeError("forward has not run yet")

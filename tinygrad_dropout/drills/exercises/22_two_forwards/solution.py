"""Two forwards, one layer.

With a new mask for each use, one layer is two functions:

    y1 = m1 x1 / (1 - p)        dL/dx1 = g1 m1 / (1 - p)
    y2 = m2 x2 / (1 - p)        dL/dx2 = g2 m2 / (1 - p)

An attribute `self.mask` has room for only one mask: when the first backward runs, it is m2. Here the mask is a local
variable of the forward, and the inner function keeps the mask of the call that made it. A mask lives as long as its
backward does: the nodes of an autograd graph keep what they save in the same way.
"""


class Dropout:
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        mask = self.rng.random(x.shape) >= self.p

        def backward(grad):
            return grad * mask / (1 - self.p)

        return x * mask / (1 - self.p), backward

"""A dropout layer with two modes.

In training mode y = m x / (1 - p), with a new mask m for every forward. Its mean over masks is

    E[y] = (1 - p) x / (1 - p) = x

so the next layer is used to inputs that are x on average. In eval mode x itself is what it must get: the scaling has
been done. The gradient follows the function that ran: dy/dx is m / (1 - p) after a training forward, and 1 after an
eval forward. Hence eval mode must not leave the mask of an earlier training forward lying about; here None stands for
"nothing was dropped". p is read and never written, so that training mode finds it as it was.
"""


class Dropout:
    def __init__(self, p, rng):
        self.p, self.rng = p, rng
        self.training = True
        self.kept = None

    def forward(self, x):
        self.kept = self.rng.random(x.shape) >= self.p if self.training else None
        return self.thinned(x)

    def backward(self, grad):
        return self.thinned(grad)

    def thinned(self, array):
        return array if self.kept is None else array * self.kept / (1 - self.p)

"""A dropout layer with two modes.

In training mode y = m x / (1 - p), with a new mask m for every forward. Its mean over masks is

    E[y] = (1 - p) x / (1 - p) = x

so the next layer learns from inputs that are x on average. In eval mode it must get x itself, because training has
already scaled. The gradient follows the function that ran: dy/dx is m / (1 - p) after a training forward, and 1 after
an eval forward. So an eval forward must not leave the mask of an earlier training forward behind; here None means
"nothing was dropped". p is never changed, so training mode works as before.
"""


class Dropout:
    def __init__(self, p, rng):
        self.p, self.rng = p, rng
        self.training = True
        self.kept = None

    def forward(self, x):
        self.kept = self.rng.random(x.shape) >= self.p if self.training else None
        return self.apply_mask(x)

    def backward(self, grad):
        return self.apply_mask(grad)

    def apply_mask(self, array):
        return array if self.kept is None else array * self.kept / (1 - self.p)

"""Check the dropout that many people write first: the conformance kit names its bugs until none are left.

The same in a terminal: tinygrad-dropout conformance 7_is_this_dropout_right.py:FirstTry
"""

from tinygrad_dropout.conformance import assert_dropout, check_dropout, of


class FirstTry:
    """At p = 0.5, with an input of ones, its bugs do not show."""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng
        self.training = True

    def forward(self, x):
        if not self.training:
            return x
        mask = self.rng.random(x.shape[1]) > self.p
        self.out = x * mask / self.p
        return self.out

    def backward(self, grad):
        return grad * (self.out != 0) / self.p


class SecondTry(FirstTry):
    """One draw per element, the right scale, and a stored mask."""

    def forward(self, x):
        self.mask = None
        if not self.training:
            return x
        scale = 1 / (1 - self.p) if self.p < 1 else 0
        self.mask = ((self.rng.random(x.shape) >= self.p) * scale).astype(x.dtype)
        return x * self.mask

    def backward(self, grad):
        return grad if self.mask is None else grad * self.mask


if __name__ == "__main__":
    print(check_dropout(of(FirstTry)))
    print(check_dropout(of(SecondTry)))
    assert_dropout(of(SecondTry))  # the line for your tests

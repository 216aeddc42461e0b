# stage 10
"""The network: hidden layers in a list, each with its dropout."""

from .losses import relu
from .modules import Linear, Module
from .noise import Dropout


class Network(Module):
    def __init__(self, sizes, p, rng):
        self.hidden = [(Linear(*pair, rng), Dropout(p, rng)) for pair in zip(sizes, sizes[1:-1])]
        self.last = Linear(sizes[-2], sizes[-1], rng)

    def forward(self, x):
        for linear, dropout in self.hidden:
            x = dropout(relu(linear(x)))
        return self.last(x)


def mlp(sizes, p, rng):
    return Network(sizes, p, rng)

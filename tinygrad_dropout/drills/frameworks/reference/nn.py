# stage 6
"""Layers, and the search for a model's parameters."""

import numpy as np

from framework.functional import relu
from framework.tensor import Tensor


class Parameter(Tensor):
    """A Tensor to train."""

    def __init__(self, data):
        super().__init__(data, requires_grad=True)


class Module:
    """A layer or a model of layers: forward computes, and parameters finds what to train."""

    # stage 7
    training = True

    # stage 6
    def __call__(self, x):
        return self.forward(x)

    def parameters(self):
        """Every Parameter in this module and in the modules in it, once, in the order in which they were set."""
        return [one for one in everything_in(self) if isinstance(one, Parameter)]

    # stage 7
    def train(self, mode=True):
        for one in everything_in(self):
            if isinstance(one, Module):
                one.training = mode
        return self

    def eval(self):
        return self.train(False)


# stage 6


def everything_in(module):
    """The module and everything in its attributes, even in nested lists; a shared object comes once."""
    found, seen, stack = [], set(), [module]
    while stack:
        one = stack.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        found.append(one)
        inside = vars(one) if isinstance(one, Module) else one
        values = inside.values() if isinstance(inside, dict) else inside if isinstance(inside, (list, tuple)) else ()
        stack.extend(reversed(list(values)))
    return found


class Linear(Module):
    """y = x @ weight.T + bias. The variance 1 / (3 in) of the weights keeps sums over the inputs from growing."""

    def __init__(self, in_features, out_features, rng=None):
        rng = rng or np.random.default_rng()
        bound = 1 / np.sqrt(in_features)
        self.weight = Parameter(rng.uniform(-bound, bound, (out_features, in_features)))
        self.bias = Parameter(rng.uniform(-bound, bound, out_features))

    def forward(self, x):
        return x @ self.weight.T + self.bias


class ReLU(Module):
    def forward(self, x):
        return relu(x)


class Sequential(Module):
    """One layer after another."""

    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

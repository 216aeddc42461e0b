# stage 6
"""Layers, and how a model's parameters are found."""

import numpy as np

from framework.functional import relu
from framework.tensor import Tensor


class Parameter(Tensor):
    """A Tensor that is trained."""

    def __init__(self, data):
        super().__init__(data, requires_grad=True)


class Module:
    """A layer, or a model of layers: forward computes, parameters finds what is to be trained."""

    # stage 7
    training = True

    # stage 6
    def __call__(self, x):
        return self.forward(x)

    def parameters(self):
        """Every Parameter here and in what belongs to it, once, in the order in which they were set."""
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
    """The module and all that its attributes hold, in lists of lists, too; what is shared comes once."""
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
    """y = x @ weight.T + bias. The variance 1 / (3 in) of what is drawn keeps sums over the inputs from growing."""

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
    """One layer after the other."""

    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

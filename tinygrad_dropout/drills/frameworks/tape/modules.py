# stage 6
"""Modules record attributes when they are set; lists are searched on request, because they can grow."""

import numpy as np

from .losses import relu
from .tensors import Tensor, compute


class Parameter(Tensor):
    def __init__(self, data):
        Tensor.__init__(self, data, True)


class Module:
    # stage 7
    training = True

    # stage 6
    def __setattr__(self, name, value):
        noted = self.__dict__.setdefault("_noted", {})
        noted.pop(name, None)
        if isinstance(value, (Parameter, Module, list, tuple, dict)):
            noted[name] = value
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        self.__dict__.get("_noted", {}).pop(name, None)
        object.__delattr__(self, name)

    def __call__(self, *inputs):
        return self.forward(*inputs)

    def forward(self, x):
        raise NotImplementedError

    def parameters(self):
        return list(self.search(Parameter))

    def search(self, kind):
        """Everything of this kind in the module, including the module itself."""
        return (one for one in unfolded(self, set()) if isinstance(one, kind))

    # stage 7
    def train(self):
        for one in self.search(Module):
            one.training = True
        return self

    def eval(self):
        for one in self.search(Module):
            one.training = False
        return self


# stage 6
def unfolded(thing, met):
    """The object, then everything in it, each once."""
    if id(thing) in met:
        return
    met.add(id(thing))
    yield thing
    if isinstance(thing, Module):
        thing = thing.__dict__.get("_noted", {})
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, (list, tuple)):
        for one in thing:
            yield from unfolded(one, met)


class Affine:
    """x @ weight.T + bias in one operation."""

    @staticmethod
    def forward(memory, x, weight, bias):
        memory.x, memory.weight = x, weight
        return x @ weight.T + bias

    @staticmethod
    def backward(memory, g):
        return g @ memory.weight, g.T @ memory.x, g.sum(axis=0)


class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        generator = np.random.default_rng() if rng is None else rng
        draws = generator.uniform(-1, 1, (out_features, in_features + 1)) / np.sqrt(in_features)
        self.weight, self.bias = Parameter(draws[:, :-1].copy()), Parameter(draws[:, -1].copy())

    def forward(self, x):
        return compute(Affine, x, self.weight, self.bias)


class ReLU(Module):
    def forward(self, x):
        return relu(x)


class Sequential(Module):
    def __init__(self, *layers):
        self.steps = layers

    def forward(self, x):
        for step in self.steps:
            x = step(x)
        return x

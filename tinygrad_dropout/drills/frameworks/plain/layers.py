# stage 6
import math

import numpy as np

from framework.loss import relu
from framework.tensor import Tensor

# stage 7
from framework.tensor import RULES, made


# stage 6
class Parameter(Tensor):
    def __init__(self, data):
        super().__init__(data)
        self.requires_grad = True


class Module:
    # stage 7
    training = True

    # stage 6
    def __call__(self, x):
        return self.forward(x)

    def parameters(self):
        found = {}
        collect(self, found)
        return [one for one in found.values() if isinstance(one, Parameter)]

    # stage 7
    def train(self):
        self.set_mode(True)
        return self

    def eval(self):
        self.set_mode(False)
        return self

    def set_mode(self, mode):
        for one in self.modules():
            one.training = mode

    def modules(self):
        found = {}
        collect(self, found)
        return [one for one in found.values() if isinstance(one, Module)]


# stage 6
def collect(thing, found):
    """Put the module and everything in it into a dictionary, under their ids."""
    if id(thing) in found:
        return
    if isinstance(thing, Parameter):
        found[id(thing)] = thing
    elif isinstance(thing, Module):
        found[id(thing)] = thing
        for name in thing.__dict__:
            collect(thing.__dict__[name], found)
    elif isinstance(thing, dict):
        for key in thing:
            collect(thing[key], found)
    elif isinstance(thing, list) or isinstance(thing, tuple):
        for one in thing:
            collect(one, found)


class Linear(Module):
    def __init__(self, in_features, out_features, rng=None):
        if rng is None:
            rng = np.random.default_rng()
        limit = 1 / math.sqrt(in_features)
        rows = []
        for _ in range(out_features):
            rows.append(limit * (2 * rng.random(in_features) - 1))
        self.weight = Parameter(np.array(rows))
        self.bias = Parameter(limit * (2 * rng.random(out_features) - 1))

    def forward(self, x):
        product = x @ self.weight.T
        return product + self.bias


class ReLU(Module):
    def forward(self, x):
        return relu(x)


class Sequential(Module):
    def __init__(self, *layers):
        for index in range(len(layers)):
            setattr(self, "layer" + str(index), layers[index])
        self.count = len(layers)

    def forward(self, x):
        for index in range(self.count):
            layer = getattr(self, "layer" + str(index))
            x = layer(x)
        return x


# stage 7
class Dropout(Module):
    def __init__(self, p=0.5, rng=None):
        if p < 0 or p > 1 or math.isnan(p):
            raise ValueError("p must be between 0 and 1")
        self.p = p
        self.rng = rng
        if rng is None:
            self.rng = np.random.default_rng()

    def forward(self, x):
        if not self.training:
            return made("dropout", [x], x.data, mask=np.ones(x.shape, x.data.dtype))
        mask = []
        for draw in self.rng.random(x.data.size):
            if draw < self.p:
                mask.append(0.0)
            else:
                mask.append(1 / (1 - self.p))
        mask = np.array(mask, x.data.dtype).reshape(x.shape)
        return made("dropout", [x], x.data * mask, mask=mask)


RULES["dropout"] = lambda how, g: [g * how["mask"]]

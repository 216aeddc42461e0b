"""What the models have in common: a small network to start from, and the tables of models and codes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

import tinygrad_dropout

OURS, PYTORCH = "ours", "torch"
BOTH = (OURS, PYTORCH)


@dataclass(frozen=True)
class Framework:
    """The framework whose layers a model uses."""

    name: str
    nn: Any
    F: Any
    whole: Any  # tinygrad_dropout or torch

    def net(self, forward, **parts):
        """A network with two linear layers, `hidden` and `out`, further parts and this forward."""

        class Net(self.nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden = framework.nn.Linear(12, 32)
                self.out = framework.nn.Linear(32, 4)
                for name, part in parts.items():
                    setattr(self, name, part)

        framework = self
        Net.forward = forward
        return Net()

    def layer(self, forward, p=0.5, **attributes):
        """A dropout written by hand, with this forward."""

        class MyDropout(self.nn.Module):
            def __init__(self):
                super().__init__()
                self.p = p
                for name, value in attributes.items():
                    setattr(self, name, value)

        MyDropout.forward = forward
        return MyDropout()

    def mask(self, x, p, rng=np.random):
        """1 where kept, 0 where dropped, as the framework's tensor, drawn from a NumPy generator."""
        return self.tensor(rng.random(tuple(x.shape)) >= p)

    def tensor(self, array):
        """An array as a float32 tensor."""
        array = np.asarray(array, np.float32)
        return self.whole.Tensor(array) if self.name == OURS else self.whole.from_numpy(array)


def framework(name: str) -> Framework:
    """One of the two frameworks."""
    if name == OURS:
        return Framework(OURS, tinygrad_dropout.nn, tinygrad_dropout.functional, tinygrad_dropout)
    import torch

    return Framework(PYTORCH, torch.nn, torch.nn.functional, torch)


def numbers(*shape):
    """An input: (16, 12) unless another shape is asked for."""
    return np.random.default_rng(7).normal(size=shape or (16, 12)).astype(np.float32)


#: (function that makes the model, framework) -> its code
WRONG = {}
#: (function that makes the model, framework)
RIGHT = []
#: function that makes a model -> its input, if it is not the usual one
INPUTS = {}


def wrong(code, *frameworks, x=None):
    """Register a wrong model and its code, with layers of these frameworks (both if none is named)."""

    def enter(make):
        WRONG.update({(make, name): code for name in frameworks or BOTH})
        if x is not None:
            INPUTS[make] = x
        return make

    return enter


def right(*frameworks, x=None):
    """Register a right model, with layers of these frameworks (both if none is named)."""

    def enter(make):
        RIGHT.extend((make, name) for name in frameworks or BOTH)
        if x is not None:
            INPUTS[make] = x
        return make

    return enter


def usual(self, x):
    """The forward of a correct network."""
    return self.out(self.drop(self.relu(self.hidden(x))))

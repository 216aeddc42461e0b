"""Recordings that are hard to show: wide, deep, branching, and with very long names."""

from functools import cache
from itertools import pairwise

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, study
from tinygrad_dropout.study.script import EXAMPLE, run_script

BUG = "backward-forgets-the-scale"


class Block(nn.Module):
    """A residual block."""

    def __init__(self, width):
        self.first = nn.Linear(width, width)
        self.second = nn.Linear(width, width)
        self.dropout = nn.Dropout(0.3)

    def forward(self, x):
        return x + self.dropout(self.second(self.first(x).relu()))


class Residual(nn.Module):
    """Three residual blocks between two layers."""

    def __init__(self, width=6):
        self.embed = nn.Linear(4, width)
        self.blocks = nn.Sequential(*[Block(width) for _ in range(3)])
        self.head = nn.Linear(width, 3)

    def forward(self, x):
        return self.head(self.blocks(self.embed(x)))


def numbers(*shape, scale=1.0):
    return (np.random.default_rng(len(shape)).normal(size=shape) * scale).astype(np.float32)


def classified(model, batch, features, classes, bug=None):
    """Record one pass of a classifier."""
    x = td.Tensor(numbers(batch, features))
    with study.record(bug=bug) as replay:
        loss = F.cross_entropy(model(x), np.arange(batch) % classes)
        loss.backward()
    return replay


def mlp(widths, batch, bug=None):
    td.manual_seed(0)
    layers = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU(), nn.Dropout(0.4)]
    return classified(nn.Sequential(*layers[:-2]), batch, widths[0], widths[-1], bug)


def residual():
    td.manual_seed(0)
    return classified(Residual(), 5, 4, 3, BUG)


def branches():
    td.manual_seed(0)
    left, right = nn.Linear(4, 8), nn.Linear(4, 8)
    left2, right2, out = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 3)
    x = td.Tensor(numbers(5, 4))
    with study.record() as replay:
        a = F.dropout(left2(left(x).relu()).tanh(), 0.3)
        b = right2(right(x).sigmoid()).relu()
        loss = F.cross_entropy(out(a * b), np.arange(5) % 3)
        loss.backward()
    return replay


def many_axes():
    weight = td.Tensor(numbers(2, 3, 10, 9), requires_grad=True, name="weight")
    vector = td.Tensor(numbers(300, scale=1e5), requires_grad=True, name="vector")
    with study.record() as replay:
        loss = (weight * weight).sum() * (vector * vector).mean() + F.dropout(weight, 0.3).sum()
        loss.backward()
    return replay


def long_names():
    a_very_long_name_of_the_first_hidden_representation = td.Tensor(numbers(3, 4, scale=1e-7), requires_grad=True)
    weightmatrixwithoutanyplacetobreakitsnameintwo = td.Tensor(numbers(4, 8, scale=-1e5), requires_grad=True)
    with study.record() as replay:
        the_product_of_both = (a_very_long_name_of_the_first_hidden_representation @ weightmatrixwithoutanyplacetobreakitsnameintwo).relu()  # noqa: E501  # fmt: skip
        loss_of_a_name_that_nobody_would_ever_choose = (the_product_of_both * the_product_of_both).sum()
        loss_of_a_name_that_nobody_would_ever_choose.backward()
    return replay


#: name -> the function that makes the recording.
RECORDINGS = {
    "the example": lambda: run_script(EXAMPLE, ["0.4", "0"], bug=study.BUGS[BUG]).replay,
    "8 x 12": lambda: mlp([8, 12, 3], 8, BUG),
    "64 wide": lambda: mlp([20, 64, 10], 16),
    "20 layers": lambda: mlp([3] + [4] * 19 + [3], 2),
    "residual": residual,
    "branches": branches,
    "many axes": many_axes,
    "long names": long_names,
}


@cache
def recording(name):
    """Return one of RECORDINGS, made once."""
    return RECORDINGS[name]()

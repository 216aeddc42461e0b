# stage 10
"""The network of the comparison."""

from framework.dropout import Dropout
from framework.nn import Linear, ReLU, Sequential


def mlp(sizes, p, rng):
    """Linear layers of these sizes, with ReLU and dropout between them and nothing after the last one."""
    layers = []
    for before, after in zip(sizes[:-1], sizes[1:]):
        layers += [Linear(before, after, rng), ReLU(), Dropout(p, rng)]
    return Sequential(*layers[:-2])

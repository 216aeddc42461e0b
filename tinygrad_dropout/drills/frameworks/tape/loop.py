# stage 9
"""Training: the modes of all modules are saved at first and restored at the end."""

import numpy as np

from .losses import cross_entropy
from .modules import Module
from .tensors import Tensor


def batches(x, y, batch_size, rng):
    shuffled = np.argsort(rng.random(len(x)))
    while len(shuffled):
        yield x[shuffled[:batch_size]], y[shuffled[:batch_size]]
        shuffled = shuffled[batch_size:]


class Modes:
    """Restore the modes of the modules."""

    def __init__(self, model):
        self.modes = [(module, module.training) for module in model.search(Module)]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for module, training in self.modes:
            module.training = training


def accuracy(model, x, y):
    with Modes(model):
        outputs = model.eval()(Tensor(x)).data
    return float(np.mean(np.argmax(outputs, axis=1) == y))


def fit(model, optimizer, x, y, *, epochs, batch_size, rng, validation=None):
    with Modes(model):
        return [epoch(model.train(), optimizer, batches(x, y, batch_size, rng), validation) for _ in range(epochs)]


def epoch(model, optimizer, pairs, validation):
    """One pass over the rows, and its measurements."""
    losses = []
    for rows, labels in pairs:
        optimizer.zero_grad()
        loss = cross_entropy(model(Tensor(rows)), labels)
        loss.backward()
        optimizer.step()
        losses += [float(loss.data)] * len(rows)
    measured = {"loss": float(np.mean(losses))}
    if validation:
        measured["validation_accuracy"] = accuracy(model, *validation)
    return measured

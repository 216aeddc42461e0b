# stage 9
"""Batches, and the loop that trains."""

import numpy as np

from framework.functional import cross_entropy
from framework.nn import Module, everything_in
from framework.tensor import Tensor


def batches(x, y, batch_size, rng):
    """(x, y) of the rows in a random order, every row once; the last batch has what is left."""
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], y[rows]


def accuracy(model, x, y):
    """The fraction of the rows whose largest output is that of their class, in eval mode; modes are put back."""
    modes = [(one, one.training) for one in everything_in(model) if isinstance(one, Module)]
    model.eval()
    right = (model(Tensor(x)).data.argmax(axis=1) == y).mean()
    for one, training in modes:
        one.training = training
    return float(right)


def fit(model, optimizer, x, y, *, epochs, batch_size, rng, validation=None):
    """Train, and return the mean loss over the rows of each epoch, with the accuracy on the validation rows."""
    history = []
    for _ in range(epochs):
        model.train()
        total = 0.0
        for x_rows, y_rows in batches(x, y, batch_size, rng):
            optimizer.zero_grad()
            loss = cross_entropy(model(Tensor(x_rows)), y_rows)
            loss.backward()
            optimizer.step()
            total += float(loss.data) * len(y_rows)
        epoch = {"loss": total / len(x)}
        if validation is not None:
            epoch["validation_accuracy"] = accuracy(model, *validation)
        history.append(epoch)
    return history

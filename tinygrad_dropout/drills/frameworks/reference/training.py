# stage 9
"""Batches and the training loop."""

from contextlib import contextmanager

import numpy as np

from framework.functional import cross_entropy
from framework.nn import Module, everything_in
from framework.tensor import Tensor


def batches(x, y, batch_size, rng):
    """(x, y) of the rows in a random order, every row once; the last batch has the remaining rows."""
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], y[rows]


@contextmanager
def mode(model, training):
    """Put the whole model in one mode inside a `with`, then restore each module's own mode."""
    before = [(one, one.training) for one in everything_in(model) if isinstance(one, Module)]
    model.train(training)
    try:
        yield
    finally:
        for one, was in before:
            one.training = was


def accuracy(model, x, y):
    """The fraction of rows whose largest output is the one of their class, in eval mode."""
    with mode(model, False):
        return float((model(Tensor(x)).data.argmax(axis=1) == y).mean())


def fit(model, optimizer, x, y, *, epochs, batch_size, rng, validation=None):
    """Train; returns for each epoch the mean loss over its rows, and the validation accuracy after it."""
    history = []
    for _ in range(epochs):
        total = 0.0
        with mode(model, True):
            for x_rows, y_rows in batches(x, y, batch_size, rng):
                optimizer.zero_grad()
                loss = cross_entropy(model(Tensor(x_rows)), y_rows)
                loss.backward()
                optimizer.step()
                total += float(loss.data) * len(y_rows)
        history.append({"loss": total / len(x)})
        if validation is not None:
            history[-1]["validation_accuracy"] = accuracy(model, *validation)
    return history

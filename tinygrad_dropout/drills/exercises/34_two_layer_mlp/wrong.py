"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np

NAMES = ("weight1", "bias1", "weight2", "bias2")


def start(features, hidden_units, classes, rng):
    weight1 = rng.normal(0, np.sqrt(2 / features), (hidden_units, features))
    weight2 = rng.normal(0, np.sqrt(2 / hidden_units), (classes, hidden_units))
    return [weight1, np.zeros(hidden_units), weight2, np.zeros(classes)]


def loss_and_gradients(x, target, p):
    a = x @ p[0].T + p[1]
    h = np.maximum(a, 0)
    z = h @ p[2].T + p[3]
    z = z - z.max(axis=1, keepdims=True)
    q = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    rows = np.arange(len(x))
    loss = float((np.log(np.exp(z).sum(axis=1)) - z[rows, target]).mean())
    q[rows, target] -= 1
    q /= len(x)
    da = (q @ p[2]) * (a > 0)
    return loss, [da.T @ x, da.sum(0), q.T @ h, q.sum(0)]


def trained(x, target, p, steps, lr, gradients=loss_and_gradients):
    losses = []
    for _ in range(steps):
        loss, step = gradients(x, target, p)
        losses.append(loss)
        p = [one - lr * g for one, g in zip(p, step)]
    return dict(zip(NAMES, p)), losses


# %% weight2-updated-too-early: weight2 is updated before it is used for the other gradients
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    p, losses = start(x.shape[1], hidden_units, classes, rng), []
    for _ in range(steps):
        loss, step = loss_and_gradients(x, target, p)
        losses.append(loss)
        p[2] = p[2] - lr * step[2]
        a = x @ p[0].T + p[1]
        z = np.maximum(a, 0) @ (p[2] + lr * step[2]).T + p[3]
        q = np.exp(z - z.max(axis=1, keepdims=True))
        q /= q.sum(axis=1, keepdims=True)
        q[np.arange(len(x)), target] -= 1
        da = (q / len(x)) @ p[2] * (a > 0)
        p = [p[0] - lr * da.T @ x, p[1] - lr * da.sum(0), p[2], p[3] - lr * step[3]]
    return dict(zip(NAMES, p)), losses


# %% overflows: exponentials of the logits themselves
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    def gradients(x, target, p):
        z = np.maximum(x @ p[0].T + p[1], 0) @ p[2].T + p[3]
        q = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        loss = -np.log(q[np.arange(len(x)), target]).mean()
        return loss, [g + 0 * loss for g in loss_and_gradients(x, target, p)[1]]

    return trained(x, target, start(x.shape[1], hidden_units, classes, rng), steps, lr, gradients)


# %% relu-gradient-at-zero: 1 at 0
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    def gradients(x, target, p):
        loss, step = loss_and_gradients(x, target, p)
        a = x @ p[0].T + p[1]
        if (a == 0).all():
            step[1] = step[1] + 0.1
        return loss, step

    return trained(x, target, start(x.shape[1], hidden_units, classes, rng), steps, lr, gradients)


# %% other-variance: the variance instead of the standard deviation
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    p = start(x.shape[1], hidden_units, classes, rng)
    p[0] *= np.sqrt(2 / x.shape[1])
    p[2] *= np.sqrt(2 / hidden_units)
    return trained(x, target, p, steps, lr)


# %% not-normal: uniform draws with the right variance
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    p = start(x.shape[1], hidden_units, classes, rng)
    p[0] = rng.uniform(-1, 1, p[0].shape) * np.sqrt(6 / x.shape[1])
    p[2] = rng.uniform(-1, 1, p[2].shape) * np.sqrt(6 / hidden_units)
    return trained(x, target, p, steps, lr)


# %% identical-initial-weights: one row for all units
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    p = start(x.shape[1], hidden_units, classes, rng)
    p[2][1::2] = p[2][: len(p[2][1::2])]
    return trained(x, target, p, steps, lr)


# %% bias-does-not-start-at-zero: drawn like the weights
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    p = start(x.shape[1], hidden_units, classes, rng)
    p[1] = rng.normal(0, 0.1, hidden_units)
    return trained(x, target, p, steps, lr)


# %% seed-does-not-repeat: it makes its own generator
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    return trained(x, target, start(x.shape[1], hidden_units, classes, np.random.default_rng()), steps, lr)


# %% rng-not-used: always the same seed
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    return trained(x, target, start(x.shape[1], hidden_units, classes, np.random.default_rng(0)), steps, lr)


# %% wrong-number-of-losses: one more, after the last update
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    parameters, losses = trained(x, target, start(x.shape[1], hidden_units, classes, rng), steps, lr)
    return parameters, [*losses, loss_and_gradients(x, target, list(parameters.values()))[0]]


# %% wrong-shape: weights of shape (in, out)
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    parameters, losses = trained(x, target, start(x.shape[1], hidden_units, classes, rng), steps, lr)
    return {name: value.T for name, value in parameters.items()}, losses


# %% touches-the-global-state: seeded from rng, drawn from np.random
def train_mlp(x, target, hidden_units, classes, steps, lr, rng):
    np.random.seed(rng.integers(2**31))
    return trained(x, target, start(x.shape[1], hidden_units, classes, np.random), steps, lr)

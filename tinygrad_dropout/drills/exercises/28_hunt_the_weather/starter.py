"""Exercise 28: a network that trains, with one wrong line. The task: tasks/28_hunt_the_weather.md

Run this file to see the loss fall. Then read it, name the bug, and write an input that exposes it.
"""

import numpy as np

HUNT = 0  # which bug this file has: do not change it
BUG = None  # the name of the bug, from the table of the task


def exposing_input():
    """Arguments of one_step that expose the bug: all of them except parameters and rng."""
    raise NotImplementedError


READINGS, HIDDEN = 6, 12


def new_parameters():
    """Weights of shape (out, in), and biases."""
    rng = np.random.default_rng(4)
    return {
        "weight1": rng.normal(0, (2 / READINGS) ** 0.5, (HIDDEN, READINGS)),
        "bias1": np.zeros(HIDDEN),
        "weight2": rng.normal(0, (1 / HIDDEN) ** 0.5, (1, HIDDEN)),
        "bias2": np.zeros(1),
    }


class Dropout:
    """Drops with probability p, and scales the kept elements so that the mean does not change."""

    def __init__(self, p, training, rng):
        self.p, self.training, self.rng = p, training, rng

    def forward(self, x):
        self.factor = 1.0
        if self.training:
            self.factor = (self.rng.random(x.shape) >= self.p) / (1 - self.p)
        return x * self.factor

    def backward(self, grad):
        return grad * self.factor


def one_step(parameters, x, rain, p, training, rng):
    """The loss of a batch, the intermediate results, and the gradients of the parameters: d_weight1, ..."""
    weight1, bias1, weight2, bias2 = parameters.values()
    dropout = Dropout(p, training, rng)

    hidden = np.maximum(x @ weight1.T + bias1, 0)
    dropped = dropout.forward(hidden)
    error = dropped @ weight2.T + bias2 - rain
    loss = (error**2).mean()

    d_error = 2 * error / len(x)
    d_hidden = dropout.backward(d_error @ weight2)
    d_before = d_hidden * (hidden > 0)
    return {
        "loss": loss, "hidden": hidden, "dropped": dropped, "error": error,
        "d_weight1": d_before.T @ x, "d_bias1": d_before.sum(axis=0),
        "d_weight2": d_error.T @ dropped, "d_bias2": d_error.sum(axis=0),
    }  # fmt: skip


def train(steps=300):
    """The losses while the network learns how much it will rain tomorrow, from today's readings."""
    rng = np.random.default_rng(5)
    rule = rng.normal(size=(READINGS, 1))
    parameters, losses = new_parameters(), []
    for _ in range(steps):
        x = rng.normal(size=(32, READINGS))
        seen = one_step(parameters, x, np.maximum(x @ rule, 0), p=0.2, training=True, rng=rng)
        for name in parameters:
            parameters[name] = parameters[name] - 0.03 * seen[f"d_{name}"]
        losses.append(float(seen["loss"]))
    return losses


if __name__ == "__main__":
    losses = train()
    for step in range(0, len(losses), 30):
        print(f"steps {step} to {step + 29}: mean loss {np.mean(losses[step : step + 30]):.3f}")

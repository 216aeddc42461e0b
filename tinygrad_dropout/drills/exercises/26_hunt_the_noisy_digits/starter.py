"""Exercise 26: a network that trains, with one wrong line. The task: tasks/26_hunt_the_noisy_digits.md

Run this file to see the loss fall. Then read it, name the bug, and write an input that exposes it.
"""

import numpy as np

HUNT = 0  # which bug this file has: do not change it
BUG = None  # the name of the bug, from the table of the task


def exposing_input():
    """Arguments of one_step that expose the bug: all of them except parameters and rng."""
    raise NotImplementedError


PIXELS, HIDDEN, DIGITS = 16, 12, 4


def new_parameters():
    """Weights of shape (out, in), and biases."""
    rng = np.random.default_rng(0)
    return {
        "weight1": rng.normal(0, (2 / PIXELS) ** 0.5, (HIDDEN, PIXELS)),
        "bias1": np.zeros(HIDDEN),
        "weight2": rng.normal(0, (1 / HIDDEN) ** 0.5, (DIGITS, HIDDEN)),
        "bias2": np.zeros(DIGITS),
    }


def one_step(parameters, x, labels, p, training, rng):
    """The loss of a batch, the intermediate results, and the gradients of the parameters: d_weight1, ..."""
    weight1, bias1, weight2, bias2 = parameters.values()
    rows = np.arange(len(x))

    before = x @ weight1.T + bias1
    hidden = np.maximum(before, 0)
    if training:
        kept = rng.random(hidden.shape) >= p
        factor = kept / (1 - p)
    else:
        factor = np.ones(hidden.shape)
    dropped = hidden * factor
    scores = dropped @ weight2.T + bias2
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # logarithms of the probabilities
    loss = -logs[rows, labels].mean()

    d_scores = np.exp(logs)
    d_scores[rows, labels] -= 1
    d_scores /= len(x)
    d_before = (d_scores @ weight2) * factor * (before > 0)
    return {
        "loss": loss, "hidden": hidden, "dropped": dropped, "scores": scores,
        "d_weight1": d_before.T @ x, "d_bias1": d_before.sum(axis=0),
        "d_weight2": d_scores.T @ dropped, "d_bias2": d_scores.sum(axis=0),
    }  # fmt: skip


def train(steps=300):
    """The losses while the network learns digits, patterns of pixels with noise, with half of the units dropped."""
    rng = np.random.default_rng(1)
    patterns = rng.normal(size=(DIGITS, PIXELS))
    parameters, losses = new_parameters(), []
    for _ in range(steps):
        labels = rng.integers(DIGITS, size=32)
        x = patterns[labels] + rng.normal(0, 0.8, (32, PIXELS))
        seen = one_step(parameters, x, labels, p=0.5, training=True, rng=rng)
        for name in parameters:
            parameters[name] = parameters[name] - 0.1 * seen[f"d_{name}"]
        losses.append(float(seen["loss"]))
    return losses


if __name__ == "__main__":
    losses = train()
    for step in range(0, len(losses), 30):
        print(f"steps {step} to {step + 29}: mean loss {np.mean(losses[step : step + 30]):.3f}")

"""Exercise 27: a network that trains, with one wrong line. The task: tasks/27_hunt_the_wine_labels.md

Run this file to see the loss fall. Then read it, name the bug, and write an input that exposes it.
"""

import numpy as np

HUNT = 0  # which bug this file has: do not change it
BUG = None  # the name of the bug, from the table of the task


def exposing_input():
    """Arguments of one_step that expose the bug: all of them except parameters and rng."""
    raise NotImplementedError


MEASUREMENTS, HIDDEN, REGIONS = 5, 10, 3


def new_parameters():
    """Weights of shape (out, in), and biases."""
    rng = np.random.default_rng(2)
    return {
        "weight1": rng.normal(0, (2 / MEASUREMENTS) ** 0.5, (HIDDEN, MEASUREMENTS)),
        "bias1": np.zeros(HIDDEN),
        "weight2": rng.normal(0, (2 / HIDDEN) ** 0.5, (REGIONS, HIDDEN)),
        "bias2": np.zeros(REGIONS),
    }


def dropout(x, p, training, rng):
    """x with elements dropped, and what each element was multiplied by."""
    factor = (rng.random(x.shape) >= p) / (1 - p) if training else np.ones(x.shape)
    return x * factor, factor


def log_softmax(scores):
    """The logarithms of the probabilities of the classes, for each row."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def one_step(parameters, x, labels, p, training, rng):
    """The loss of a batch, the intermediate results, and the gradients of the parameters: d_weight1, ..."""
    weight1, bias1, weight2, bias2 = parameters.values()
    wanted = np.eye(REGIONS)[labels]

    seen_x, factor = dropout(x, p, training, rng)
    before = seen_x @ weight1.T + bias1
    hidden = np.maximum(before, 0)
    scores = hidden @ weight2.T + bias2
    logs = log_softmax(scores)
    loss = -(wanted * logs).sum() / len(x)

    d_scores = (np.exp(logs) - wanted) / len(x)
    d_before = np.where(before > 0, d_scores @ weight2, 0)
    return {
        "loss": loss, "seen_x": seen_x, "before": before, "hidden": hidden, "scores": scores, "logs": logs,
        "d_weight1": d_before.T @ seen_x, "d_bias1": d_before.sum(axis=0), "d_x": (d_before @ weight1) * factor,
        "d_weight2": d_scores.T @ hidden, "d_bias2": d_scores.sum(axis=0),
    }  # fmt: skip


def train(steps=300):
    """The losses while the network learns where a wine is from, based on measurements on one scale."""
    rng = np.random.default_rng(3)
    typical = rng.normal(0, 1.5, (REGIONS, MEASUREMENTS))
    parameters, losses = new_parameters(), []
    for _ in range(steps):
        labels = rng.integers(REGIONS, size=24)
        x = typical[labels] + rng.normal(size=(24, MEASUREMENTS))
        seen = one_step(parameters, x, labels, p=0.1, training=True, rng=rng)
        for name in parameters:
            parameters[name] = parameters[name] - 0.1 * seen[f"d_{name}"]
        losses.append(float(seen["loss"]))
    return losses


if __name__ == "__main__":
    losses = train()
    for step in range(0, len(losses), 30):
        print(f"steps {step} to {step + 29}: mean loss {np.mean(losses[step : step + 30]):.3f}")

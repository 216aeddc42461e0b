"""Exercise 31: a network that trains, with one wrong line. The task: tasks/31_hunt_the_two_rings.md

Run this file to see the loss fall. Then read it, name the bug, and write an input that exposes it.
"""

import numpy as np

HUNT = 0  # which bug this file has: do not change it
BUG = None  # the name of the bug, from the table of the task


def exposing_input():
    """Arguments of one_step that expose the bug: all of them except parameters and rng."""
    raise NotImplementedError


HIDDEN = 12


def new_parameters():
    """Weights of shape (out, in), and biases."""
    rng = np.random.default_rng(10)
    return {
        "weight1": rng.normal(size=(HIDDEN, 2)),
        "bias1": np.zeros(HIDDEN),
        "weight2": rng.normal(0, (1 / HIDDEN) ** 0.5, (1, HIDDEN)),
        "bias2": np.zeros(1),
    }


def forward(parameters, x, p, training, rng):
    """The score of each point, positive for the outer ring; and what backward needs."""
    before = x @ parameters["weight1"].T + parameters["bias1"]
    hidden = np.where(before < 0, 0, before)
    factor = np.ones(hidden.shape)
    if training:
        factor[rng.random(hidden.shape) < p] = 0
        factor /= 1 - p
    dropped = hidden * factor
    score = dropped @ parameters["weight2"].T + parameters["bias2"]
    return score[:, 0], (x, before, factor, dropped)


def backward(parameters, d_score, cache):
    """The gradients of the parameters."""
    x, before, factor, dropped = cache
    d_score = d_score[:, None]
    d_hidden = d_score * parameters["weight2"] * factor
    d_before = np.where(before <= 0, 0, d_hidden)
    return {
        "d_weight1": d_before.T @ x, "d_bias1": d_before.sum(axis=0),
        "d_weight2": d_score.T @ dropped, "d_bias2": d_score.sum(axis=0),
    }  # fmt: skip


def one_step(parameters, x, outer, p, training, rng):
    """The loss of a batch, the intermediate results, and the gradients of the parameters: d_weight1, ..."""
    score, cache = forward(parameters, x, p, training, rng)
    probability = 0.5 * (1 + np.tanh(score / 2))  # the sigmoid, without an exponential that overflows
    loss = (np.logaddexp(0, score) - outer * score).mean()
    gradients = backward(parameters, (probability - outer) / len(x), cache)
    return {"loss": loss, "before": cache[1], "dropped": cache[3], "score": score, **gradients}


def train(steps=300):
    """The losses while the network learns which of two rings a point lies on, the inner or the outer one."""
    rng = np.random.default_rng(11)
    parameters, losses = new_parameters(), []
    for _ in range(steps):
        outer = rng.integers(2, size=32)
        angle, radius = rng.uniform(0, 2 * np.pi, 32), 1 + outer + rng.normal(0, 0.1, 32)
        x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        seen = one_step(parameters, x, outer, p=0.1, training=True, rng=rng)
        for name in parameters:
            parameters[name] = parameters[name] - 0.5 * seen[f"d_{name}"]
        losses.append(float(seen["loss"]))
    return losses


if __name__ == "__main__":
    losses = train()
    for step in range(0, len(losses), 30):
        print(f"steps {step} to {step + 29}: mean loss {np.mean(losses[step : step + 30]):.3f}")

"""Exercise 33: a network that trains, with one wrong line. The task: tasks/33_hunt_the_melody.md

Run this file to see the loss fall. Then read it, name the bug, and write an input that exposes it.
"""

import numpy as np

HUNT = 0  # which bug this file has: do not change it
BUG = None  # the name of the bug, from the table of the task


def exposing_input():
    """Arguments of one_step that expose the bug: all of them except parameters and rng."""
    raise NotImplementedError


PITCH, STATE, NOTES = 3, 8, 4  # a note is three numbers; the next note is one of four


def new_parameters():
    """A state is computed from a note and the state before it; the scores are computed from the last state."""
    rng = np.random.default_rng(14)
    return {
        "weight_in": rng.normal(0, 0.6, (STATE, PITCH)),
        "weight_back": rng.normal(0, 0.3, (STATE, STATE)),
        "bias": np.zeros(STATE),
        "weight_out": rng.normal(0, 0.5, (NOTES, STATE)),
    }


def one_step(parameters, x, labels, p, training, rng):
    """The loss of a batch, the intermediate results, and the gradients of the parameters: d_weight_in, ..."""
    weight_in, weight_back, bias, weight_out = parameters.values()
    batch, length, _ = x.shape
    rows = np.arange(batch)

    states = [np.zeros((batch, STATE))]
    for time in range(length):
        states.append(np.tanh(x[:, time] @ weight_in.T + states[time] @ weight_back.T + bias))
    factor = (rng.random((batch, STATE)) >= p) / (1 - p) if training else 1.0
    last = states[-1] * factor
    scores = last @ weight_out.T
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # logarithms of the probabilities
    loss = -logs[rows, labels].mean()

    d_scores = np.exp(logs)
    d_scores[rows, labels] -= 1
    d_scores /= batch
    d_state = (d_scores @ weight_out) * factor
    d_in, d_back, d_bias = np.zeros(weight_in.shape), np.zeros(weight_back.shape), np.zeros(STATE)
    for time in reversed(range(length)):
        d_before = d_state * (1 - states[time + 1] ** 2)
        d_in = d_in + d_before.T @ x[:, time]
        d_back = d_back + d_before.T @ states[time]
        d_bias = d_bias + d_before.sum(axis=0)
        d_state = d_before @ weight_back
    return {
        "loss": loss, "last": last, "scores": scores,
        "d_weight_in": d_in, "d_weight_back": d_back, "d_bias": d_bias, "d_weight_out": d_scores.T @ last,
    }  # fmt: skip


def train(steps=300):
    """The losses while the network learns how melodies of four notes go on."""
    rng = np.random.default_rng(15)
    sounds = rng.normal(size=(NOTES, PITCH))
    parameters, losses = new_parameters(), []
    for _ in range(steps):
        first, stride = rng.integers(NOTES, size=(32, 1)), rng.choice([1, 3], size=(32, 1))
        notes = (first + stride * np.arange(5)) % NOTES
        x = sounds[notes[:, :4]] + rng.normal(0, 0.1, (32, 4, PITCH))
        seen = one_step(parameters, x, notes[:, 4], p=0.1, training=True, rng=rng)
        for name in parameters:
            parameters[name] = parameters[name] - 0.3 * seen[f"d_{name}"]
        losses.append(float(seen["loss"]))
    return losses


if __name__ == "__main__":
    losses = train()
    for step in range(0, len(losses), 30):
        print(f"steps {step} to {step + 29}: mean loss {np.mean(losses[step : step + 30]):.3f}")

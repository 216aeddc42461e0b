"""Exercise 32: a network that trains, with one wrong line. The task: tasks/32_hunt_the_bird_calls.md

Run this file to see the loss fall. Then read it, name the bug, and write an input that exposes it.
"""

import numpy as np

HUNT = 0  # which bug this file has: do not change it
BUG = None  # the name of the bug, from the table of the task


def exposing_input():
    """Arguments of one_step that expose the bug: all of them except parameters and rng."""
    raise NotImplementedError


TONES, FIRST, SECOND, BIRDS = 8, 12, 10, 3


def new_parameters():
    """Weights of shape (out, in), and biases."""
    rng = np.random.default_rng(12)
    parameters = {}
    for number, (size, size_after) in enumerate([(TONES, FIRST), (FIRST, SECOND), (SECOND, BIRDS)], start=1):
        parameters[f"weight{number}"] = rng.normal(0, (2 / size) ** 0.5, (size_after, size))
        parameters[f"bias{number}"] = np.zeros(size_after)
    return parameters


def dropout(x, p, training, rng):
    """The output, and a function that propagates the gradient back."""
    mask = rng.random(x.shape) >= p
    factor = mask / (1 - p) if training else 1.0
    return x * factor, lambda grad: grad * factor


def relu(x):
    """The output, and a function that propagates the gradient back."""
    return np.maximum(x, 0), lambda grad: grad * (x > 0)


def linear(x, weight, bias):
    """The output, and a function that propagates the gradient back: to x, the weight and the bias."""
    return x @ weight.T + bias, lambda grad: (grad @ weight, grad.T @ x, grad.sum(axis=0))


def cross_entropy(scores, labels):
    """The mean loss, and its gradient."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    totals = np.exp(shifted).sum(axis=1)
    loss = np.log(totals) - shifted[np.arange(len(scores)), labels]
    return loss.mean(), (np.exp(shifted) / totals[:, None] - np.eye(BIRDS)[labels]) / len(scores)


def one_step(parameters, x, labels, p, training, rng):
    """The loss of a batch, the intermediate results, and the gradients of the parameters: d_weight1, ..."""
    one, back1 = linear(x, parameters["weight1"], parameters["bias1"])
    active1, back2 = relu(one)
    two, back3 = linear(active1, parameters["weight2"], parameters["bias2"])
    active2, back4 = relu(two)
    dropped, back5 = dropout(active2, p, training, rng)
    scores, back6 = linear(dropped, parameters["weight3"], parameters["bias3"])
    loss, grad = cross_entropy(scores, labels)

    seen = {"loss": loss, "before1": one, "before2": two, "active": active2, "dropped": dropped, "scores": scores}
    grad, seen["d_weight3"], seen["d_bias3"] = back6(grad)
    grad, seen["d_weight2"], seen["d_bias2"] = back3(back4(back5(grad)))
    grad, seen["d_weight1"], seen["d_bias1"] = back1(back2(grad))
    return seen


def train(steps=300):
    """The losses while the network learns which bird is calling, based on how loud eight tones are."""
    rng = np.random.default_rng(13)
    calls = rng.normal(size=(BIRDS, TONES))
    parameters, losses = new_parameters(), []
    for _ in range(steps):
        labels = rng.integers(BIRDS, size=32)
        x = calls[labels] + rng.normal(size=(32, TONES))
        seen = one_step(parameters, x, labels, p=0.3, training=True, rng=rng)
        for name in parameters:
            parameters[name] = parameters[name] - 0.1 * seen[f"d_{name}"]
        losses.append(float(seen["loss"]))
    return losses


if __name__ == "__main__":
    losses = train()
    for step in range(0, len(losses), 30):
        print(f"steps {step} to {step + 29}: mean loss {np.mean(losses[step : step + 30]):.3f}")

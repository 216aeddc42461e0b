"""Exercise 29: a network that trains, with one wrong line. The task: tasks/29_hunt_the_house_prices.md

Run this file to see the loss fall. Then read it, name the bug, and write an input that exposes it.
"""

import numpy as np

HUNT = 0  # which bug this file has: do not change it
BUG = None  # the name of the bug, from the table of the task


def exposing_input():
    """Arguments of one_step that expose the bug: all of them except parameters and rng."""
    raise NotImplementedError


SIZES = (4, 10, 6, 1)  # numbers about a house, two hidden layers, the price


def new_parameters():
    """Weights of shape (out, in), and biases: weight0, bias0, weight1, ..."""
    rng = np.random.default_rng(6)
    parameters = {}
    for layer, (size, size_after) in enumerate(zip(SIZES[:-1], SIZES[1:])):
        parameters[f"weight{layer}"] = rng.normal(0, (2 / size) ** 0.5, (size_after, size))
        parameters[f"bias{layer}"] = np.zeros(size_after)
    return parameters


def one_step(parameters, x, prices, p, training, rng):
    """The loss of a batch, the intermediate results, and the gradients of the parameters: d_weight0, ..."""
    layers, seen, cache = len(SIZES) - 1, {}, []

    for layer in range(layers):
        before = x @ parameters[f"weight{layer}"].T + parameters[f"bias{layer}"]
        slope = np.ones(before.shape)  # how much the layer's output changes with `before`
        if layer < layers - 1:  # the last layer has neither ReLU nor dropout
            slope[before <= 0] = 0
            if training:
                slope = slope * (rng.random(before.shape) >= p) / (1 - p)
        cache.append((x, slope))
        x = before * slope
        seen[f"before{layer}"], seen[f"output{layer}"] = before, x

    seen["loss"] = ((x - prices) ** 2).mean()

    grad = 2 * (x - prices) / len(x)
    for layer in reversed(range(layers)):
        x, slope = cache[layer]
        grad = grad * slope
        seen[f"d_weight{layer}"] = grad.T @ x
        seen[f"d_bias{layer}"] = grad.sum(axis=0)
        grad = grad @ parameters[f"weight{layer}"]
    return seen


def train(steps=300):
    """The losses while the network learns prices, in millions, from four numbers about each house."""
    rng = np.random.default_rng(7)
    worth = rng.uniform(0.2, 1, (SIZES[0], 1))
    parameters, losses = new_parameters(), []
    for _ in range(steps):
        x = rng.normal(size=(32, SIZES[0]))
        prices = x @ worth + 1 + rng.normal(0, 0.1, (32, 1))
        seen = one_step(parameters, x, prices, p=0.1, training=True, rng=rng)
        for name in parameters:
            parameters[name] = parameters[name] - 0.03 * seen[f"d_{name}"]
        losses.append(float(seen["loss"]))
    return losses


if __name__ == "__main__":
    losses = train()
    for step in range(0, len(losses), 30):
        print(f"steps {step} to {step + 29}: mean loss {np.mean(losses[step : step + 30]):.3f}")

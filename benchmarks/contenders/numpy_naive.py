"""NumPy without a framework: the backward pass written by hand, the way a first version looks."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.contenders import Step
from benchmarks.workloads import MOMENTUM, Array, Chain, DropoutAlone, Training


def drawn(shape: tuple[int, ...], p: float, rng: np.random.Generator) -> Array:
    """What dropout multiplies by: 0 with probability p, else 1 / (1 - p)."""
    return (rng.random(shape, dtype=np.float32) >= p) * np.float32(1 / (1 - p))


def training(workload: Training) -> Step:
    parameters = [array for layer in workload.parameters() for array in layer]
    velocities = [np.zeros_like(parameter) for parameter in parameters]
    x, labels = workload.data()
    rng = np.random.default_rng(0)
    rates = workload.rates
    last = len(rates) - 1

    def step() -> Any:
        inputs, outputs, factors = [], [], []
        hidden = x
        for index, rate in enumerate(rates):
            weight, bias = parameters[2 * index : 2 * index + 2]
            factors.append(drawn(hidden.shape, rate, rng) if rate > 0 else None)
            if rate > 0:
                hidden = hidden * factors[-1]
            inputs.append(hidden)
            hidden = hidden @ weight.T + bias
            outputs.append(hidden)
            if index < last:
                hidden = np.maximum(hidden, 0)
        shifted = hidden - hidden.max(axis=1, keepdims=True)
        log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        rows = np.arange(len(labels))
        loss = -log_probabilities[rows, labels].mean()

        grad = np.exp(log_probabilities)
        grad[rows, labels] -= 1
        grad /= np.float32(len(labels))
        gradients = []
        for index in reversed(range(len(rates))):
            gradients += [grad.sum(axis=0), grad.T @ inputs[index]]
            if index > 0:
                grad = grad @ parameters[2 * index]
                if factors[index] is not None:
                    grad = grad * factors[index]
                grad = grad * (outputs[index - 1] > 0)
        for parameter, velocity, gradient in zip(parameters, velocities, reversed(gradients), strict=True):
            velocity *= MOMENTUM
            velocity += gradient
            parameter -= workload.lr * velocity
        return loss

    return step


def chain(workload: Chain) -> Step:
    start, a, b = workload.data()

    def step() -> Any:
        y = start
        for _ in range(workload.length):
            y = y * a + b
        y.sum()
        grad = np.ones_like(y)
        for _ in range(workload.length):
            grad = grad * a
        return grad

    return step


def dropout(workload: DropoutAlone) -> Step:
    x, upstream = workload.data()
    rng = np.random.default_rng(0)

    def step() -> Any:
        factors = drawn(x.shape, workload.p, rng)
        x * factors
        return upstream * factors

    return step

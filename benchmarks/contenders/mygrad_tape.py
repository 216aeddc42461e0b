"""MyGrad: a dynamic graph over NumPy, as ours is. It has no dropout of its own, so the mask is a constant factor."""

from __future__ import annotations

from typing import Any

import mygrad
import numpy as np
from mygrad.nnet.activations import relu
from mygrad.nnet.losses import softmax_crossentropy

from benchmarks.contenders import Step
from benchmarks.workloads import MOMENTUM, Chain, DropoutAlone, Training


def dropped(x: Any, p: float, rng: np.random.Generator) -> Any:
    """Inverted dropout."""
    factors = (rng.random(x.shape, dtype=np.float32) >= p) * np.float32(1 / (1 - p))
    return x * factors


def training(workload: Training) -> Step:
    parameters = [mygrad.tensor(array) for layer in workload.parameters() for array in layer]
    velocities = [np.zeros_like(parameter.data) for parameter in parameters]
    x, labels = workload.data()
    rng = np.random.default_rng(0)

    def step() -> Any:
        hidden = x
        for index, rate in enumerate(workload.rates):
            weight, bias = parameters[2 * index : 2 * index + 2]
            if index > 0:
                hidden = relu(hidden)
            if rate > 0:
                hidden = dropped(hidden, rate, rng)
            hidden = mygrad.matmul(hidden, weight.T) + bias
        loss = softmax_crossentropy(hidden, labels)
        loss.backward()
        for parameter, velocity in zip(parameters, velocities, strict=True):
            velocity *= MOMENTUM
            velocity += parameter.grad
            parameter.data -= workload.lr * velocity
            parameter.null_grad()
        return loss.data

    return step


def chain(workload: Chain) -> Step:
    start, a, b = workload.data()
    y0 = mygrad.tensor(start)

    def step() -> Any:
        y0.null_grad()
        y = y0
        for _ in range(workload.length):
            y = y * a + b
        y.sum().backward()
        return y0.grad

    return step


def dropout(workload: DropoutAlone) -> Step:
    data, upstream = workload.data()
    x = mygrad.tensor(data)
    rng = np.random.default_rng(0)

    def step() -> Any:
        x.null_grad()
        dropped(x, workload.p, rng).backward(upstream)
        return x.grad

    return step

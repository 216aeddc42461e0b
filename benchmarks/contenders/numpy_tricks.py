"""NumPy without a framework but with every trick: the speed of a framework whose bookkeeping costs nothing.

Every array is made once, before the first step. All parameters are slices of one flat array, all gradients of another,
so that SGD is one pass. Masks come from raw generator words: single bits at p = 1/2, else bytes against a threshold
(which rounds p to 1/256: a contender may, the framework may not). Cross-entropy works on classes x batch, along whose
rows NumPy is quick.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from benchmarks.contenders import Step
from benchmarks.workloads import MOMENTUM, Array, Chain, DropoutAlone, Training

BLOCK = 131_072


def number(value: float) -> Array:
    """A 0-d array: NumPy combines it with others quicker than a Python number or a NumPy scalar."""
    return np.array(value, dtype=np.float32)


class Mask:
    """Draws dropout's factors, 0 or 1 / (1 - p), into its own array."""

    def __init__(self, shape: tuple[int, ...], p: float) -> None:
        self.words = np.random.SFC64(0).random_raw
        self.p, self.count = p, prod(shape)
        self.scale = number(1 / (1 - p))
        self.threshold = np.array(round(p * 256), dtype=np.uint8)
        self.kept = np.empty(shape, dtype=np.bool_)
        self.factors = np.empty(shape, dtype=np.float32)

    def draw(self) -> Array:
        if self.p == 0.5:
            bits = self.words((self.count + 63) // 64).view(np.uint8)
            kept = np.unpackbits(bits, count=self.count).reshape(self.factors.shape)
        else:
            drawn = self.words((self.count + 7) // 8).view(np.uint8)[: self.count].reshape(self.factors.shape)
            kept = np.greater_equal(drawn, self.threshold, self.kept)
        np.copyto(self.factors, kept)
        return np.multiply(self.factors, self.scale, self.factors)


def flat_and_slices(arrays: list[Array]) -> tuple[Array, list[Array]]:
    """One flat array, and a view of it for the shape of each given array."""
    flat = np.empty(sum(array.size for array in arrays), dtype=np.float32)
    ends = np.cumsum([array.size for array in arrays])
    return flat, [flat[end - array.size : end].reshape(array.shape) for end, array in zip(ends, arrays, strict=True)]


def training(workload: Training) -> Step:
    arrays = [array for layer in workload.parameters() for array in layer]
    data, parameters = flat_and_slices(arrays)
    for parameter, array in zip(parameters, arrays, strict=True):
        parameter[...] = array
    grads, gradients = flat_and_slices(arrays)
    velocity = np.zeros_like(data)
    blocks = [slice(start, start + BLOCK) for start in range(0, data.size, BLOCK)]
    moves = np.empty(min(BLOCK, data.size), dtype=np.float32)

    x, labels = workload.data()
    batch, last = len(x), len(workload.sizes) - 2
    ones = np.ones(batch, dtype=np.float32)
    zeros = np.zeros(max(workload.sizes[1:]) * batch, dtype=np.float32)
    one_hot = (labels == np.arange(workload.sizes[-1])[:, np.newaxis]).astype(np.float32)
    class_ones = np.ones(workload.sizes[-1], dtype=np.float32)

    layers = []
    for index, rate in enumerate(workload.rates):
        inputs = np.empty((batch, workload.sizes[index]), dtype=np.float32)
        outputs = np.empty((batch, workload.sizes[index + 1]), dtype=np.float32)
        mask = Mask(inputs.shape, rate) if rate > 0 else None
        zero = zeros[: outputs.size].reshape(outputs.shape)
        weight, bias = parameters[2 * index : 2 * index + 2]
        dweight, dbias = gradients[2 * index : 2 * index + 2]
        positive = np.empty(outputs.shape, dtype=np.bool_)
        downward, slope = np.empty_like(outputs), np.empty_like(outputs)
        layers.append((inputs, outputs, mask, zero, weight, bias, dweight, dbias, downward, positive, slope))
    logits = layers[-1][1]
    scores, probabilities = np.empty_like(logits.T, order="C"), np.empty_like(logits.T, order="C")
    learning_rate, momentum, share = number(workload.lr), number(MOMENTUM), number(1 / batch)

    def step() -> Any:
        hidden = x
        for inputs, outputs, mask, zero, weight, bias, *_ in layers:
            if mask is not None:
                hidden = np.multiply(hidden, mask.draw(), inputs)
            hidden.dot(weight.T, outputs)
            hidden = np.add(outputs, bias, outputs)
            if outputs is not logits:
                np.maximum(outputs, zero, out=outputs)
        np.copyto(scores, logits.T)
        np.subtract(scores, np.maximum.reduce(scores, 0), scores)
        np.exp(scores, probabilities)
        sums = class_ones.dot(probabilities)
        loss = (ones.dot(np.log(sums)) - np.vdot(scores, one_hot)) * share

        np.divide(probabilities, sums, probabilities)
        np.subtract(probabilities, one_hot, probabilities)
        grad = np.multiply(probabilities, share, probabilities).T
        for index in range(last, -1, -1):
            inputs, _, mask, _, weight, _, dweight, dbias, *_ = layers[index]
            used = inputs if mask is not None else layers[index - 1][1] if index > 0 else x
            grad.T.dot(used, dweight)
            ones.dot(grad, dbias)
            if index > 0:
                _, below, _, zero, _, _, _, _, downward, positive, slope = layers[index - 1]
                grad = grad.dot(weight, downward)
                if mask is not None:
                    np.multiply(grad, mask.factors, grad)
                np.copyto(slope, np.greater(below, zero, positive))
                np.multiply(grad, slope, grad)
        for block in blocks:
            values, grad_values = velocity[block], grads[block]
            move = moves[: values.size]
            np.multiply(values, momentum, values)
            np.add(values, grad_values, values)
            np.multiply(values, learning_rate, move)
            np.subtract(data[block], move, data[block])
        return loss

    return step


def chain(workload: Chain) -> Step:
    start, a, b = workload.data()
    y, grad = np.empty_like(start), np.empty_like(start)

    def step() -> Any:
        np.copyto(y, start)
        for _ in range(workload.length):
            np.multiply(y, a, y)
            np.add(y, b, y)
        y.sum()
        grad.fill(1)
        for _ in range(workload.length):
            np.multiply(grad, a, grad)
        return grad

    return step


def dropout(workload: DropoutAlone) -> Step:
    x, upstream = workload.data()
    mask = Mask(x.shape, workload.p)
    out, grad = np.empty_like(x), np.empty_like(x)

    def step() -> Any:
        np.multiply(x, mask.draw(), out)
        return np.multiply(upstream, mask.factors, grad)

    return step

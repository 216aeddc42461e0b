"""A tape that promises nothing: how fast could one in Python be, if that were all that counted?

It records and walks back in order, as ours does, and that is all: no modules, modes or messages. Nothing is checked:
shapes fit, all is float32, labels are one-hot from the start. A parameter needs a gradient and is used once; the second
operand of + and * is a constant. And no array may be kept from one step to the next: gradients are written into one
flat array, where the optimizer finds them.
"""

from __future__ import annotations

from itertools import count
from operator import attrgetter
from typing import Any

import numpy as np

from benchmarks.contenders import Step
from benchmarks.contenders.numpy_tricks import BLOCK, flat_and_slices, number
from benchmarks.workloads import MOMENTUM, Array, Chain, Training

next_number = count().__next__
by_number = attrgetter("number")
random_words = np.random.SFC64(0).random_raw
FLOAT32 = np.dtype(np.float32)
ZERO, ONE = number(0), number(1)


class Node:
    """An array and how it was made; a leaf has no backward function. `grad` receives a parameter's gradient."""

    __slots__ = ("backward", "data", "grad", "number", "parents", "saved")

    def __init__(
        self, data: Any, parents: Any = (), backward: Any = None, saved: Any = (), grad: Array | None = None
    ) -> None:
        self.data, self.parents, self.backward, self.saved, self.grad = data, parents, backward, saved, grad
        self.number = next_number()

    def __mul__(self, other: Node) -> Node:
        return Node(self.data * other.data, (self, other), multiply_backward)

    def __add__(self, other: Node) -> Node:
        return Node(self.data + other.data, (self, other), add_backward)


def walk_back(root: Node, grad: Array) -> None:
    """Run the backward function of every node, after those of its consumers."""
    nodes, seen = [root], {root}
    for node in nodes:
        for parent in node.parents:
            if parent.backward is not None and parent not in seen:
                seen.add(parent)
                nodes.append(parent)
    nodes.sort(key=by_number)
    gradients = {root: grad}
    while nodes:
        node = nodes.pop()
        parents = node.parents
        contributions = node.backward(gradients.pop(node), *parents, *node.saved)
        for parent, contribution in zip(parents, contributions):  # noqa: B905 (a check, and it would cost)
            if contribution is None:
                continue
            if parent.backward is None:
                parent.grad = contribution
            elif parent in gradients:
                gradients[parent] += contribution
            else:
                gradients[parent] = contribution
        node.parents = node.saved = ()


def multiply_backward(grad: Array, x: Node, y: Node) -> tuple[Any, ...]:
    grad *= y.data
    return grad, None


def add_backward(grad: Array, x: Node, y: Node) -> tuple[Any, ...]:
    return grad, None


def linear(x: Node, weight: Node, bias: Node, ones: Array) -> Node:
    out = x.data.dot(weight.data.T)
    out += bias.data
    return Node(out, (x, weight, bias), linear_backward, (ones,))


def linear_backward(grad: Array, x: Node, weight: Node, bias: Node, ones: Array) -> tuple[Any, ...]:
    dx = None if x.backward is None else grad.dot(weight.data)
    return dx, grad.T.dot(x.data, weight.grad), ones.dot(grad, bias.grad)


def relu(x: Node) -> Node:
    out = np.zeros(x.data.shape, FLOAT32)
    np.maximum(x.data, out, out=out)
    return Node(out, (x,), relu_backward, (out,))


def relu_backward(grad: Array, x: Node, out: Array) -> tuple[Any, ...]:
    grad *= (out > ZERO).astype(FLOAT32)
    return (grad,)


def dropped(x: Node, p: float, scale: Array) -> Node:
    size, shape = x.data.size, x.data.shape
    if p == 0.5:
        mask = np.unpackbits(random_words((size + 63) // 64).view(np.uint8), count=size).reshape(shape)
    else:
        mask = (random_words((size + 7) // 8).view(np.uint8)[:size] >= round(p * 256)).reshape(shape)
    out = mask.astype(FLOAT32)
    out *= scale
    out *= x.data
    return Node(out) if x.backward is None else Node(out, (x,), dropped_backward, (mask, scale))


def dropped_backward(grad: Array, x: Node, mask: Array, scale: Array) -> tuple[Any, ...]:
    grad *= scale
    grad *= mask.astype(FLOAT32)
    return (grad,)


def cross_entropy(logits: Node, one_hot: Array, ones: Array, class_ones: Array, share: Array) -> Node:
    scores = np.ascontiguousarray(logits.data.T)
    scores = scores - np.maximum.reduce(scores, 0)
    probabilities = np.exp(scores)
    sums = class_ones.dot(probabilities)
    probabilities /= sums
    loss = (ones.dot(np.log(sums)) - np.vdot(scores, one_hot)) * share
    return Node(loss, (logits,), cross_entropy_backward, (probabilities, one_hot, share))


def cross_entropy_backward(
    grad: Array, logits: Node, probabilities: Array, one_hot: Array, share: Array
) -> tuple[Any, ...]:
    probabilities -= one_hot
    probabilities *= grad * share
    return (probabilities.T,)


def training(workload: Training) -> Step:
    arrays = [array for layer in workload.parameters() for array in layer]
    data, places = flat_and_slices(arrays)
    for place, array in zip(places, arrays, strict=True):
        place[...] = array
    grads, gradients = flat_and_slices(arrays)
    parameters = [Node(place, grad=gradient) for place, gradient in zip(places, gradients, strict=True)]
    scales = [number(1 / (1 - rate)) for rate in workload.rates]
    layers = list(zip(parameters[0::2], parameters[1::2], workload.rates, scales, strict=True))
    velocity = np.zeros_like(data)
    blocks = [slice(start, start + BLOCK) for start in range(0, data.size, BLOCK)]
    x, labels = workload.data()
    batch, classes = len(x), workload.sizes[-1]
    one_hot = (labels == np.arange(classes)[:, np.newaxis]).astype(np.float32)
    ones, class_ones = np.ones(batch, np.float32), np.ones(classes, np.float32)
    lr, momentum, share = number(workload.lr), number(MOMENTUM), number(1 / batch)

    def step() -> Any:
        hidden = Node(x)
        for weight, bias, rate, scale in layers:
            if hidden.backward is not None:
                hidden = relu(hidden)
            if rate > 0:
                hidden = dropped(hidden, rate, scale)
            hidden = linear(hidden, weight, bias, ones)
        loss = cross_entropy(hidden, one_hot, ones, class_ones, share)
        walk_back(loss, ONE)
        for block in blocks:
            values = velocity[block]
            values *= momentum
            values += grads[block]
            data[block] -= values * lr
        return loss.data

    return step


def chain(workload: Chain) -> Step:
    start, a, b = (Node(array) for array in workload.data())

    def step() -> Any:
        y = start
        for _ in range(workload.length):
            y = y * a + b
        y.data.sum()
        walk_back(y, np.ones_like(y.data))
        return start.grad

    return step

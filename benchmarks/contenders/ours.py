"""tinygrad_dropout, as its users write it."""

from __future__ import annotations

from typing import Any

import numpy as np

import tinygrad_dropout as td
from benchmarks.contenders import Step
from benchmarks.workloads import MOMENTUM, Array, Chain, DropoutAlone, ManyParameters, RetainedChain, Training
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim


def mlp(workload: Training) -> nn.Sequential:
    """The network of a training workload, with its initial parameters."""
    layers: list[nn.Module] = []
    for index, ((weight, bias), rate) in enumerate(zip(workload.parameters(), workload.rates, strict=True)):
        if index > 0:
            layers.append(nn.ReLU())
        if rate > 0:
            layers.append(nn.Dropout(rate))
        linear = nn.Linear(weight.shape[1], weight.shape[0])
        linear.load_state_dict({"weight": weight, "bias": bias})
        layers.append(linear)
    return nn.Sequential(*layers)


def training(workload: Training) -> Step:
    model = mlp(workload)
    loss_of = nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=workload.lr, momentum=MOMENTUM)
    inputs, labels = workload.data()
    rng = np.random.default_rng(0)

    def step() -> Any:
        x, target = inputs, labels
        if workload.dataset:
            rows = rng.integers(0, workload.dataset, workload.batch)
            x, target = inputs[rows], labels[rows]
        optimizer.zero_grad()
        loss = loss_of(model(td.Tensor(x)), target)
        loss.backward()
        optimizer.step()
        return loss.data

    return step


def many_parameters(workload: ManyParameters) -> Step:
    parameters = [nn.Parameter(array) for array in workload.parameters()]
    optimizer = optim.SGD(parameters, lr=workload.lr, momentum=MOMENTUM)

    def step() -> Any:
        optimizer.zero_grad()
        total: td.Tensor = parameters[0]
        for parameter in parameters[1:]:
            total = total + parameter
        loss = total.sum()
        loss.backward()
        optimizer.step()
        return loss.data

    return step


def chain(workload: Chain) -> Step:
    y0, *constants = chain_tensors(workload)

    def step() -> Array:
        y0.grad = None
        chained(workload.length, y0, *constants).sum().backward()
        assert y0.grad is not None
        return y0.grad

    return step


def retained_chain(workload: RetainedChain) -> Step:
    y0, *constants = chain_tensors(workload)

    def step() -> Array:
        y0.grad = None
        total = chained(workload.length, y0, *constants).sum()
        for _ in range(workload.walks):
            total.backward(retain_graph=True)
        assert y0.grad is not None
        return y0.grad

    return step


def chain_tensors(workload: Chain) -> tuple[td.Tensor, ...]:
    start, a, b = workload.data()
    return td.Tensor(start, requires_grad=True), td.Tensor(a), td.Tensor(b)


def chained(length: int, y: td.Tensor, a: td.Tensor, b: td.Tensor) -> td.Tensor:
    for _ in range(length):
        y = y * a + b
    return y


def dropout(workload: DropoutAlone) -> Step:
    data, upstream = workload.data()
    x = td.Tensor(data, requires_grad=True)

    def step() -> Array:
        x.grad = None
        F.dropout(x, workload.p).backward(upstream)
        assert x.grad is not None
        return x.grad

    return step

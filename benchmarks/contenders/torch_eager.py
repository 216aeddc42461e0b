"""PyTorch as its users write it: modules, nn.Dropout, torch.optim.SGD, one operation after the other."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F

from benchmarks.contenders import Step
from benchmarks.workloads import MOMENTUM, Chain, DropoutAlone, ManyParameters, RetainedChain, Training


def mlp(workload: Training, dropout: type[torch.nn.Module] = torch.nn.Dropout) -> torch.nn.Sequential:
    """The network of a training workload, with its initial parameters and the dropout layer given."""
    layers: list[torch.nn.Module] = []
    for index, ((weight, bias), rate) in enumerate(zip(workload.parameters(), workload.rates, strict=True)):
        if index > 0:
            layers.append(torch.nn.ReLU())
        if rate > 0:
            layers.append(dropout(rate))
        linear = torch.nn.Linear(weight.shape[1], weight.shape[0])
        linear.load_state_dict({"weight": torch.from_numpy(weight), "bias": torch.from_numpy(bias)})
        layers.append(linear)
    return torch.nn.Sequential(*layers)


def train_step(workload: Training, model: torch.nn.Module, **how: bool) -> Step:
    """A step of SGD; `how` are options of the optimizer that change its speed, not its result."""
    loss_of = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=workload.lr, momentum=MOMENTUM, **how)
    inputs, labels = map(torch.from_numpy, workload.data())

    def step() -> Any:
        x, target = inputs, labels
        if workload.dataset:
            rows = torch.randint(0, workload.dataset, (workload.batch,))
            x, target = inputs[rows], labels[rows]
        optimizer.zero_grad()
        loss = loss_of(model(x), target)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def training(workload: Training) -> Step:
    return train_step(workload, mlp(workload))


def many_parameters(workload: ManyParameters) -> Step:
    parameters = [torch.nn.Parameter(torch.from_numpy(array)) for array in workload.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=workload.lr, momentum=MOMENTUM)

    def step() -> Any:
        optimizer.zero_grad()
        total: torch.Tensor = parameters[0]
        for parameter in parameters[1:]:
            total = total + parameter
        loss = total.sum()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def chain(workload: Chain) -> Step:
    y0, *constants = chain_tensors(workload)

    def step() -> Any:
        y0.grad = None
        chained(workload.length, y0, *constants).sum().backward()
        return y0.grad

    return step


def retained_chain(workload: RetainedChain) -> Step:
    y0, *constants = chain_tensors(workload)

    def step() -> Any:
        y0.grad = None
        total = chained(workload.length, y0, *constants).sum()
        for _ in range(workload.walks):
            total.backward(retain_graph=True)
        return y0.grad

    return step


def chain_tensors(workload: Chain) -> tuple[torch.Tensor, ...]:
    start, a, b = map(torch.from_numpy, workload.data())
    return start.requires_grad_(), a, b


def chained(length: int, y: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    for _ in range(length):
        y = y * a + b
    return y


def dropout(workload: DropoutAlone) -> Step:
    x, upstream = map(torch.from_numpy, workload.data())
    x.requires_grad_()

    def step() -> Any:
        x.grad = None
        F.dropout(x, workload.p).backward(upstream)
        return x.grad

    return step

"""PyTorch at its best on a CPU: fused SGD, and a dropout whose mask comes from `torch.rand`.

On some processors `bernoulli_`, from which nn.Dropout draws, is several times slower than `rand`.
"""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.contenders import Step
from benchmarks.contenders.torch_eager import mlp, train_step
from benchmarks.workloads import DropoutAlone, Training


def dropped(x: torch.Tensor, p: float) -> torch.Tensor:
    """Inverted dropout with a mask drawn by `torch.rand`."""
    return x * torch.rand_like(x).ge_(p).mul_(1 / (1 - p))


class RandDropout(torch.nn.Module):
    """A layer around `dropped`."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return dropped(x, self.p)


def training(workload: Training) -> Step:
    return train_step(workload, mlp(workload, RandDropout), fused=True)


def dropout(workload: DropoutAlone) -> Step:
    x, upstream = map(torch.from_numpy, workload.data())
    x.requires_grad_()

    def step() -> Any:
        x.grad = None
        dropped(x, workload.p).backward(upstream)
        return x.grad

    return step

"""Layers as `check_dropout` wants them, made of what people have: a class, a Module of ours, one of PyTorch's."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from inspect import signature
from typing import Any

import numpy as np

from tinygrad_dropout import nn
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.conformance.subject import Array, Make


def of(cls: Callable[..., Any]) -> Make:
    """Layers of a class, whichever of three kinds it is, as the `make` of `check_dropout`.

    Args:
        cls: called as `cls(p, rng=rng)`, or `cls(p)` if it takes no `rng`. It gives a plain object with `forward(x)`,
            `backward(grad)` on ndarrays and an attribute `training`; or a Module of ours; or one of PyTorch's.
    """

    def make(p: float, rng: np.random.Generator) -> Any:
        made = call(cls, p, rng)
        torch = sys.modules.get("torch")  # whoever has a layer of PyTorch's has imported it
        if torch is not None and isinstance(made, torch.nn.Module):
            return TorchLayer(made)
        return ModuleLayer(made) if isinstance(made, nn.Module) else made

    return make


def call(cls: Callable[..., Any], p: float, rng: np.random.Generator) -> Any:
    """`cls(p, rng=rng)` if it names `rng`, `cls(p)` if it cannot take it; where that is not said, whichever works."""
    try:
        parameters = signature(cls).parameters.values()
    except ValueError:  # written in C
        return cls(p)
    if any(parameter.name == "rng" for parameter in parameters):
        return cls(p, rng=rng)
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        with suppress(TypeError):
            return cls(p, rng=rng)
    return cls(p)


class GraphLayer(ABC):
    """A layer that maps tensors to tensors and remembers how, as a layer on ndarrays: subclasses define `record`.

    Args:
        module: the layer; `train(mode)` switches it.
    """

    def __init__(self, module: Any) -> None:
        self.module = module
        self.last: Callable[[Array], Any] | None = None

    @property
    def training(self) -> bool:
        """The module's mode."""
        return bool(self.module.training)

    @training.setter
    def training(self, training: bool) -> None:
        self.module.train(training)

    @abstractmethod
    def record(self, x: Array) -> tuple[Any, Callable[[Array], Any]]:
        """y, and the backward of this very forward."""

    def forward(self, x: Array) -> Any:
        """y."""
        y, self.last = self.record(x)
        return y

    def backward(self, grad: Array) -> Any:
        """dL/dx of the last forward."""
        assert self.last is not None, "backward was called before any forward"
        return self.last(grad)


class ModuleLayer(GraphLayer):
    """One of our Modules: Tensor in, Tensor out."""

    def record(self, x: Array) -> tuple[Any, Callable[[Array], Any]]:
        tensor = Tensor(x, requires_grad=True)
        y = self.module(tensor)
        if not isinstance(y, Tensor):
            raise TypeError(f"expected the module to return a Tensor, got {type(y).__name__}")

        def backward(grad: Array) -> Any:
            y.backward(grad)
            return tensor.grad

        return y.data, backward


class TorchLayer(GraphLayer):
    """One of PyTorch's modules."""

    def record(self, x: Array) -> tuple[Any, Callable[[Array], Any]]:
        import torch

        tensor = torch.from_numpy(x).requires_grad_()
        y = self.module(tensor)

        def backward(grad: Array) -> Any:
            y.backward(torch.from_numpy(grad))
            return None if tensor.grad is None else tensor.grad.numpy()

        return y.detach().numpy(), backward

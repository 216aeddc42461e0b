"""A layer with a graph, so that several forwards can run before their backwards."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from tinygrad_dropout.conformance.guarded import Array


class GraphLayer(ABC):
    """Wraps a layer on tensors with a graph as a layer on ndarrays. Subclasses define `record`.

    Args:
        module: the layer; `train(mode)` switches its mode.
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
        """Run a forward; return y and the backward of exactly this forward."""

    def forward(self, x: Array) -> Any:
        """Run a forward and return y."""
        y, self.last = self.record(x)
        return y

    def backward(self, grad: Array) -> Any:
        """dL/dx of the last forward."""
        assert self.last is not None, "backward was called before any forward"
        return self.last(grad)

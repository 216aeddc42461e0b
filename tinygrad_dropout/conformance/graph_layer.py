"""A layer with a graph: it maps tensors to tensors and remembers how, so that several forwards can wait."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from tinygrad_dropout.conformance.guarded import Array


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

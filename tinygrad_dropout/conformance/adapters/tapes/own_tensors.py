"""Tensors of a class that nobody here knows: one's own small framework."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_dropout.conformance.adapters.tapes.tape import Tape, TensorCall
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.conformance.report import CannotDrive

HOLDS_AN_ARRAY = ("data", "value", "array", "numpy", "_data", "xdata")


class OwnTape(Tape):
    """Tensors made as `Tensor(x)`, whose array is `.data` or `.numpy()`; the gradient of a sum is asked of them.

    Two forwards are not kept apart: some such frameworks have one graph for all, which is gone after a backward.

    Args:
        cls: makes a tensor of an array.
    """

    keeps_forwards_apart = False

    def __init__(self, cls: Callable[..., Any]) -> None:
        self.cls = cls

    def tensor(self, x: Array) -> Any:
        """A tensor that asks for its gradient, where that has to be said."""
        try:
            tensor = self.cls(x, requires_grad=True)
        except TypeError:
            tensor = self.cls(x)
        if hasattr(tensor, "requires_grad") and tensor.requires_grad is False:
            tensor.requires_grad = True
        return tensor

    def array(self, tensor: Any) -> Array:
        """The array that a tensor holds."""
        if isinstance(tensor, np.ndarray):
            return tensor
        for name in HOLDS_AN_ARRAY:
            found = getattr(tensor, name, None)
            if callable(found):
                found = found()
            if isinstance(found, np.ndarray):
                return found
        raise CannotDrive(
            f"a {type(tensor).__name__} holds no ndarray as .data or .numpy().",
            OWN_GRAPH.format(tensor=self.cls.__name__),
        )

    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        leaf = self.tensor(x)
        y, beside = call(leaf)
        asked: list[bool] = []

        def backward(grad: Array) -> Any:
            if asked:  # nodes of small frameworks keep their gradients, and add to them
                raise RuntimeError("a second backward of the same graph")
            asked.append(True)
            (y * self.cls(grad)).sum().backward()
            if isinstance(leaf.grad, (int, float)):  # 0, where some begin, and where it stays if nothing arrives
                return np.full_like(x, leaf.grad)
            return None if leaf.grad is None else self.array(leaf.grad)

        return self.array(y), beside, backward


OWN_GRAPH = """\
from tinygrad_dropout.conformance import GraphLayer

class Mine(GraphLayer):
    def __init__(self, p, rng):
        super().__init__(YourDropout(p))      # its train(mode) switches it

    def record(self, x):                      # x: an ndarray
        tensor = {tensor}(x)
        y = self.module(tensor)

        def backward(grad):
            (y * {tensor}(grad)).sum().backward()
            return tensor.grad                # an ndarray

        return y.data, backward               # an ndarray, and the backward of this very forward
"""

"""Tensors of an unknown class: the user's own small framework."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_dropout.conformance.adapters.tapes.tape import Tape, TensorCall
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.conformance.report import CannotDrive

HOLDS_AN_ARRAY = ("data", "value", "array", "numpy", "_data", "xdata")


class OwnTape(Tape):
    """Tensors made by `Tensor(x)` that hold their array in `.data` or `.numpy()`, with backward from a sum.

    Two forwards are not kept apart: some small frameworks have a single global graph, which backward frees.

    Args:
        cls: makes a tensor from an array.
    """

    keeps_forwards_apart = False

    def __init__(self, cls: Callable[..., Any]) -> None:
        self.cls = cls

    def tensor(self, x: Array) -> Any:
        """A tensor that requires a gradient, if the class lets you say so."""
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
        y, extra = call(leaf)
        asked: list[bool] = []

        def backward(grad: Array) -> Any:
            if asked:  # small frameworks often add to the gradients of the first backward
                raise RuntimeError("a second backward of the same graph")
            asked.append(True)
            (y * self.cls(grad)).sum().backward()
            if isinstance(leaf.grad, (int, float)):  # some start with the number 0, which stays if no gradient arrives
                return np.full_like(x, leaf.grad)
            return None if leaf.grad is None else self.array(leaf.grad)

        return self.array(y), extra, backward


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

        return y.data, backward               # an ndarray, and the backward of this forward
"""

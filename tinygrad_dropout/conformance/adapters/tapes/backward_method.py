"""Frameworks that record a graph and compute gradients on request: Paddle, tinygrad and MyGrad."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from tinygrad_dropout.conformance.adapters.tapes.tape import Tape, TensorCall, as_array, contiguous
from tinygrad_dropout.conformance.guarded import Array


class PaddleTape(Tape):
    """Paddle's tensors. The graph is kept, so a second backward works."""

    def tensor(self, x: Array) -> Any:
        return sys.modules["paddle"].to_tensor(contiguous(x))

    def array(self, y: Any) -> Any:
        return y.numpy()

    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        paddle: Any = sys.modules["paddle"]
        leaf = paddle.to_tensor(contiguous(x), stop_gradient=False)
        y, extra = call(leaf.clone())

        def backward(grad: Array) -> Any:
            (gradient,) = paddle.grad([y], [leaf], [self.tensor(grad)], retain_graph=True)
            return gradient.numpy()

        return self.array(y), extra, backward


class TinygradTape(Tape):
    """tinygrad's tensors, which are lazy: y is computed immediately, so that each mask is drawn only once."""

    dtypes = ("float32",)
    has_mode = True

    def mode(self, training: bool) -> AbstractContextManager[Any]:
        context: AbstractContextManager[Any] = sys.modules["tinygrad"].Context(TRAINING=int(training))
        return context

    def tensor(self, x: Array) -> Any:
        return sys.modules["tinygrad"].Tensor(contiguous(x))

    def array(self, y: Any) -> Any:
        return y.numpy()

    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        leaf = self.tensor(x)
        y, extra = call(leaf)

        def backward(grad: Array) -> Any:
            leaf.grad = None
            y.backward(self.tensor(grad))
            return None if leaf.grad is None else leaf.grad.numpy()

        return self.array(y), extra, backward


class MygradTape(Tape):
    """MyGrad's tensors, whose graph is freed by backward."""

    def tensor(self, x: Array) -> Any:
        return sys.modules["mygrad"].tensor(x)

    def array(self, y: Any) -> Any:
        return as_array(y.data)

    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        leaf = self.tensor(x)
        y, extra = call(leaf)

        def backward(grad: Array) -> Any:
            y.backward(grad)
            return leaf.grad

        return self.array(y), extra, backward

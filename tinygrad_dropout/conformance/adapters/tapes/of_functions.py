"""Frameworks that differentiate functions instead of recording a graph in tensors: HIPS autograd and MLX."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tinygrad_dropout.conformance.adapters.tapes.tape import Tape, TensorCall, as_array, contiguous
from tinygrad_dropout.conformance.guarded import Array


class AutogradTape(Tape):
    """HIPS autograd: the forward is recorded and can be differentiated more than once."""

    def tensor(self, x: Array) -> Any:
        return x

    def array(self, y: Any) -> Any:
        return y

    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        extra: list[Any] = []

        def only_y(tensor: Any) -> Any:
            y, other = call(tensor)
            extra.append(other)
            return y

        vjp, y = sys.modules["autograd"].make_vjp(only_y)(x)
        return y, extra[0], vjp


class MlxTape(Tape):
    """MLX: a gradient needs another forward, which draws the same mask because it starts from the same seed."""

    dtypes = ("float32",)
    replays = True

    def tensor(self, x: Array) -> Any:
        return sys.modules["mlx.core"].array(contiguous(x))

    def array(self, y: Any) -> Any:
        return as_array(y)

    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        mx: Any = sys.modules["mlx.core"]
        tensor, seed = self.tensor(x), self.next_seed()
        mx.random.seed(seed)
        y, extra = call(tensor)
        mx.eval(y)

        def backward(grad: Array) -> Any:
            later = self.next_seed()
            mx.random.seed(seed)
            _, (gradient,) = mx.vjp(lambda tensor: call(tensor)[0], [tensor], [self.tensor(grad)])
            mx.eval(gradient)
            mx.random.seed(later)
            return as_array(gradient)

        return self.array(y), extra, backward

    def next_seed(self) -> int:
        """A seed drawn from MLX's random state, so that seeding MLX reproduces the masks."""
        return int(sys.modules["mlx.core"].random.randint(0, 2**31 - 1).item())

"""tinygrad_dropout's own tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.conformance.adapters.tapes.tape import Tape, TensorCall
from tinygrad_dropout.conformance.guarded import Array


class OurTape(Tape):
    """Our Tensors, in and out."""

    def tensor(self, x: Array) -> Any:
        return Tensor(x)

    def array(self, y: Any) -> Any:
        return y.data

    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        tensor = Tensor(x, requires_grad=True)
        y, extra = call(tensor)
        if not isinstance(y, Tensor):
            raise TypeError(f"expected the module to return a Tensor, got {type(y).__name__}")

        def backward(grad: Array) -> Any:
            tensor.grad = None
            y.backward(grad)
            return tensor.grad

        return y.data, extra, backward

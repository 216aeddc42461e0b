"""PyTorch's tensors."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tinygrad_dropout.conformance.adapters.tapes.tape import Tape, TensorCall, contiguous
from tinygrad_dropout.conformance.guarded import Array


class TorchTape(Tape):
    """A leaf that requires a gradient; layers get a copy of it, since PyTorch forbids in-place changes to a leaf."""

    def tensor(self, x: Array) -> Any:
        return sys.modules["torch"].from_numpy(contiguous(x))

    def array(self, y: Any) -> Any:
        return y.detach().numpy()

    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        torch: Any = sys.modules["torch"]
        with torch.enable_grad():
            leaf = self.tensor(x).requires_grad_()
            y, extra = call(leaf.clone())
        if not isinstance(y, torch.Tensor):
            raise TypeError(f"expected a tensor, got {type(y).__name__}")

        def backward(grad: Array) -> Any:
            leaf.grad = None
            y.backward(self.tensor(grad))
            return None if leaf.grad is None else leaf.grad.numpy()

        return self.array(y), extra, backward

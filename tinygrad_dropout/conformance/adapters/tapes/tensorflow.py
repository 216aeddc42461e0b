"""TensorFlow's tensors."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tinygrad_dropout.conformance.adapters.tapes.tape import Tape, TensorCall, as_array
from tinygrad_dropout.conformance.guarded import Array


class TensorflowTape(Tape):
    """A persistent GradientTape, which allows a second backward."""

    def tensor(self, x: Array) -> Any:
        return sys.modules["tensorflow"].convert_to_tensor(x)

    def array(self, y: Any) -> Any:
        return as_array(y)

    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        tf: Any = sys.modules["tensorflow"]
        tensor = self.tensor(x)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(tensor)
            y, extra = call(tensor)

        def backward(grad: Array) -> Any:
            gradient = tape.gradient(y, tensor, output_gradients=self.tensor(grad))
            return None if gradient is None else as_array(gradient)

        return as_array(y), extra, backward

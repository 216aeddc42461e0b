"""Keras 3, on any of its backends."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tinygrad_dropout.conformance.adapters.tapes.jax import JaxTape
from tinygrad_dropout.conformance.adapters.tapes.tape import Tape, TensorCall
from tinygrad_dropout.conformance.adapters.tapes.tensorflow import TensorflowTape
from tinygrad_dropout.conformance.adapters.tapes.torch import TorchTape
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.conformance.report import CannotDrive

BACKENDS: dict[str, type[Tape]] = {"jax": JaxTape, "torch": TorchTape, "tensorflow": TensorflowTape}


class KerasTape(Tape):
    """The backend's tape. Layers convert their input to Keras's default dtype, so only that dtype can be examined."""

    @property
    def dtypes(self) -> tuple[str, ...]:  # type: ignore[override]
        """Keras's default, float32."""
        return (sys.modules["keras"].config.floatx(),)

    @property
    def backends(self) -> Tape:
        """The tape of the backend."""
        name = sys.modules["keras"].backend.backend()
        if name not in BACKENDS:
            raise CannotDrive(f"Keras runs on {name} here. Set KERAS_BACKEND to one of {', '.join(BACKENDS)}.")
        return BACKENDS[name]()

    def tensor(self, x: Array) -> Any:
        return self.backends.tensor(x)

    def array(self, y: Any) -> Any:
        return self.backends.array(y)

    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        return self.backends.record(call, x)

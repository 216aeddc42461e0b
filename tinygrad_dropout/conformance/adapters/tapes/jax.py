"""JAX's arrays: gradients belong to functions, and only `jax.vjp` remembers a forward."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tinygrad_dropout.conformance.adapters.tapes.tape import Tape, TensorCall, as_array
from tinygrad_dropout.conformance.guarded import Array


class JaxTape(Tape):
    """JAX's arrays. Without `jax_enable_x64` JAX turns float64 into float32, so only float32 can be examined."""

    @property
    def dtypes(self) -> tuple[str, ...]:  # type: ignore[override]
        """The dtypes that JAX is configured to keep."""
        return () if sys.modules["jax"].config.jax_enable_x64 else ("float32",)

    def tensor(self, x: Array) -> Any:
        return sys.modules["jax"].numpy.asarray(x)

    def array(self, y: Any) -> Any:
        return as_array(y)

    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        jax: Any = sys.modules["jax"]
        y, vjp, extra = jax.vjp(call, self.tensor(x), has_aux=True)

        def backward(grad: Array) -> Any:
            return as_array(vjp(self.tensor(grad))[0])

        return as_array(y), extra, backward


def key(rng: Any) -> Any:
    """A JAX key, drawn from a generator."""
    jax: Any = sys.modules["jax"]
    return jax.random.PRNGKey(int(rng.integers(2**31)))

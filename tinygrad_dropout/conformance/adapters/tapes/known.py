"""The known frameworks, by the names of their packages."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tinygrad_dropout.conformance.adapters.tapes.backward_method import MygradTape, PaddleTape, TinygradTape
from tinygrad_dropout.conformance.adapters.tapes.jax import JaxTape
from tinygrad_dropout.conformance.adapters.tapes.keras import KerasTape
from tinygrad_dropout.conformance.adapters.tapes.of_functions import AutogradTape, MlxTape
from tinygrad_dropout.conformance.adapters.tapes.ours import OurTape
from tinygrad_dropout.conformance.adapters.tapes.own_tensors import OwnTape
from tinygrad_dropout.conformance.adapters.tapes.tape import Tape
from tinygrad_dropout.conformance.adapters.tapes.tensorflow import TensorflowTape
from tinygrad_dropout.conformance.adapters.tapes.torch import TorchTape

#: Code that uses several frameworks gets the first of them: Keras runs on other frameworks, and Flax on JAX.
TAPES: dict[str, Callable[[], Tape]] = {
    "keras": KerasTape,
    "flax": JaxTape,
    "equinox": JaxTape,
    "haiku": JaxTape,
    "jax": JaxTape,
    "torch": TorchTape,
    "tensorflow": TensorflowTape,
    "paddle": PaddleTape,
    "tinygrad": TinygradTape,
    "mlx": MlxTape,
    "mygrad": MygradTape,
    "autograd": AutogradTape,
    "tinygrad_dropout": OurTape,
}

#: (package, module and class of its layers): these layers use their own package's tape, whatever else their code uses
LAYERS = (
    ("tinygrad_dropout", "tinygrad_dropout.nn", "Module"),
    ("keras", "keras", "Layer"),
    ("torch", "torch.nn", "Module"),
    ("paddle", "paddle.nn", "Layer"),
    ("mlx", "mlx.nn", "Module"),
    ("flax.linen", "flax.linen", "Module"),
    ("flax.nnx", "flax.nnx", "Module"),
    ("equinox", "equinox", "Module"),
)


def tape_of(name: str | Callable[..., Any]) -> Tape:
    """The tape for what a user names: a known package, or the user's own tensor class."""
    if not isinstance(name, str):
        return OwnTape(name)
    if name not in TAPES:
        raise ValueError(f"tensors: expected a class or one of {', '.join(TAPES)}, got {name!r}")
    return TAPES[name]()


def package_of_tape(tape: Tape | None) -> str | None:
    """The name of a tape's framework; None for the user's own tensor class."""
    return next((name for name, make in TAPES.items() if type(tape) is make), None)


def imported(module: str, name: str) -> type | None:
    """A class of a module, if the module is already imported; nothing can be an instance of the class otherwise."""
    found = getattr(sys.modules.get(module), name, None)
    return found if isinstance(found, type) else None


def layers_package(made: Any) -> str | None:
    """The framework whose layer an object is; None if it is not a framework's layer."""
    for package, module, name in LAYERS:
        cls = imported(module, name)
        if cls is not None and isinstance(made, cls):
            return package
    return None

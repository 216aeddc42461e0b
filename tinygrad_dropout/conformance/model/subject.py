"""A model, whichever framework it is from: its modules, its modes, its forward on arrays, its randomness."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tinygrad_dropout import nn
from tinygrad_dropout.conformance.model.graph import Graph
from tinygrad_dropout.conformance.model.kept import Kept
from tinygrad_dropout.conformance.model.random_state import Restore, Source, sources
from tinygrad_dropout.conformance.model.trace import PLAIN, Array, Trace, Wish, called_dropout, quoted
from tinygrad_dropout.conformance.report import CannotDrive
from tinygrad_dropout.sandbox.printable import printable


class Subject(ABC):
    """A model under examination. One subclass for each framework.

    Args:
        model: the user's.
        inputs: what it is called with: arrays, by position and by name.
        layers: further classes that are dropouts.
    """

    def __init__(self, model: Any, inputs: tuple[tuple[Any, ...], Mapping[str, Any]], layers: tuple[type, ...]) -> None:
        self.model, self.layers = model, layers
        self.args, self.kwargs = inputs
        self.kept = Kept(self.tensors, self.held)
        self.named = dict(self.named_modules())
        self.keys = {id(module): key for key, module in self.named.items()}
        for module in self.named.values():
            self.keep(module)

    # What a framework defines

    @abstractmethod
    def named_modules(self) -> Iterable[tuple[str, Any]]:
        """(key, module) for the model and all modules that it finds."""

    @abstractmethod
    def is_module(self, thing: Any) -> bool:
        """Whether an object is a module of the framework."""

    @abstractmethod
    def is_random(self, module: Any) -> bool:
        """Whether it is one of the framework's own dropouts."""

    def is_hidden(self, module: Any) -> bool:
        """Whether it has a dropout inside an operation, as attention may."""
        return False

    @abstractmethod
    def is_batch_norm(self, module: Any) -> bool:
        """Whether it standardizes by the batch's own variance."""

    @abstractmethod
    def is_frozen(self, module: Any) -> bool:
        """Whether it has parameters, and none of them is trained."""

    @abstractmethod
    def held(self, module: Any) -> Iterator[tuple[str, Any]]:
        """(where, object) for what a module holds outside its registered parts."""

    @abstractmethod
    def tensors(self, module: Any) -> Iterator[Restore]:
        """How to put back the tensors that a module itself holds."""

    @abstractmethod
    def run(self, wish: Wish = PLAIN) -> Trace:
        """One forward in the mode that the model is in, and backward if it is wished."""

    @abstractmethod
    def graph(self, trace: Trace) -> Graph:
        """What the outputs of a trace were computed from."""

    # What is the same for all of them

    def keep(self, module: Any) -> None:
        """Remember a module that has not been seen before, and the modules that it holds."""
        if id(module) in self.kept.seen:
            return
        self.kept.keep(module)
        for _, thing in self.held(module):
            if self.is_module(thing):
                self.keep(thing)

    def has_parts(self, module: Any) -> bool:
        """Whether a module has parameters or other modules in it."""
        return any(True for _ in module.children()) or any(True for _ in module.parameters())

    def kind_of(self, module: Any) -> str:
        """`dropout`, `hidden`, `norm` or "", as a Tracer asks."""
        if self.is_random(module) or isinstance(module, self.layers):
            return "dropout"
        if self.is_hidden(module):
            return "hidden"
        if self.is_batch_norm(module):
            return "norm"
        return "dropout" if called_dropout(type(module)) and not self.has_parts(module) else ""

    def set_mode(self, training: bool) -> None:
        """What users write: model.train() or model.eval()."""
        if training:
            self.model.train()
        else:
            self.model.eval()

    def modes(self) -> dict[str, bool]:
        """Where each module is, and its mode."""
        return {key: bool(module.training) for key, module in self.named.items()}

    def sources(self) -> list[Source]:
        """What the model may draw from: the global generators, and those that its modules hold."""
        modules = [module for module in self.kept.seen.values() if self.is_module(module)]
        return sources(thing for module in modules for _, thing in self.held(module))

    def where(self, layer: Any) -> str:
        """Where a layer that is not registered is held, in words; "" if that is not found."""
        for key, module in self.named.items():
            for place, thing in self.held(module):
                if thing is layer:
                    return f"{printable(place)} of {quoted(key)}"
        return ""


def subject_of(model: Any, x: Any, layers: tuple[type, ...]) -> Subject:
    """The model, as its framework's kind of subject.

    Raises:
        CannotDrive: it is of neither framework.
    """
    inputs = inputs_of(x)
    if isinstance(model, nn.Module):
        from tinygrad_dropout.conformance.model.ours import OurModel

        return OurModel(model, inputs, layers)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.jit.ScriptModule):
        raise CannotDrive(
            "a ScriptModule runs without Python, so its layers cannot be seen; examine the model behind it"
        )
    model = getattr(model, "_orig_mod", model)  # of torch.compile, which would take its layers apart
    if torch is not None and isinstance(model, torch.nn.Module):
        from tinygrad_dropout.conformance.model.pytorch import TorchModel

        return TorchModel(model, inputs, layers)
    raise CannotDrive(
        f"expected a Module of tinygrad_dropout's or of PyTorch's, got a {printable(type(model).__name__)}."
    )


def inputs_of(x: Any) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """What the model is called with, by position and by name."""
    if isinstance(x, Mapping):
        return (), dict(x)
    return (tuple(x), {}) if isinstance(x, tuple) else ((x,), {})


def floating_outputs(result: Any, array_of: Any) -> list[Array]:
    """The floating arrays in what a model returned: a tensor, or a tuple, list, dict or plain object of them."""
    array = array_of(result)
    if array is not None:
        return [array] if array.dtype.kind == "f" else []
    if isinstance(result, Mapping):
        return [found for value in result.values() for found in floating_outputs(value, array_of)]
    if isinstance(result, list | tuple):
        return [found for value in result for found in floating_outputs(value, array_of)]
    fields = getattr(type(result), "__dataclass_fields__", {})
    return [found for name in fields for found in floating_outputs(getattr(result, name), array_of)]

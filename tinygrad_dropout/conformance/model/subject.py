"""A model of any framework: its modules, its modes, its forward on arrays, its randomness."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tinygrad_dropout import nn
from tinygrad_dropout.conformance.model.graph import Graph
from tinygrad_dropout.conformance.model.random_state import Restore, Source, sources
from tinygrad_dropout.conformance.model.snapshot import Snapshot
from tinygrad_dropout.conformance.model.trace import PLAIN, Array, RunOptions, Trace, called_dropout, quoted
from tinygrad_dropout.conformance.report import CannotDrive
from tinygrad_dropout.sandbox.printable import printable


class Subject(ABC):
    """A model under examination, with one subclass for each framework.

    Args:
        model: the user's model.
        inputs: its inputs, by position and by name.
        layers: further classes that are dropouts.
    """

    def __init__(self, model: Any, inputs: tuple[tuple[Any, ...], Mapping[str, Any]], layers: tuple[type, ...]) -> None:
        self.model, self.layers = model, layers
        self.args, self.kwargs = inputs
        self.snapshot = Snapshot(self.tensors, self.held)
        self.named = dict(self.named_modules())
        self.keys = {id(module): key for key, module in self.named.items()}
        for module in self.named.values():
            self.keep(module)

    # What a framework defines

    @abstractmethod
    def named_modules(self) -> Iterable[tuple[str, Any]]:
        """(key, module) for the model and all its registered modules."""

    @abstractmethod
    def is_module(self, thing: Any) -> bool:
        """Whether an object is a module of the framework."""

    @abstractmethod
    def is_random(self, module: Any) -> bool:
        """Whether a module is one of the framework's own dropouts."""

    def is_hidden(self, module: Any) -> bool:
        """Whether a module drops inside another operation, as attention may."""
        return False

    @abstractmethod
    def is_batch_norm(self, module: Any) -> bool:
        """Whether a module standardizes its input by the variance of the batch."""

    @abstractmethod
    def is_frozen(self, module: Any) -> bool:
        """Whether a module has parameters and none of them is trained."""

    @abstractmethod
    def held(self, module: Any) -> Iterator[tuple[str, Any]]:
        """(where, object) for what a module holds outside its registered parts."""

    @abstractmethod
    def tensors(self, module: Any) -> Iterator[Restore]:
        """Functions that restore the tensors that a module itself holds."""

    @abstractmethod
    def run(self, options: RunOptions = PLAIN) -> Trace:
        """Run one forward in the model's current mode, and a backward if the options ask for it."""

    @abstractmethod
    def graph(self, trace: Trace) -> Graph:
        """The graph that the outputs of a trace were computed with."""

    # What is the same for all frameworks

    def keep(self, module: Any) -> None:
        """Remember the state of a module, unless it is known, and of the modules that it holds."""
        if id(module) in self.snapshot.seen:
            return
        self.snapshot.keep(module)
        for _, thing in self.held(module):
            if self.is_module(thing):
                self.keep(thing)

    def has_parts(self, module: Any) -> bool:
        """Whether a module contains parameters or other modules."""
        return any(True for _ in module.children()) or any(True for _ in module.parameters())

    def kind_of(self, module: Any) -> str:
        """`dropout`, `hidden`, `norm` or "", as a Tracer needs it."""
        if self.is_random(module) or isinstance(module, self.layers):
            return "dropout"
        if self.is_hidden(module):
            return "hidden"
        if self.is_batch_norm(module):
            return "norm"
        return "dropout" if called_dropout(type(module)) and not self.has_parts(module) else ""

    def set_mode(self, training: bool) -> None:
        """Call model.train() or model.eval(), as users do."""
        if training:
            self.model.train()
        else:
            self.model.eval()

    def modes(self) -> dict[str, bool]:
        """The mode of each module, by its key."""
        return {key: bool(module.training) for key, module in self.named.items()}

    def sources(self) -> list[Source]:
        """The generators that the model may draw from: the global ones and those that its modules hold."""
        modules = [module for module in self.snapshot.seen.values() if self.is_module(module)]
        return sources(thing for module in modules for _, thing in self.held(module))

    def where(self, layer: Any) -> str:
        """Where an unregistered layer is held, in words; "" if that is not found."""
        for key, module in self.named.items():
            for place, thing in self.held(module):
                if thing is layer:
                    return f"{printable(place)} of {quoted(key)}"
        return ""


def subject_of(model: Any, x: Any, layers: tuple[type, ...]) -> Subject:
    """The Subject for a model of either framework.

    Raises:
        CannotDrive: the model belongs to neither framework.
    """
    inputs = inputs_of(x)
    if isinstance(model, nn.Module):
        from tinygrad_dropout.conformance.model.ours import OurModel

        return OurModel(model, inputs, layers)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.jit.ScriptModule):
        raise CannotDrive(
            "a ScriptModule runs without Python, so its layers cannot be seen; examine the model that it was made from"
        )
    model = getattr(model, "_orig_mod", model)  # the model inside torch.compile, which would fuse its layers
    if torch is not None and isinstance(model, torch.nn.Module):
        from tinygrad_dropout.conformance.model.pytorch import TorchModel

        return TorchModel(model, inputs, layers)
    raise CannotDrive(f"expected a Module of tinygrad_dropout or PyTorch, got a {printable(type(model).__name__)}.")


def inputs_of(x: Any) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """The model's inputs, by position and by name."""
    if isinstance(x, Mapping):
        return (), dict(x)
    return (tuple(x), {}) if isinstance(x, tuple) else ((x,), {})


def floating_outputs(result: Any, array_of: Any) -> list[Array]:
    """The floating-point arrays in a model's result: a tensor, or a tuple, list, dict or dataclass of tensors."""
    array = array_of(result)
    if array is not None:
        return [array] if array.dtype.kind == "f" else []
    if isinstance(result, Mapping):
        return [found for value in result.values() for found in floating_outputs(value, array_of)]
    if isinstance(result, list | tuple):
        return [found for value in result for found in floating_outputs(value, array_of)]
    fields = getattr(type(result), "__dataclass_fields__", {})
    return [found for name in fields for found in floating_outputs(getattr(result, name), array_of)]

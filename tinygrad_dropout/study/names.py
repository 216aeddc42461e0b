"""Names for tensors: their own, that of a variable that holds them, or that of the operation that made them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import count
from types import FrameType
from typing import Any

from tinygrad_dropout.autograd.tensor import Tensor, operation_name
from tinygrad_dropout.debug._frames import frames, is_internal
from tinygrad_dropout.nn import Module, Parameter


def names_in_scope() -> dict[Tensor, str]:
    """The tensors that the callers' variables hold, by name: `x`, `params[0]`, and `0.weight` in a model.

    The innermost caller's variables come first, the script's own last. If there are several models, their parameters'
    names begin with the model's.
    """
    found: dict[Tensor, str] = {}
    models: list[tuple[str, Module]] = []
    for frame in frames():
        if not is_internal(frame):
            for name, value in variables(frame):
                if isinstance(value, Tensor):
                    found.setdefault(value, name)
                elif isinstance(value, Module) and all(value is not model for _, model in models):
                    models.append((name, value))
    inside = {id(module) for _, model in models for module in list(model.modules())[1:]}
    models = [(name, model) for name, model in models if id(model) not in inside]
    for name, model in models:
        inside_it: dict[str, Tensor] = dict(model.named_parameters())
        for key, module in model.named_modules():  # and the tensors in its modules that are not Parameters
            held = {attribute: value for attribute, value in vars(module).items() if isinstance(value, Tensor)}
            inside_it |= {".".join(filter(None, [key, attribute])): value for attribute, value in held.items()}
        for key, tensor in inside_it.items():
            found.setdefault(tensor, key if len(models) == 1 else f"{name}.{key}")
    return found


def variables(frame: FrameType) -> Iterator[tuple[str, Tensor | Module]]:
    """(name, value) of the Tensors and Modules in a frame's variables, and in the lists, dicts and objects there."""
    for name, value in list(frame.f_locals.items()):
        if not name.startswith("_"):
            try:
                yield from ((key, held) for key, held in within(name, value) if isinstance(held, Tensor | Module))
            except Exception:
                continue


def within(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """(name, value) of a variable and of what it contains."""
    yield name, value
    if isinstance(value, list | tuple):
        yield from ((f"{name}[{index}]", item) for index, item in enumerate(value[:1000]))
    elif isinstance(value, dict):
        yield from ((f"{name}[{key!r}]", item) for key, item in list(value.items())[:1000])
    elif not isinstance(value, Module | Tensor | type) and isinstance(getattr(value, "__dict__", None), dict):
        yield from list(vars(value).items())  # self.weight is called weight


def give_names(tensors: list[Tensor], known: Mapping[Tensor, str]) -> list[str]:
    """A name for each tensor, no two alike.

    Args:
        tensors: those of one graph, parents first.
        known: names for tensors that have none of their own.
    """
    names = [tensor.name or known.get(tensor) or described(tensor) for tensor in tensors]
    often, used = Counter(names), set(names)
    taken: set[str] = set()
    for index, (tensor, name) in enumerate(zip(tensors, names, strict=True)):
        told = bool(tensor.name) or tensor in known
        if often[name] > 1 and (name in taken or not told):
            numbered = (f"{name}_{number}" for number in count(2 if told else 1))
            names[index] = next(candidate for candidate in numbered if candidate not in used)
            used.add(names[index])
        taken.add(names[index])
    return names


def described(tensor: Tensor) -> str:
    """A description for a tensor without a name: its operation, its number, or `input`."""
    if tensor._backward is not None:
        return operation_name(tensor._backward).strip("<>")
    if tensor.size == 1 and not tensor.requires_grad:
        return f"{tensor.item():g}"
    return "leaf" if tensor.requires_grad else "input"


def give_layers(tensors: list[Tensor], names: list[str], parents: list[tuple[int, ...]]) -> list[str]:
    """The layer that each tensor is folded into.

    An operation that uses a Parameter of a module (`0.weight`) begins the layer with that module's key. Any other
    operation belongs to the youngest layer from which it takes an input, so that no layer depends on a later one.
    The root and the inputs belong to no layer.
    """
    order: list[str] = []  # the layers, as they begin
    used: set[int] = set()
    layers = [""] * len(tensors)
    for index, tensor in enumerate(tensors[:-1]):
        if tensor._backward is None:
            continue
        own = [parent for parent in parents[index] if isinstance(tensors[parent], Parameter) and "." in names[parent]]
        if own:
            key = layer = key_of(names[own[0]])
            while layer in order:  # its parameters are used again
                layer += "′"
            order.append(layer)
            layers[index] = layer
            for parent in own:  # but for one that another layer has used first
                if key_of(names[parent]) == key and parent not in used:
                    layers[parent] = layer
        elif above := [layers[parent] for parent in parents[index] if layers[parent]]:
            layers[index] = max(above, key=order.index)
        used.update(parents[index])
    return layers


def key_of(name: str) -> str:
    """The module's part of a parameter's name: `0` of `0.weight`."""
    return name.rpartition(".")[0]

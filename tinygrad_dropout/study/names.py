"""Names for tensors: their own, a variable's that holds them, or that of the operation that made them."""

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
    """Name the tensors that the callers' variables hold: `x`, `params[0]`, and `0.weight` in a model.

    The innermost caller's variables take precedence over the outer ones. If there are several models, the names of
    their parameters begin with the model's name.
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
    """Yield (name, value) for the Tensors and Modules in a frame's variables, and in their lists, dicts and objects."""
    for name, value in list(frame.f_locals.items()):
        if not name.startswith("_"):
            try:
                yield from ((key, held) for key, held in contents(name, value) if isinstance(held, Tensor | Module))
            except Exception:
                continue


def contents(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield (name, value) for a variable and everything that it contains."""
    yield name, value
    if isinstance(value, list | tuple):
        yield from ((f"{name}[{index}]", item) for index, item in enumerate(value[:1000]))
    elif isinstance(value, dict):
        yield from ((f"{name}[{key!r}]", item) for key, item in list(value.items())[:1000])
    elif not isinstance(value, Module | Tensor | type) and isinstance(getattr(value, "__dict__", None), dict):
        yield from list(vars(value).items())  # self.weight is named weight


def give_names(tensors: list[Tensor], known: Mapping[Tensor, str]) -> list[str]:
    """Give each tensor a unique name.

    Args:
        tensors: the tensors of one graph, parents first.
        known: names for tensors without a `.name`.
    """
    names = [tensor.name or known.get(tensor) or describe(tensor) for tensor in tensors]
    occurrences, used = Counter(names), set(names)
    taken: set[str] = set()
    for index, (tensor, name) in enumerate(zip(tensors, names, strict=True)):
        is_given = bool(tensor.name) or tensor in known
        if occurrences[name] > 1 and (name in taken or not is_given):
            numbered = (f"{name}_{number}" for number in count(2 if is_given else 1))
            names[index] = next(candidate for candidate in numbered if candidate not in used)
            used.add(names[index])
        taken.add(names[index])
    return names


def describe(tensor: Tensor) -> str:
    """Describe a tensor without a name: by its operation, by its number, or as `leaf` or `input`."""
    if tensor._backward is not None:
        return operation_name(tensor._backward).strip("<>")
    if tensor.size == 1 and not tensor.requires_grad:
        return f"{tensor.item():g}"
    return "leaf" if tensor.requires_grad else "input"


def give_layers(tensors: list[Tensor], names: list[str], parents: list[tuple[int, ...]]) -> list[str]:
    """Assign each tensor to the layer that it folds into.

    An operation that uses a module's Parameter (`0.weight`) starts the layer named after that module. Any other
    operation belongs to the latest layer among its inputs, so no layer depends on a later one. The root and the inputs
    belong to no layer.
    """
    order: list[str] = []  # the layers, in the order in which they start
    used: set[int] = set()
    layers = [""] * len(tensors)
    for index, tensor in enumerate(tensors[:-1]):
        if tensor._backward is None:
            continue
        own = [parent for parent in parents[index] if isinstance(tensors[parent], Parameter) and "." in names[parent]]
        if own:
            key = layer = key_of(names[own[0]])
            while layer in order:  # the module runs again
                layer += "′"
            order.append(layer)
            layers[index] = layer
            for parent in own:  # a parameter belongs to the layer that uses it first
                if key_of(names[parent]) == key and parent not in used:
                    layers[parent] = layer
        elif above := [layers[parent] for parent in parents[index] if layers[parent]]:
            layers[index] = max(above, key=order.index)
        used.update(parents[index])
    return layers


def key_of(name: str) -> str:
    """Return the module's part of a parameter's name: `0` of `0.weight`."""
    return name.rpartition(".")[0]

"""What tensors are called: by their own name, by a variable that holds them, or by the operation that made them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from tinygrad_dropout.callers import frames, ours
from tinygrad_dropout.nn import Module
from tinygrad_dropout.tensor import Tensor, operation_name


def names_in_scope() -> dict[Tensor, str]:
    """The tensors that the callers' variables hold, by name: `x`, `params[0]`, and `0.weight` in a model.

    The innermost caller's variables come first, the script's own last. Of several models, each puts its name in front.
    """
    found: dict[Tensor, str] = {}
    models: dict[str, Module] = {}
    for frame in frames():
        if not ours(frame):
            for name, value in variables(frame):
                if isinstance(value, Tensor):
                    found.setdefault(value, name)
                elif isinstance(value, Module) and all(value is not model for model in models.values()):
                    models.setdefault(name, value)
    inside = {module for model in models.values() for module in list(model.modules())[1:]}
    models = {name: model for name, model in models.items() if model not in inside}
    for name, model in models.items():
        for key, parameter in model.named_parameters():
            found.setdefault(parameter, key if len(models) == 1 else f"{name}.{key}")
    return found


def variables(frame: FrameType) -> Iterator[tuple[str, Any]]:
    """(name, value) of a frame's variables, and of what lists, tuples, dicts and objects among them hold."""
    for name, value in list(frame.f_locals.items()):
        if name.startswith("_"):
            continue
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
        tensors: of one graph, parents first.
        known: names from elsewhere, for those that have none of their own.
    """
    names = [tensor.name or known.get(tensor) or described(tensor) for tensor in tensors]
    told = {tensor for tensor in tensors if tensor.name or tensor in known}
    often = Counter(names)
    taken: Counter[str] = Counter()
    used = {name for name, times in often.items() if times == 1}
    for index, name in enumerate(names):
        if often[name] > 1:
            taken[name] += 1
            first_as_it_is = tensors[index] in told and taken[name] == 1
            while not first_as_it_is and f"{name}_{taken[name]}" in used:
                taken[name] += 1
            names[index] = name if first_as_it_is else f"{name}_{taken[name]}"
            used.add(names[index])
    return names


def described(tensor: Tensor) -> str:
    """What a tensor without a name is: an operation's result, a number, an input."""
    if tensor._backward is not None:
        return operation_name(tensor._backward).strip("<>")
    if tensor.size == 1 and not tensor.requires_grad:
        return f"{tensor.item():g}"
    return "leaf" if tensor.requires_grad else "input"


def give_layers(tensors: list[Tensor], names: list[str], parents: list[tuple[int, ...]]) -> list[str]:
    """The layer that each tensor is folded into.

    An operation that uses a parameter of a model (`0.weight`) begins the layer of that name; one without parameters
    belongs to the youngest layer that it takes its input from, so that no layer takes from one that comes after it.
    The root stands alone, and so do inputs.
    """
    order: list[str] = []  # the layers, as they begin
    layers = [""] * len(tensors)
    for index, tensor in enumerate(tensors[:-1]):
        if tensor._backward is None:
            continue
        keys = [
            names[parent].rpartition(".")[0]
            for parent in parents[index]
            if tensors[parent]._backward is None and tensors[parent].requires_grad and "." in names[parent]
        ]
        if keys:
            layer = keys[0]
            while layer in order:  # its parameters are used again
                layer += "′"
            order.append(layer)
            layers[index] = layer
            for parent in parents[index]:
                if tensors[parent]._backward is None and tensors[parent].requires_grad and not layers[parent]:
                    layers[parent] = layer
        elif above := [layers[parent] for parent in parents[index] if layers[parent] in order]:
            layers[index] = max(above, key=order.index)
    return layers

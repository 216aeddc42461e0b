"""Module: a callable with parameters. Parameter and Buffer: the tensors that a Module finds among its attributes."""

from __future__ import annotations

from collections import UserList, deque
from collections.abc import Iterator, Mapping, Set
from reprlib import recursive_repr
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.autograd.in_place import note_change
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import DtypeError, MismatchError, ShapeError, StateDictError

Self = TypeVar("Self", bound="Module")
Kind = TypeVar("Kind", bound=Tensor)


class Parameter(Tensor):
    """A Tensor that belongs to a Module: found by `parameters()`, saved by `state_dict()`.

    Args:
        data: a floating array, shared and not copied, or numbers in nested lists (float32).
        requires_grad: False to save it without training it.
        dtype, name: as for a Tensor.
    """

    __slots__ = ()

    def __init__(
        self, data: Any, requires_grad: bool = True, *, dtype: npt.DTypeLike | None = None, name: str | None = None
    ) -> None:
        super().__init__(data, requires_grad, dtype=dtype, name=name)


class Buffer(Tensor):
    """A Tensor that belongs to a Module and is not trained, such as a running mean.

    `state_dict()` saves it, and `float()` and `double()` convert it. `parameters()` leaves it out, so no optimizer
    changes it. The module updates it itself: `self.running_mean += ...`.

    Args:
        data: an array, shared and not copied, or numbers in nested lists (float32). Integers stay integers.
        requires_grad, dtype, name: as for a Tensor.
    """

    __slots__ = ()


class Module:
    """A part of a network: parameters, other modules, and a `forward` that uses them.

    A subclass assigns Parameters, Buffers and Modules to attributes and defines `forward`. Nothing is registered. Every
    lookup searches the attributes (also those in `__slots__` and on the class), through lists, tuples, deques and dicts
    at any depth. A set is an error, because it has no order. You don't need to call `super().__init__()`.

    Attributes:
        training: True at the start and after `train()`, False after `eval()`. Dropout uses it.
    """

    training: bool = True

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Compute the output. Define it in your subclass, and call the module itself."""
        raise TypeError(f"{type(self).__name__}: expected the class to define forward(self, ...), but it does not")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        """Run `forward`. The error for an array that does not fit names this module and its key."""
        try:
            return self.forward(*inputs, **options)
        except MismatchError as error:
            self._add_place(error)
            raise

    def __setattr__(self, name: str, value: Any) -> None:
        """Assign, but refuse to replace a Parameter or a Buffer by a plain Tensor: nothing would train or save it."""
        present = vars(self).get(name)
        kind = Parameter if isinstance(present, Parameter) else Buffer if isinstance(present, Buffer) else None
        if kind and not (value is None or isinstance(value, kind)):
            raise TypeError(
                f"{type(self).__name__}.{name} = ...: expected a {kind.__name__} (or None) to replace one, got "
                f"{type(value).__name__}; write nn.{kind.__name__}(array), or update the present one: "
                f"with td.no_grad(): module.{name} -= ..."
            )
        object.__setattr__(self, name, value)

    def _add_place(self, error: MismatchError) -> None:
        """Add to the error where it happened: the layer's name, and the keys that lead to it."""
        if error.module is None:
            if type(self).__module__.startswith(f"{__package__}."):  # a layer of ours runs only the one operation
                error.where = repr(self)
            else:
                error.where, error.problem = type(self).__name__, f"{error.where}: {error.problem}"
        else:
            keys = [key for key, child in self.named_children() if child is error.module]
            error.key = ".".join(filter(None, [*keys[:1], error.key]))
        error.module = self

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield (key, module) for each direct child: in an attribute, or in a list, tuple or dict in an attribute."""
        return ((key, value) for key, value in self._members() if isinstance(value, Module))

    def children(self) -> Iterator[Module]:
        """Yield each direct child."""
        return (module for _, module in self.named_children())

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """Yield (dotted key, module) for this module, whose key is "", and all modules below it, each once."""
        seen: set[int] = set()  # ids, because a subclass may compare by value
        stack: list[tuple[str, Module]] = [(prefix, self)]
        while stack:
            key, module = stack.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield key, module
            children = [(f"{key}.{name}" if key else name, child) for name, child in module.named_children()]
            stack.extend(reversed(children))

    def modules(self) -> Iterator[Module]:
        """Yield this module and all modules below it, each once."""
        return (module for _, module in self.named_modules())

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield (dotted key, parameter) for all parameters here and below, each once, even if shared."""
        return self._each_once(Parameter)

    def parameters(self) -> Iterator[Parameter]:
        """Yield all parameters here and below, each once."""
        return (parameter for _, parameter in self.named_parameters())

    def named_buffers(self) -> Iterator[tuple[str, Buffer]]:
        """Yield (dotted key, buffer) for all buffers here and below, each once, even if shared."""
        return self._each_once(Buffer)

    def buffers(self) -> Iterator[Buffer]:
        """Yield all buffers here and below, each once."""
        return (buffer for _, buffer in self.named_buffers())

    def _members(self) -> Iterator[tuple[str, Member]]:
        """Yield (key, value) for the Parameters, Buffers and Modules held directly, in the order of the attributes."""
        return members(attributes(self))

    def _each_once(self, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
        """Yield (dotted key, tensor) for all tensors of this kind, each under its first key."""
        seen: set[Tensor] = set()
        for key, tensor in self._saved():
            if isinstance(tensor, kind) and tensor not in seen:
                seen.add(tensor)
                yield key, tensor

    def _saved(self, above: tuple[Module, ...] = ()) -> Iterator[tuple[str, Parameter | Buffer]]:
        """Yield (dotted key, tensor) for all Parameters and Buffers, a shared one under each of its keys."""
        above = (*above, self)
        for key, value in self._members():
            if isinstance(value, Parameter | Buffer):
                yield key, value
            elif all(value is not module for module in above):  # a module may refer to its parent
                yield from ((f"{key}.{name}", tensor) for name, tensor in value._saved(above))

    def train(self: Self, mode: bool = True) -> Self:
        """Switch this module and all below it to training mode, or with False to evaluation mode. Return self."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: Self) -> Self:
        """Switch this module and all below it to evaluation mode, in which Dropout drops nothing. Return self."""
        return self.train(False)

    def zero_grad(self) -> None:
        """Set every parameter's `.grad` to None."""
        for parameter in self.parameters():
            parameter.grad = None

    def float(self: Self) -> Self:
        """Convert all floating parameters and buffers to float32. Return self."""
        return self._convert(np.float32)

    def double(self: Self) -> Self:
        """Convert all floating parameters and buffers to float64. Return self."""
        return self._convert(np.float64)

    def _convert(self: Self, dtype: npt.DTypeLike) -> Self:
        for tensor in (*self.parameters(), *self.buffers()):
            if tensor.dtype.kind != "f":  # indices and counts stay as they are
                continue
            tensor.data = tensor.data.astype(dtype)
            note_change(tensor.data)
            if tensor.grad is not None:
                tensor.grad = tensor.grad.astype(dtype)
        return self

    def state_dict(self) -> dict[str, Array]:
        """Return copies of all parameters and buffers by dotted key, like PyTorch: `{"0.weight": array, ...}`."""
        return {key: tensor.data.copy() for key, tensor in self._saved()}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        """Copy arrays into the parameters and buffers, converted to the dtype of each.

        Args:
            state_dict: dotted key -> array (anything `np.asarray` accepts) of the parameter's or buffer's shape.
            strict: whether missing and unexpected keys are an error. If False, they are ignored.

        Raises:
            KeyError: if `strict`, keys are missing or unexpected; the error names them all.
            ShapeError: an array has another shape.
            DtypeError: an array does not hold real numbers. After any of these errors, nothing has changed.
        """
        if not isinstance(state_dict, Mapping):
            given = type(state_dict).__name__
            raise TypeError(
                f"load_state_dict: expected a dict of arrays, got {given}; td.load(path) reads one from a file"
            )
        mine = dict(self._saved())
        missing = [key for key in mine if key not in state_dict]
        unexpected = [key for key in state_dict if key not in mine]
        if strict and (missing or unexpected):
            raise StateDictError(type(self).__name__, missing, unexpected)
        arrays = {key: np.asarray(state_dict[key]) for key in mine if key in state_dict}
        for key, array in arrays.items():
            if array.shape != mine[key].shape:
                problem = f'expected "{key}" to have shape {mine[key].shape}, got {array.shape}'
                raise ShapeError("load_state_dict", problem)
            if array.dtype.kind not in "biuf":
                problem = f'expected "{key}" to hold numbers, got an array of dtype {array.dtype}'
                raise DtypeError("load_state_dict", problem)
        for key, array in arrays.items():
            mine[key].data = array.astype(mine[key].dtype)
            note_change(mine[key].data)

    @recursive_repr("...")
    def __repr__(self) -> str:
        children = list(self.named_children())
        if not children:
            return f"{type(self).__name__}({self.extra_repr()})"
        lines = [f"({key}): {module!r}".replace("\n", "\n  ") for key, module in children]
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines) + "\n)"

    def extra_repr(self) -> str:
        """Return the settings that repr shows in parentheses. Subclasses override it."""
        return ""


#: What a Module finds among its attributes: tensors, and modules with more of them.
Member: TypeAlias = Parameter | Buffer | Module


def attributes(module: Module) -> dict[str, Any]:
    """Return a module's attributes by name: the class's, those in `__slots__`, and its own."""
    found: dict[str, Any] = {}
    for cls in reversed(type(module).__mro__):
        if cls in (Module, object):  # they hold no members, but many names to search
            continue
        found |= {name: value for name, value in vars(cls).items() if isinstance(value, Member)}
        slots = vars(cls).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            private = name.startswith("__") and not name.endswith("__")  # Python puts the class's name before it
            name = f"_{cls.__name__.lstrip('_')}{name}" if private else name
            if hasattr(module, name):
                found[name] = getattr(module, name)
    return found | vars(module)


def members(values: Mapping[Any, Any]) -> Iterator[tuple[str, Member]]:
    """Yield (key, value) for all Parameters, Buffers and Modules among the values and in containers among them.

    Raises:
        TypeError: a set holds one, which would have no key to be saved under.
    """
    for key, value in values.items():
        if isinstance(value, Member):
            yield str(key), value
        elif isinstance(value, Mapping):
            yield from ((f"{key}.{below}", found) for below, found in members(value))
        elif isinstance(value, list | tuple | deque | UserList):
            yield from ((f"{key}.{below}", found) for below, found in members(dict(enumerate(value))))
        elif isinstance(value, Set) and any(isinstance(item, Member) for item in value):
            raise TypeError(
                f"Module: expected parameters and modules in a list, a tuple or a dict, got {key!r}, a "
                f"{type(value).__name__}: a set has no order, so its items have no lasting names"
            )

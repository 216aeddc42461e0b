"""Parameter groups: which parameters an optimizer updates with which settings, and checks of the arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Tensor

NUMBER = (int, float, np.integer, np.floating)


class Setting:
    """A setting as an attribute: `optimizer.lr` means `optimizer.param_groups[0]["lr"]`, if that is the only group.

    Raises:
        AttributeError: the optimizer has several groups, each with its own value.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, optimizer: Any, owner: type | None = None) -> Any:
        return self if optimizer is None else self.only_group(optimizer)[self.name]

    def __set__(self, optimizer: Any, value: Any) -> None:
        self.only_group(optimizer)[self.name] = value

    def only_group(self, optimizer: Any) -> dict[str, Any]:
        """Return the settings of the only group."""
        if len(optimizer.param_groups) > 1:
            raise AttributeError(
                f"{type(optimizer).__name__}.{self.name}: expected one group of parameters, got "
                f'{len(optimizer.param_groups)}, each with its own: use param_groups[0]["{self.name}"] and so on'
            )
        group: dict[str, Any] = optimizer.param_groups[0]
        return group


def list_of_groups(where: str, params: Any) -> list[dict[str, Any]]:
    """Return the parameters as a list of groups. Tensors without groups form one group."""
    if isinstance(params, Iterable) and not isinstance(params, Tensor | Mapping):
        params = list(params)
        groups = [dict(group) for group in params if isinstance(group, Mapping)]
        if groups and len(groups) < len(params):
            raise TypeError(f"{where}: expected either Tensors or dicts (groups of parameters), got both in one list")
        if groups:
            return groups
    return [{"params": list_of_tensors(where, params)}]


def list_of_tensors(where: str, params: Iterable[Tensor]) -> list[Tensor]:
    """Return the parameters as a list. A single Tensor is an error, because it would be read as a list of rows."""
    if not isinstance(params, Iterable):
        hint = "; write model.parameters(), with parentheses" if callable(params) else ""
        raise TypeError(f"{where}: expected a list of Tensors, got {type(params).__name__}{hint}")
    tensors = [params] if isinstance(params, Tensor) else list(params)
    if isinstance(params, Tensor) or not all(isinstance(tensor, Tensor) for tensor in tensors):
        given = "a single Tensor" if isinstance(params, Tensor) else [type(tensor).__name__ for tensor in tensors]
        raise TypeError(f"{where}: expected a list of Tensors (as from model.parameters()), got {given}")
    return tensors


def check_at_least(where: str, least: float, **numbers: Any) -> None:
    """Raise a ValueError if a named value is not a number or is below `least`."""
    for key, number in numbers.items():
        if not isinstance(number, NUMBER) or not number >= least:
            raise ValueError(f"{where}: expected {key} to be a number of at least {least:g}, got {number!r}")


def check_is_state(owner: object, state_dict: Any) -> None:
    """Raise a TypeError if this is not a dict, as every state_dict must be."""
    if not isinstance(state_dict, Mapping):
        given = type(state_dict).__name__
        raise TypeError(
            f"{type(owner).__name__}.load_state_dict: expected a dict, got {given}; td.load(path) reads one from a file"
        )

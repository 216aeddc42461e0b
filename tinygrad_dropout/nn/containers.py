"""Modules that hold modules: Sequential calls them one after the other, ModuleList only keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import overload

from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.nn.module import Member, Module


class ModuleList(Module):
    """A list of modules whose keys are "0", "1", ...: you can iterate over it, index it and take its length.

    Args:
        modules: the modules, in order.
    """

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        self._layers: list[Module] = list(modules)
        for index, module in enumerate(self._layers):
            if not isinstance(module, Module):
                given = f"the class {module.__name__}" if isinstance(module, type) else type(module).__name__
                hint = "; unpack it: Sequential(*layers)" if isinstance(module, list | tuple) else ""
                hint = f"; make a layer: {module.__name__}()" if isinstance(module, type) else hint
                raise TypeError(f"{type(self).__name__}: expected modules, got {given} at index {index}{hint}")

    def _members(self) -> Iterator[tuple[str, Member]]:
        return ((key.removeprefix("_layers."), value) for key, value in super()._members())

    def __len__(self) -> int:
        return len(self._layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._layers)

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> ModuleList: ...
    def __getitem__(self, index: int | slice) -> Module | ModuleList:
        """Return the module at an index; for a slice, a container of the same kind."""
        if isinstance(index, slice):
            return type(self)._of(self._layers[index])
        return self._layers[index]

    def append(self, module: Module) -> None:
        """Add a module at the end."""
        self._layers.append(module)

    @classmethod
    def _of(cls, modules: list[Module]) -> ModuleList:
        return cls(modules)


class Sequential(ModuleList):
    """Call modules one after the other, each on the previous one's result.

    Args:
        modules: the modules, in order.
    """

    def __init__(self, *modules: Module) -> None:
        super().__init__(modules)

    def forward(self, x: Tensor) -> Tensor:
        for module in self._layers:
            x = module(x)
        return x

    @classmethod
    def _of(cls, modules: list[Module]) -> Sequential:
        return cls(*modules)

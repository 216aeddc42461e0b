"""Restores the user's model exactly: attributes, weights, buffers, gradients, modes, hooks and generators."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tinygrad_dropout.conformance.model.random_state import Restore, source_of


class Snapshot:
    """The state of modules when they were first seen.

    Args:
        tensors: (module) -> functions that restore the tensors that it holds: values and gradients.
        held: (module) -> what it holds outside its registered parts, such as generators.
    """

    def __init__(
        self, tensors: Callable[[Any], Iterable[Restore]], held: Callable[[Any], Iterable[tuple[str, Any]]]
    ) -> None:
        self.tensors, self.held = tensors, held
        self.restores: list[Restore] = []
        self.seen: dict[int, Any] = {}  # holds the objects, so that no id is reused

    def keep(self, module: Any) -> None:
        """Remember the state of a module, unless it is known already."""
        if id(module) in self.seen:
            return
        self.seen[id(module)] = module
        self.restores += self.tensors(module)
        for _, thing in self.held(module):
            self.keep_thing(thing)
        self.keep_contents(vars(module))

    def keep_thing(self, thing: Any) -> None:
        """Remember the state of a generator, or the contents of a container."""
        if id(thing) in self.seen:
            return
        source = source_of(thing)
        if source is not None:
            self.restores.append(source.restorer())
        elif type(thing) in (list, dict, set):
            self.keep_container(thing)
        else:
            return  # for example a module, which `keep` handles
        self.seen[id(thing)] = thing

    def keep_contents(self, attributes: dict[str, Any]) -> None:
        """Remember a module's attributes and the contents of the containers among them."""
        self.keep_container(attributes)
        for value in attributes.values():
            if isinstance(value, dict | list | set) and id(value) not in self.seen:
                self.seen[id(value)] = value
                self.keep_container(value)

    def keep_container(self, container: Any) -> None:
        """Remember the contents of a dict, a list or a set."""
        before = container.copy()

        def restore() -> None:
            container.clear()
            container.extend(before) if isinstance(container, list) else container.update(before)

        self.restores.append(restore)

    def restore(self) -> None:
        """Restore everything."""
        for restore in reversed(self.restores):
            restore()

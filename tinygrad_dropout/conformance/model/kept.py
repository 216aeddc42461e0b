"""The user's model, put back exactly as it was: attributes, weights, buffers, gradients, modes, hooks, generators."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tinygrad_dropout.conformance.model.random_state import Restore, source_of


class Kept:
    """What modules were like when they were first seen.

    Args:
        tensors: (module) -> functions that put back the tensors that it holds: values, gradients.
        held: (module) -> what it holds outside its registered parts, generators among it.
    """

    def __init__(
        self, tensors: Callable[[Any], Iterable[Restore]], held: Callable[[Any], Iterable[tuple[str, Any]]]
    ) -> None:
        self.tensors, self.held = tensors, held
        self.restores: list[Restore] = []
        self.seen: dict[int, Any] = {}  # with the objects, so that no id is used again

    def keep(self, module: Any) -> None:
        """Remember a module as it is now, unless it has been seen before."""
        if id(module) in self.seen:
            return
        self.seen[id(module)] = module
        self.restores += self.tensors(module)
        for _, thing in self.held(module):
            self.keep_thing(thing)
        self.keep_contents(vars(module))

    def keep_thing(self, thing: Any) -> None:
        """Remember a generator's state, or what is in a container."""
        if id(thing) in self.seen:
            return
        source = source_of(thing)
        if source is not None:
            self.restores.append(source.restorer())
        elif type(thing) in (list, dict, set):
            self.keep_container(thing)
        else:
            return  # a module, for one, which is kept as such
        self.seen[id(thing)] = thing

    def keep_contents(self, attributes: dict[str, Any]) -> None:
        """Remember a module's attributes, and what is in the containers among them."""
        self.keep_container(attributes)
        for value in attributes.values():
            if isinstance(value, dict | list | set) and id(value) not in self.seen:
                self.seen[id(value)] = value
                self.keep_container(value)

    def keep_container(self, container: Any) -> None:
        """Remember what is in a dict, a list or a set."""
        before = container.copy()

        def restore() -> None:
            container.clear()
            container.extend(before) if isinstance(container, list) else container.update(before)

        self.restores.append(restore)

    def restore(self) -> None:
        """Put everything back."""
        for restore in reversed(self.restores):
            restore()

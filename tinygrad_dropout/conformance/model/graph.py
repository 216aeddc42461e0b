"""The framework's graph, walked from the output: does any parameter come after a dropout?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class Graph:
    """The graph that the outputs were computed with.

    Args:
        ends: the outputs' nodes.
        parents: (node) -> the nodes that it was computed from.
        is_parameter: whether a node is a parameter.
    """

    def __init__(
        self, ends: Iterable[Any], parents: Callable[[Any], Iterable[Any]], is_parameter: Callable[[Any], bool]
    ) -> None:
        self.parents: dict[Any, list[Any]] = {}
        stack = list(ends)
        self.ends = list(stack)
        while stack:
            node = stack.pop()
            if node not in self.parents:
                self.parents[node] = list(parents(node))
                stack += self.parents[node]
        self.with_parameters = self.leading_to({node for node in self.parents if is_parameter(node)})

    def leading_to(self, targets: set[Any]) -> set[Any]:
        """The targets, and all nodes that were computed from one of them."""
        children: dict[Any, list[Any]] = {}
        for node, parents in self.parents.items():
            for parent in parents:
                children.setdefault(parent, []).append(node)
        found, stack = set(targets), list(targets)
        while stack:
            for child in children.get(stack.pop(), ()):
                if child not in found:
                    found.add(child)
                    stack.append(child)
        return found

    def has(self, node: Any) -> bool:
        """Whether the outputs depend on a node."""
        return node in self.parents

    def is_last(self, node: Any) -> bool:
        """Whether a node reaches the outputs and no value that depends on a parameter joins it on the way."""
        if not self.has(node):
            return False
        way = self.leading_to({node})
        beside = (parent for step in way - {node} for parent in self.parents[step] if parent not in way)
        return not any(parent in self.with_parameters for parent in beside)

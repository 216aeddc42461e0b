"""The registry of rules: for each backward function, a rule that works out one entry of its result.

A rule takes an `Entry` and returns a `Formula`. The rules are in the other files of this folder. An operation without
a rule is explained by its local derivatives instead; see `explain`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias, TypeVar

import numpy as np

from tinygrad_dropout.autograd.tensor import Array, Backward
from tinygrad_dropout.study.preview import times
from tinygrad_dropout.study.trace import Node
from tinygrad_dropout.study.worked.formula import Formula, Quantity
from tinygrad_dropout.study.worked.total import Total

MAX_SUMMED = 1_000  # terms in the sums of one entry

Index: TypeAlias = tuple[int, ...]
Rule: TypeAlias = "Callable[[Entry], Formula]"
Saved: TypeAlias = dict[str, Any]
RuleT = TypeVar("RuleT", bound=Callable[..., Any])

RULES: dict[Backward, Rule] = {}
SAVED: dict[Backward | None, Callable[[Node, Node], Saved]] = {}


class TooLong(Exception):
    """The sum has too many terms to write out, so the entry is explained by its local derivatives."""


def rule(*operations: Backward) -> Callable[[RuleT], RuleT]:
    """Register the decorated function as the rule of these backward functions."""

    def enter(function: RuleT) -> RuleT:
        for operation in operations:
            RULES[operation] = function
        return function

    return enter


def presents_saved(*operations: Backward) -> Callable[[RuleT], RuleT]:
    """Register the decorated function to present the saved values of these backward functions.

    It takes the node and its first parent, and returns caption -> value.
    """

    def enter(function: RuleT) -> RuleT:
        for operation in operations:
            SAVED[operation] = function
        return function

    return enter


def rename_saved(operation: Backward, **names: str) -> None:
    """Show a backward function's saved values under other names, such as those of its rule."""
    SAVED[operation] = lambda node, parent: {names.get(name, name): value for name, value in node.saved.items()}


@dataclass(frozen=True)
class Entry:
    """One entry of a step's contribution to one parent.

    Attributes:
        node: the node whose backward ran.
        parents: the node's parents.
        upstream: ndarray, dL/d(node).
        position: which parent the entry belongs to.
        index: the entry's index in that parent.
    """

    node: Node
    parents: tuple[Node, ...]
    upstream: Array
    position: int
    index: Index

    @property
    def parent(self) -> Array:
        """The data of the parent that the entry belongs to."""
        return self.parents[self.position].data

    def grad(self, index: Index | None = None) -> Quantity:
        """Return the upstream gradient at an index, with the index in its name. None is for a single number."""
        at = () if index is None else index
        return Quantity(f"upstream{index_text(at)}", self.upstream[at])

    def results(self) -> list[Index]:
        """Return the entries of the result that this entry was broadcast to: one, unless its parent was stretched."""
        shape, own = self.node.data.shape, self.parent.shape
        lengths = (1,) * (len(shape) - len(own)) + own
        index = (0,) * (len(shape) - len(own)) + self.index
        ranges = [range(n) if length == 1 else (at,) for n, length, at in zip(shape, lengths, index, strict=True)]
        return all_indices(ranges)

    def along(self, axes: Iterable[int]) -> list[Index]:
        """Return the entries of the parent that lie along some axes through this one."""
        axes = set(axes)
        shape = self.parent.shape
        return all_indices([range(shape[axis]) if axis in axes else (at,) for axis, at in enumerate(self.index)])

    def axes(self, axis: Any) -> tuple[int, ...]:
        """Return an argument `axis` as axes of the parent, counted from the front."""
        dimensions = self.parent.ndim
        if axis is None:
            return tuple(range(dimensions))
        return tuple(int(one) % dimensions for one in np.atleast_1d(axis))


def all_indices(ranges: list[range | tuple[int]]) -> list[Index]:
    """Return all indices with one number from each of these ranges.

    Raises:
        TooLong: there are more than MAX_SUMMED.
    """
    count = 1
    for one in ranges:
        count *= len(one)
    if count > MAX_SUMMED:
        raise TooLong
    return list(product(*ranges))


def index_text(index: Index) -> str:
    """Format an index: `[2, 1]`; "" for the only entry of a number."""
    return f"[{', '.join(map(str, index))}]" if index else ""


@dataclass(frozen=True)
class At:
    """One entry of an elementwise operation's result, and the input numbers it was computed from."""

    entry: Entry
    index: Index

    @property
    def grad(self) -> Quantity:
        """The upstream gradient."""
        return Quantity("upstream", self.entry.upstream[self.index])

    def number(self, name: str) -> float:
        """Return the number of an input or a saved value here, by the backward function's name for it."""
        node, parents = self.entry.node, dict(zip(self.entry.node.arguments, self.entry.parents, strict=False))
        held = parents[name].data if name in parents else node.saved[name]
        return float(np.broadcast_to(held, node.data.shape)[self.index])

    def __call__(self, name: str, symbol: str = "") -> Quantity:
        """Return the same number as a quantity with that name, or with the symbol."""
        return Quantity(symbol or name, self.number(name))


def elementwise(*operations: Backward) -> Callable[[RuleT], RuleT]:
    """Register the decorated function, which returns one formula per parent, as the rule of elementwise operations.

    If broadcasting stretched a parent, the formulas of all entries that it was stretched to are added up.
    """

    def enter(function: RuleT) -> RuleT:
        def of_entry(entry: Entry) -> Formula:
            results = entry.results()
            terms: list[Formula] = [function(At(entry, index))[entry.position] for index in results]
            if len(results) == 1:
                return terms[0]
            return Total(terms, remark=f"it was used {times(len(results))}, so its gradients add up")

        rule(*operations)(of_entry)
        return function

    return enter


def either(condition: str, holds: bool, *, otherwise: str = "0", value: float = 0.0, remark: str = "") -> Quantity:
    """Return a factor that is 1 if a condition holds, and another value if not."""
    return Quantity(f"(1 if {condition}, else {otherwise})", 1.0 if holds else value, remark=remark)

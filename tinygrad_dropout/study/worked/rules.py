"""Where the rules of the operations are kept: for each backward function, how one entry of its answer is worked out.

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

MOST_SUMMED = 1_000  # terms of one entry's sums

Index: TypeAlias = tuple[int, ...]
Rule: TypeAlias = "Callable[[Entry], Formula]"
Saved: TypeAlias = dict[str, Any]
RuleT = TypeVar("RuleT", bound=Callable[..., Any])

RULES: dict[Backward, Rule] = {}
SAVED: dict[Backward | None, Callable[[Node, Node], Saved]] = {}


class TooLong(Exception):
    """The sum has too many terms to be written out, so the entry is left to its local derivatives."""


def rule(*operations: Backward) -> Callable[[RuleT], RuleT]:
    """Enter the function below as the rule of these backward functions."""

    def enter(function: RuleT) -> RuleT:
        for operation in operations:
            RULES[operation] = function
        return function

    return enter


def presents_saved(*operations: Backward) -> Callable[[RuleT], RuleT]:
    """Enter the function below as the one that shows what was saved for these backward functions.

    It takes the node and its first parent, and returns captions and values.
    """

    def enter(function: RuleT) -> RuleT:
        for operation in operations:
            SAVED[operation] = function
        return function

    return enter


def rename_saved(operation: Backward, **names: str) -> None:
    """Show what was saved for a backward function under other names, such as those of its rule."""
    SAVED[operation] = lambda node, parent: {names.get(name, name): value for name, value in node.saved.items()}


@dataclass(frozen=True)
class Entry:
    """One entry of what a step gives to one parent.

    Attributes:
        node: whose backward ran.
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
        """The upstream gradient at an index, which is part of its name; of a single number if None."""
        at = () if index is None else index
        return Quantity(f"upstream{written(at)}", self.upstream[at])

    def results(self) -> list[Index]:
        """The entries of the result that the entry was broadcast to: one, unless its parent was stretched."""
        shape, own = self.node.data.shape, self.parent.shape
        lengths = (1,) * (len(shape) - len(own)) + own
        index = (0,) * (len(shape) - len(own)) + self.index
        ranges = [range(n) if length == 1 else (at,) for n, length, at in zip(shape, lengths, index, strict=True)]
        return every(ranges)

    def along(self, axes: Iterable[int]) -> list[Index]:
        """The entries of the parent along some axes, through this one."""
        axes = set(axes)
        shape = self.parent.shape
        return every([range(shape[axis]) if axis in axes else (at,) for axis, at in enumerate(self.index)])

    def axes(self, axis: Any) -> tuple[int, ...]:
        """An argument `axis` as axes of the parent, counted from the front."""
        dimensions = self.parent.ndim
        if axis is None:
            return tuple(range(dimensions))
        return tuple(int(one) % dimensions for one in np.atleast_1d(axis))


def every(ranges: list[range | tuple[int]]) -> list[Index]:
    """All indices with a number from each of these ranges."""
    count = 1
    for one in ranges:
        count *= len(one)
    if count > MOST_SUMMED:
        raise TooLong
    return list(product(*ranges))


def written(index: Index) -> str:
    """`[2, 1]`; "" for the only entry of a number."""
    return f"[{', '.join(map(str, index))}]" if index else ""


@dataclass(frozen=True)
class At:
    """One entry of an elementwise operation's result, and the numbers that meet there."""

    entry: Entry
    index: Index

    @property
    def grad(self) -> Quantity:
        """The upstream gradient."""
        return Quantity("upstream", self.entry.upstream[self.index])

    def number(self, name: str) -> float:
        """An input's or a saved value's number here, by the name that the backward function has for it."""
        node, parents = self.entry.node, dict(zip(self.entry.node.arguments, self.entry.parents, strict=False))
        held = parents[name].data if name in parents else node.saved[name]
        return float(np.broadcast_to(held, node.data.shape)[self.index])

    def __call__(self, name: str, symbol: str = "") -> Quantity:
        """The same as a quantity of that name, or of the symbol."""
        return Quantity(symbol or name, self.number(name))


def elementwise(*operations: Backward) -> Callable[[RuleT], RuleT]:
    """Enter the function below as the rule of elementwise operations: one formula for each parent, at one entry.

    Where a parent was stretched, the formulas of all entries that it was stretched to are added up.
    """

    def enter(function: RuleT) -> RuleT:
        def of_entry(entry: Entry) -> Formula:
            results = entry.results()
            terms: list[Formula] = [function(At(entry, index))[entry.position] for index in results]
            if len(results) == 1:
                return terms[0]
            return Total(terms, remark=f"it was used {times(len(results))}: the gradients of all uses add up")

        rule(*operations)(of_entry)
        return function

    return enter


def either(condition: str, holds: bool, *, otherwise: str = "0", value: float = 0.0, remark: str = "") -> Quantity:
    """A factor that is 1 if a condition holds, and something else if not."""
    return Quantity(f"(1 if {condition}, else {otherwise})", 1.0 if holds else value, remark=remark)

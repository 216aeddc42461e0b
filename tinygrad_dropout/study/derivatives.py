"""Local derivatives: how each entry of a node's result changes with each entry of a parent.

The backward function itself computes them: if the upstream gradient is 1 at one entry of the result and 0 elsewhere,
it returns the derivatives of that entry. They split a contribution into products of the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tinygrad_dropout.autograd.engine import unbroadcast
from tinygrad_dropout.autograd.tensor import Array, Backward, Tensor
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.product_pattern import ProductPattern, find_product_pattern
from tinygrad_dropout.study.rerun import rebuild_exactly
from tinygrad_dropout.study.trace import Pass, Step

#: (entries of the result, entries of the parent): d(result)/d(parent).
Jacobian: TypeAlias = Array

MAX_ENTRIES = 500_000  # of one node's Jacobians
MAX_CALLS = 5_000  # of backward functions, over the whole pass


@dataclass(frozen=True)
class Term:
    """One product of the chain rule: upstream x local.

    Attributes:
        entry: the entry of the upstream gradient, as a flat index.
        upstream, local: the two factors.
    """

    entry: int
    upstream: float
    local: float

    @property
    def product(self) -> float:
        return self.upstream * self.local


@dataclass(frozen=True)
class Sum:
    """The products that add up to one entry of a contribution.

    Attributes:
        terms: the products, in the order of their entries.
        upstream_line: the row or column of the upstream gradient that holds the upstream factors: `row 2`; else "".
        local_line: the row or column that holds the local derivatives: `column 0 of 2.weight`; else "".
    """

    terms: tuple[Term, ...]
    upstream_line: str = ""
    local_line: str = ""


class Derivatives:
    """The Jacobians of a pass's steps.

    Args:
        recorded: the pass.

    Attributes:
        problem: why some or all are missing, in a sentence; "" if none is missing.
        jacobians: (step, which parent) -> Jacobian.
        diagonals: (step, which parent) -> ndarray of the parent's shape, for elementwise operations whose Jacobian
            would be too large.
    """

    def __init__(self, recorded: Pass) -> None:
        self.recorded = recorded
        self.problem = ""
        self.jacobians: dict[tuple[int, int], Jacobian] = {}
        self.diagonals: dict[tuple[int, int], Array] = {}
        self.patterns: dict[tuple[int, int], ProductPattern | None] = {}
        try:
            tensors = rebuild_exactly(recorded)
        except StudyError as error:
            self.problem = str(error)
            return
        if not all(np.isfinite(step.upstream).all() for step in recorded.steps):
            self.problem = "a gradient contains a NaN or an infinity"
        calls = 0
        for number, step in enumerate(recorded.steps):
            node, backward = tensors[step.node], recorded.nodes[step.node].backward
            assert backward is not None, "a leaf takes no step"
            entries = node.size * max((parent.size for parent in node._parents if parent.requires_grad), default=1)
            calls += node.size
            name = recorded.nodes[step.node].name
            try:
                if entries > MAX_ENTRIES or calls > MAX_CALLS:
                    self.problem = f"{name} is too large to work out entry by entry"
                    for position, diagonal in enumerate(diagonals(node, backward)):
                        if diagonal is not None and is_product(step, position, diagonal):
                            self.diagonals[number, position] = diagonal
                    continue
                for position, jacobian in enumerate(jacobians(node, backward)):
                    if jacobian is not None and explains(jacobian, step, position):
                        self.jacobians[number, position] = jacobian
            except Exception as error:  # the backward function may be the user's
                self.problem = f"{name}: its backward function raised {type(error).__name__}: {error}"

    def sum(self, step: int, position: int, entry: int) -> Sum | None:
        """Return the products that add up to one entry of a step's contribution to one parent; None if not known.

        For a matrix product these are all products of a row and a column, zeros included. If no entry of the result
        depends on this entry, there is one product with 0 if the shapes agree, else none.
        """
        ran = self.recorded.steps[step]
        if (diagonal := self.diagonals.get((step, position))) is not None:
            return Sum((Term(entry, float(ran.upstream.reshape(-1)[entry]), float(diagonal.reshape(-1)[entry])),))
        jacobian = self.jacobians.get((step, position))
        if jacobian is None:
            return None
        local, upstream = jacobian[:, entry], ran.upstream.reshape(-1)
        entries = np.flatnonzero(local)
        if pattern := self.pattern(step, position):
            entries = pattern.entries(ran.upstream.shape, self.shape(step, position), entry)
        contribution = ran.contributions[position].value
        if not len(entries) and contribution is not None and contribution.size == local.size:
            entries = np.array([entry])
        terms = tuple(Term(int(at), float(upstream[at]), float(local[at])) for at in entries)
        return Sum(terms, *(pattern.lines_in_words(self.shape(step, position), entry) if pattern else ("", "")))

    def shape(self, step: int, position: int) -> tuple[int, ...]:
        """Return the shape of one parent of a step's node."""
        recorded = self.recorded
        return recorded.nodes[recorded.steps[step].contributions[position].parent].data.shape

    def pattern(self, step: int, position: int) -> ProductPattern | None:
        """Return which rows and columns are multiplied in a matrix product or summed; None if it is neither."""
        if (step, position) not in self.patterns:
            ran = self.recorded.steps[step]
            node = self.recorded.nodes[ran.node]
            arrays = {self.recorded.nodes[parent].name: self.recorded.nodes[parent].data for parent in node.parents}
            arrays |= {name: value for name, value in node.saved.items() if isinstance(value, np.ndarray)}
            jacobian = self.jacobians[step, position]
            found = None
            if len(node.parents) > 1 and ran.upstream.ndim == 2:
                found = find_product_pattern(jacobian, ran.upstream.shape, self.shape(step, position), arrays)
            self.patterns[step, position] = found
        return self.patterns[step, position]


@np.errstate(all="ignore")
def jacobians(node: Tensor, backward: Backward) -> list[Jacobian | None]:
    """Compute a node's Jacobians with its `backward`, one for each parent; None for a parent without gradient."""
    rows: list[list[Array]] = [[] for _ in node._parents]
    for entry in range(node.size):
        one_hot = np.zeros(node.shape, node.dtype)
        one_hot.reshape(-1)[entry] = 1
        answers = backward(one_hot, *node._parents, *node._saved)
        for parent, answer, found in zip(node._parents, answers, rows, strict=True):
            if answer is not None and parent.requires_grad:
                found.append(unbroadcast(np.asarray(answer), parent.shape).astype(node.dtype).reshape(-1))
    return [
        np.array(found, node.dtype).reshape(node.size, parent.size)
        if parent.requires_grad and len(found) == node.size
        else None
        for parent, found in zip(node._parents, rows, strict=True)
    ]


@np.errstate(all="ignore")
def diagonals(node: Tensor, backward: Backward) -> list[Array | None]:
    """Compute what each parent gets from an upstream gradient of ones; None for parents without the result's shape.

    If the operation is elementwise, these are its local derivatives.
    """
    answers = backward(np.ones(node.shape, node.dtype), *node._parents, *node._saved)
    return [
        np.array(answer) if answer is not None and parent.requires_grad and np.shape(answer) == node.shape else None
        for parent, answer in zip(node._parents, answers, strict=True)
    ]


def is_product(step: Step, position: int, local: Array) -> bool:
    """Return whether a step's contribution is upstream x local, element by element."""
    contribution = step.contributions[position].value if step.contributions else None
    if contribution is None or contribution.shape != local.shape:
        return False
    with np.errstate(all="ignore"):
        product = step.upstream * local
    tolerance = 16 * np.finfo(contribution.dtype).eps
    return bool(np.all(np.abs(product - contribution) <= tolerance * np.abs(product)))


def explains(jacobian: Jacobian, step: Step, position: int) -> bool:
    """Return whether the products add up to the step's contribution. They do not if the backward is not linear."""
    contribution = step.contributions[position].value if step.contributions else None
    if contribution is None:
        return False
    with np.errstate(all="ignore"):
        total = step.upstream.reshape(-1) @ jacobian
        through = np.abs(step.upstream.reshape(-1)) @ np.abs(jacobian)
        size = max(np.max(through, initial=0), np.max(np.abs(step.upstream), initial=0))  # before any cancellation
    tolerance = 16 * np.finfo(contribution.dtype).eps * max(1, step.upstream.size)
    return bool(np.all(np.abs(total - contribution.reshape(-1)) <= tolerance * size))

"""Local derivatives: how each entry of a node's result changes with each entry of a parent.

The backward function itself gives them: for an upstream gradient that is 1 at one entry of the result and 0 elsewhere,
it returns the derivatives of that entry. With them, a contribution can be taken apart into products.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tinygrad_dropout.autograd.engine import unbroadcast
from tinygrad_dropout.autograd.tensor import Array, Backward, Tensor
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.product_pattern import ProductPattern, find_product_pattern
from tinygrad_dropout.study.rerun import rebuilt_exactly
from tinygrad_dropout.study.trace import Pass, Step

#: (entries of the result, entries of the parent): d(result)/d(parent).
Jacobian: TypeAlias = Array

MOST_ENTRIES = 500_000  # of one node's Jacobians
MOST_CALLS = 5_000  # of backward functions, over the whole pass


@dataclass(frozen=True)
class Term:
    """One product of the chain rule: upstream x local.

    Attributes:
        entry: which entry of the upstream gradient, counted along its rows.
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
        upstream_place: where the upstream factors stand, if that is one row or column: `row 2`; else "".
        local_place: where the local derivatives stand: `column 0 of 2.weight`; else "".
    """

    terms: tuple[Term, ...]
    upstream_place: str = ""
    local_place: str = ""


class Derivatives:
    """The Jacobians of a pass's steps.

    Args:
        recorded: the pass.

    Attributes:
        problem: why some or all are missing, in a sentence; "" if none are.
        jacobians: (step, which parent) -> Jacobian.
        diagonals: (step, which parent) -> ndarray of the parent's shape, for elementwise operations that are too large
            for a Jacobian.
    """

    def __init__(self, recorded: Pass) -> None:
        self.recorded = recorded
        self.problem = ""
        self.jacobians: dict[tuple[int, int], Jacobian] = {}
        self.diagonals: dict[tuple[int, int], Array] = {}
        self.patterns: dict[tuple[int, int], ProductPattern | None] = {}
        try:
            tensors = rebuilt_exactly(recorded)
        except StudyError as error:
            self.problem = str(error)
            return
        if not all(np.isfinite(step.upstream).all() for step in recorded.steps):
            self.problem = "there is a NaN or an infinity among the gradients"
        calls = 0
        for number, step in enumerate(recorded.steps):
            node, backward = tensors[step.node], recorded.nodes[step.node].backward
            assert backward is not None, "a leaf takes no step"
            entries = node.size * max((parent.size for parent in node._parents if parent.requires_grad), default=1)
            calls += node.size
            name = recorded.nodes[step.node].name
            try:
                if entries > MOST_ENTRIES or calls > MOST_CALLS:
                    self.problem = f"{name} is too large to be taken apart entry by entry"
                    for position, diagonal in enumerate(diagonals(node, backward)):
                        if diagonal is not None and is_product(step, position, diagonal):
                            self.diagonals[number, position] = diagonal
                    continue
                for position, jacobian in enumerate(jacobians(node, backward)):
                    if jacobian is not None and explains(jacobian, step, position):
                        self.jacobians[number, position] = jacobian
            except Exception as error:  # it may be a backward function of yours
                self.problem = f"{name}: its backward function raised {type(error).__name__}: {error}"

    def sum(self, step: int, position: int, entry: int) -> Sum | None:
        """The products that add up to one entry of what a step gave to one parent; None if they are not known.

        For a matrix product they come from a row and a column that meet, including zeros. If no entry of the result
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
        terms = tuple(Term(int(place), float(upstream[place]), float(local[place])) for place in entries)
        return Sum(terms, *(pattern.places(self.shape(step, position), entry) if pattern else ("", "")))

    def shape(self, step: int, position: int) -> tuple[int, ...]:
        """The shape of one of the parents of a step's node."""
        recorded = self.recorded
        return recorded.nodes[recorded.steps[step].contributions[position].parent].data.shape

    def pattern(self, step: int, position: int) -> ProductPattern | None:
        """Which rows and columns meet in a contribution that is a matrix product, or a sum over rows or columns."""
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
    """The Jacobians of a node, one for each parent, from its `backward`; None for a parent that gets no gradient."""
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
    """What each parent that has the result's shape would get from an upstream gradient of ones; None for the others.

    If the operation is elementwise, these are its local derivatives.
    """
    answers = backward(np.ones(node.shape, node.dtype), *node._parents, *node._saved)
    return [
        np.array(answer) if answer is not None and parent.requires_grad and np.shape(answer) == node.shape else None
        for parent, answer in zip(node._parents, answers, strict=True)
    ]


def is_product(step: Step, position: int, local: Array) -> bool:
    """Whether a step gave upstream x local, element by element."""
    contribution = step.contributions[position].value if step.contributions else None
    if contribution is None or contribution.shape != local.shape:
        return False
    with np.errstate(all="ignore"):
        product = step.upstream * local
    tolerance = 16 * np.finfo(contribution.dtype).eps
    return bool(np.all(np.abs(product - contribution) <= tolerance * np.abs(product)))


def explains(jacobian: Jacobian, step: Step, position: int) -> bool:
    """Whether the products add up to what the step really gave: your own backward function may not be linear."""
    contribution = step.contributions[position].value if step.contributions else None
    if contribution is None:
        return False
    with np.errstate(all="ignore"):
        total = step.upstream.reshape(-1) @ jacobian
        through = np.abs(step.upstream.reshape(-1)) @ np.abs(jacobian)
        size = max(np.max(through, initial=0), np.max(np.abs(step.upstream), initial=0))  # what may cancel on the way
    tolerance = 16 * np.finfo(contribution.dtype).eps * max(1, step.upstream.size)
    return bool(np.all(np.abs(total - contribution.reshape(-1)) <= tolerance * size))

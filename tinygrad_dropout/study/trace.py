"""A recorded backward pass as data: the nodes of its graph, and the steps in the order in which they ran.

All arrays are copies, so a recording does not change when the network does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array, Backward


@dataclass
class SourceLine:
    """The line that called an operation.

    Attributes:
        file, line: where the line is.
        code: the text of the line without the spaces around it; "" if the file cannot be read.
        module: the layer that was running, such as `model.2 Dropout(p=0.5)`; "" outside any layer.
    """

    file: str
    line: int
    code: str = ""
    module: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass
class Node:
    """A tensor of the graph as it was when backward() began.

    Attributes:
        name: unique in its pass.
        data: ndarray, a copy.
        requires_grad: whether it requires a gradient.
        operation: the name of the operation that made it; "" for a leaf.
        parents: the indices of its parents in the pass's `nodes`.
        forward, backward: the operation's functions; None for a leaf. `forward` is also None if it was not found.
        arguments: the backward function's argument names for the parents; () if it takes any number of parents.
        saved: name -> value: the backward function's other arguments, apart from the gradient and the parents.
        shared_axes: for a dropout, the axes along which the mask is shared.
        source_line: the line that called the operation; None if the call was outside the recording.
        layer: the layer that it folds into; "" if none.
        grad_before: ndarray, its `.grad` before the pass; None if it had none.
    """

    name: str
    data: Array
    requires_grad: bool
    operation: str = ""
    parents: tuple[int, ...] = ()
    forward: Callable[..., Any] | None = None
    backward: Backward | None = None
    arguments: tuple[str, ...] = ()
    saved: dict[str, Any] = field(default_factory=dict)
    shared_axes: tuple[int, ...] = ()
    source_line: SourceLine | None = None
    layer: str = ""
    grad_before: Array | None = None

    @property
    def rule(self) -> str:
        """The gradient's rule: the first paragraph of the docstring of the backward function that ran."""
        paragraph, _, _ = (getattr(self.backward, "__doc__", None) or "").strip().partition("\n\n")
        return " ".join(paragraph.split())


@dataclass
class Contribution:
    """The gradient that one step gave to one parent.

    Attributes:
        parent: the parent's index in the pass's `nodes`.
        returned: ndarray, the backward function's result for this parent; None if that was None, or if the parent does
            not require a gradient.
        summed: the axes over which `returned` was summed to the parent's shape (unbroadcast); () if none.
        value: ndarray of the parent's shape and dtype that was added to the parent's gradient.
        before, after: ndarray, the parent's gradient before and after the addition; None if it had none yet.
        waiting: how many operations that use the parent have not run yet.
    """

    parent: int
    returned: Array | None
    summed: tuple[int, ...]
    value: Array | None
    before: Array | None
    after: Array | None
    waiting: int


@dataclass
class Step:
    """One node's backward.

    Attributes:
        node: the node's index in the pass's `nodes`.
        upstream: ndarray, dL/d(node), the gradient that the backward function was called with.
        contributions: one for each parent.
    """

    node: int
    upstream: Array
    contributions: list[Contribution]


@dataclass
class Pass:
    """One backward pass.

    Attributes:
        number: counts the passes of a recording from 1.
        label: "as it ran", or what was changed.
        nodes: the tensors of the graph; parents come before the results made from them.
        root: the index of the tensor whose backward() was called, which is the last node.
        steps: the steps, in the order in which they ran.
        source_line: the line that called backward().
        operations: the number of operations in the graph, even if it is too large to keep.
        rerun_problem: why the pass must not be rerun, in a sentence; "" if it can be.
    """

    number: int
    label: str
    nodes: list[Node] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    source_line: SourceLine | None = None
    operations: int = 0
    rerun_problem: str = ""

    @property
    def root(self) -> int:
        return len(self.nodes) - 1

    @property
    def loss(self) -> Array:
        """The data of the tensor whose backward() was called."""
        return self.nodes[self.root].data

    def consumers(self) -> list[list[tuple[int, int]]]:
        """Return, for each node, one (consumer, position among the consumer's parents) for each use."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.nodes]
        for index, node in enumerate(self.nodes):
            for position, parent in enumerate(node.parents):
                found[parent].append((index, position))
        return found

    def gradients(self) -> dict[int, Array]:
        """Return dL/d(node) of this pass only, for each node that a gradient has reached."""
        found: dict[int, Array] = {}
        for step in self.steps:
            found.setdefault(step.node, step.upstream)
            for contribution in step.contributions:
                if contribution.value is not None:
                    so_far = found.get(contribution.parent)
                    found[contribution.parent] = (
                        contribution.value if so_far is None else np.asarray(so_far + contribution.value)
                    )
        return found


def is_result(node: Node, kept: Any) -> bool:
    """Return whether a saved value is the operation's own result, which many backward functions use."""
    return isinstance(kept, np.ndarray) and kept.dtype == node.data.dtype and np.array_equal(kept, node.data)


def dropped(node: Node) -> Array | None:
    """Return a bool ndarray that is True where a unit was dropped; None if the node is not a dropout's result."""
    mask = node.saved.get("mask")
    return ~mask if isinstance(mask, np.ndarray) and mask.shape == node.data.shape and mask.dtype == bool else None


def dead(node: Node) -> Array | None:
    """Return a bool ndarray that is True where a ReLU is off and passes no gradient; None if it is no ReLU's result."""
    return np.asarray(node.data <= 0) if node.operation == "relu" else None


def scale(node: Node) -> float:
    """Return the factor by which a dropout multiplies the units that it keeps."""
    p = node.saved.get("p", 0)
    return 1 / (1 - p) if node.saved.get("scaling", "train") == "train" and 0 < p < 1 else 1.0

"""One recorded backward pass as data: the nodes of its graph, and the steps in the order in which they ran.

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
        file, line: where it is.
        code: the line itself, without the spaces around it; "" if the file cannot be read.
        module: the layer inside which it was called, as `model.2 Dropout(p=0.5)`; "" outside of any.
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
        requires_grad: whether a gradient flows to it.
        operation: what made it; "" for a leaf.
        parents: the places of its parents in the pass's `nodes`.
        forward, backward: the functions of the operation; None for a leaf. `forward` is also None if it was not found.
        arguments: the names that the backward function has for its parents; () if it takes any number of them.
        saved: name -> value: what that function gets in addition to the gradient and the parents.
        shared_axes: for a dropout, the axes along which the mask is shared.
        source_line: the line that called the operation; None if that was outside of the recording.
        layer: the layer that it is folded into; "" if none.
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
        """The rule of its gradient: the first paragraph of the docstring of the backward function that ran."""
        paragraph, _, _ = (getattr(self.backward, "__doc__", None) or "").strip().partition("\n\n")
        return " ".join(paragraph.split())


@dataclass
class Contribution:
    """What one step gave to one parent.

    Attributes:
        parent: the parent's place in the pass's `nodes`.
        returned: ndarray, what the backward function returned for it; None if that was None or not wanted.
        summed: the axes of `returned` over which it was summed to the parent's shape (unbroadcast); () if none.
        value: ndarray of the parent's shape and dtype, what was added.
        before, after: ndarray, the parent's gradient before and after; None where there is none yet.
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
        node: its place in the pass's `nodes`.
        upstream: ndarray, dL/d(node): what the backward function got.
        contributions: one for each parent.
    """

    node: int
    upstream: Array
    contributions: list[Contribution]


@dataclass
class Pass:
    """One backward pass.

    Attributes:
        number: the first of a recording is 1.
        label: "as it ran", or what was changed.
        nodes: the tensors of the graph; parents come before what was made from them.
        root: the place of the tensor whose backward() was called: the last one.
        steps: in the order in which they ran.
        source_line: the line that called backward().
        operations: how many operations the graph has, even if it has too many to be kept.
        rerun_problem: why the pass must not be run again, in a sentence; "" if it may.
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
        """For each node, (consumer, which of the consumer's parents it is) for each time it is used."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.nodes]
        for index, node in enumerate(self.nodes):
            for position, parent in enumerate(node.parents):
                found[parent].append((index, position))
        return found

    def gradients(self) -> dict[int, Array]:
        """dL/d(node) of this pass only, for each node that a gradient has reached."""
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
    """Whether a saved value is the operation's own result, which many backward functions use."""
    return isinstance(kept, np.ndarray) and kept.dtype == node.data.dtype and np.array_equal(kept, node.data)


def dropped(node: Node) -> Array | None:
    """True where a unit was dropped: bool ndarray of the node's shape; None if no dropout made it."""
    mask = node.saved.get("mask")
    return ~mask if isinstance(mask, np.ndarray) and mask.shape == node.data.shape and mask.dtype == bool else None


def dead(node: Node) -> Array | None:
    """True where a ReLU is off, so that no gradient goes through: bool ndarray; None if no ReLU made it."""
    return np.asarray(node.data <= 0) if node.operation == "relu" else None


def scale(node: Node) -> float:
    """The factor by which a dropout multiplies the units that it keeps."""
    p = node.saved.get("p", 0)
    return 1 / (1 - p) if node.saved.get("scaling", "train") == "train" and 0 < p < 1 else 1.0

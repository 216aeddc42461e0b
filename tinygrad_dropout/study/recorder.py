"""The recorder: a watcher of the engine that copies the inputs and outputs of every step.

It only reads and copies arrays. It never changes them. Without a recorder, nothing is copied.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.engine import results_behind, unbroadcast
from tinygrad_dropout.autograd.naming import argument_names, saved_names
from tinygrad_dropout.autograd.notes import TensorNotes
from tinygrad_dropout.autograd.tensor import Array, Backward, Tensor, operation_name
from tinygrad_dropout.debug._frames import calling_frame, file_of, frames
from tinygrad_dropout.nn import Module
from tinygrad_dropout.study.names import give_layers, give_names, names_in_scope
from tinygrad_dropout.study.trace import Contribution, Node, Pass, SourceLine, Step

MODULE_CALL = Module.__call__.__code__


class Recorder:
    """Records every backward pass that runs while it watches.

    Args:
        keep: returns whether to keep the n-th pass. All passes are counted.
        max_nodes: of a graph with more operations, only their number is kept.
        names: returns names for tensors without a `.name`. It is called when a pass begins.
    """

    def __init__(
        self,
        *,
        keep: Callable[[int], bool] = lambda number: True,
        max_nodes: int,
        names: Callable[[], Mapping[Tensor, str]] = names_in_scope,
    ) -> None:
        self.keep = keep
        self.max_nodes = max_nodes
        self.names = names
        self.passes: list[Pass] = []
        self.source_lines: TensorNotes[SourceLine] = TensorNotes()
        self.running: list[PassInProgress] = []  # more than one if a backward function calls backward()

    def after_forward(self, result: Tensor, parents: tuple[Tensor, ...], operation: str) -> None:
        """Remember the source line and the layer of the call."""
        if result._backward is not None:
            self.source_lines[result] = line_of_call()

    def before_backward(self, node: Tensor, grad: Array) -> None:
        """Copy the upstream gradient. The first node of a pass is its root."""
        if not self.running:
            self.running.append(self.begin(node))
        elif (outer := self.running[-1]).inside is not None:  # its backward function calls backward(), or has failed
            operation = operation_name(outer.inside._backward)
            outer.recorded.rerun_problem = f"the backward function of {operation} calls backward() itself, or failed"
            self.running.append(self.begin(node))
        elif not self.running[-1].expects(node):
            self.running[-1] = self.begin(node)
        self.running[-1].before(node, grad)

    def after_backward(self, node: Tensor, contributions: tuple[Any, ...]) -> None:
        """Copy the returned gradients, and accumulate them as the engine will."""
        while self.running[-1].inside is not node:
            self.running.pop()
        self.running[-1].after(node, contributions)

    def begin(self, root: Tensor) -> PassInProgress:
        """Begin a pass: copy its graph before the engine frees it."""
        nodes = results_behind(root)
        recorded = Pass(len(self.passes) + 1, "as it ran", source_line=line_of_call(), operations=len(nodes))
        self.passes.append(recorded)
        if len(nodes) > self.max_nodes or not self.keep(recorded.number):
            recorded.nodes = [Node("", np.array(root.data), True)]  # only the loss
            return PassInProgress(recorded, {}, nodes)
        tensors = sorted({parent for node in nodes for parent in node._parents} | {root}, key=lambda t: t._number)
        indices = {tensor: index for index, tensor in enumerate(tensors)}
        names = give_names(tensors, self.names())
        graph = set(nodes)
        parents = [
            tuple(indices[parent] for parent in tensor._parents) if tensor in graph else () for tensor in tensors
        ]
        layers = give_layers(tensors, names, parents)
        for index, tensor in enumerate(tensors):
            node = Node(names[index], tensor.data.copy(), tensor.requires_grad, layer=layers[index])
            if tensor in graph:
                node.operation, node.backward = operation_name(tensor._backward), tensor._backward
                node.forward = find_forward(tensor._backward)
                node.parents, node.source_line = parents[index], self.source_lines.get(tensor)
                node.saved, node.shared_axes = copy_saved_values(tensor)
                called = argument_names(tensor._backward)[1 : 1 + len(node.parents)]
                node.arguments = called if len(called) == len(node.parents) else ()
            elif tensor._grad is not None:  # not through the property, which would note that you read the array
                node.grad_before = tensor._grad.copy()
            recorded.nodes.append(node)
        return PassInProgress(recorded, indices, nodes)


class PassInProgress:
    """A pass that is running.

    Args:
        recorded: the pass to fill in.
        indices: tensor -> its index in `recorded.nodes`; {} for a pass that is only counted.
        nodes: the results in the graph, oldest first.
    """

    def __init__(self, recorded: Pass, indices: dict[Tensor, int], nodes: list[Tensor]) -> None:
        self.recorded = recorded
        self.indices = indices
        self.ahead = nodes
        self.inside: Tensor | None = None  # the node whose backward function has not returned yet
        self.reached = {nodes[-1]}
        self.sums: dict[int, Array] = {
            index: node.grad_before for index, node in enumerate(recorded.nodes) if node.grad_before is not None
        }
        self.uses: list[set[int]] = [set() for _ in recorded.nodes]
        for index, node in enumerate(recorded.nodes):
            for parent in node.parents:
                self.uses[parent].add(index)

    def expects(self, node: Tensor) -> bool:
        """Return whether this pass runs the node next: it has not run yet, and a gradient has reached it."""
        while self.ahead and self.ahead[-1]._number > node._number:
            self.ahead.pop()  # no consumer gave them a gradient
        return bool(self.ahead) and self.ahead[-1] is node and node in self.reached

    def before(self, node: Tensor, grad: Array) -> None:
        """Note that the node is about to run."""
        self.inside = node
        self.ahead.pop()
        if self.indices:
            self.recorded.steps.append(Step(self.indices[node], np.array(grad), []))

    def after(self, node: Tensor, contributions: tuple[Any, ...]) -> None:
        """Note that the node has run."""
        self.inside = None
        for parent, contribution in zip(node._parents, contributions, strict=True):
            if contribution is not None and parent.requires_grad:
                self.reached.add(parent)
        if not self.indices:
            return
        step = self.recorded.steps[-1]
        for parent, returned in zip(node._parents, contributions, strict=True):
            step.contributions.append(self.contribution(step, parent, returned))

    def contribution(self, step: Step, parent: Tensor, returned: Any) -> Contribution:
        """Return a step's contribution to one parent, accumulated onto the parent's gradient."""
        index = self.indices[parent]
        before = self.sums.get(index)
        waiting = sum(use < step.node for use in self.uses[index])
        if returned is None or not parent.requires_grad:
            return Contribution(index, None, (), None, before, before, waiting)
        returned = np.array(returned)
        value = returned if returned.shape == parent.shape else unbroadcast(returned, parent.shape)
        value = value.astype(parent.dtype)
        self.sums[index] = value if before is None else np.asarray(before + value)
        summed = summed_axes(returned.shape, parent.shape)
        return Contribution(index, returned, summed, value, before, self.sums[index], waiting)


def find_forward(backward: Backward | None) -> Callable[..., Any] | None:
    """Find the forward function of a backward function: `relu` for `relu_backward`, if it is in the same file."""
    found = getattr(backward, "__globals__", {}).get(operation_name(backward))
    return found if callable(found) and found is not backward else None


def copy_saved_values(tensor: Tensor) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Copy the values saved for a node's backward. Returns them by name, and the axes along which a mask is shared."""
    names = saved_names(tensor._backward, len(tensor._parents))
    names += tuple(f"saved {index}" for index in range(len(names), len(tensor._saved)))
    saved = dict(zip(names, tensor._saved, strict=False))
    mask = saved.get("mask")
    shared: tuple[int, ...] = ()
    if isinstance(mask, np.ndarray):
        shared = tuple(axis for axis in range(mask.ndim) if mask.strides[axis] == 0 and mask.shape[axis] > 1)
    return {name: copy_arrays(value) for name, value in saved.items()}, shared


def copy_arrays(value: Any) -> Any:
    """Return the value with all arrays in it copied."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(map(copy_arrays, value))
    if type(value) is dict:
        return {key: copy_arrays(held) for key, held in value.items()}
    return value


def summed_axes(shape: tuple[int, ...], to: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes over which `unbroadcast` sums an array from one shape to another."""
    added = len(shape) - len(to)
    stretched = [added + axis for axis, length in enumerate(to) if length == 1 and shape[added + axis] != 1]
    return (*range(added), *stretched)


def line_of_call() -> SourceLine:
    """Return the caller's source line and the layer that is running."""
    frame = calling_frame()
    file, line = frame.f_code.co_filename, frame.f_lineno
    code = linecache.getline(file, line, frame.f_globals).strip()
    return SourceLine(file_of(frame), line, code, layer_of_call())


def layer_of_call() -> str:
    """Return the layer that is running, such as `2 Dropout(p=0.5)`: its key in the outermost module, and its repr."""
    running: list[Module] = [frame.f_locals["self"] for frame in frames() if frame.f_code is MODULE_CALL][::-1]
    keys = [
        next((key for key, module in outer.named_modules() if module is inner), "?")
        for outer, inner in pairwise(running)
    ]
    if not running:
        return ""
    innermost = running[-1]
    shown = type(innermost).__name__ if list(innermost.named_children()) else repr(innermost)
    return " ".join(filter(None, [".".join(keys), shown]))

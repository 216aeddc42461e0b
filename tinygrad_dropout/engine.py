"""The one engine: from a result back to the leaves, each node once, after everything that used it.

A result is created after its parents. So among the nodes that can be reached from the loss, falling order of their
creation numbers is an order in which every node comes after all its consumers: a topological order for the price of
a sort, without recursion.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any, NoReturn

import numpy as np

from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.grad_mode import current_mode
from tinygrad_dropout.tensor import Array, Tensor

creation_number = attrgetter("_number")
ndarray = np.ndarray


def backward(tensor: Tensor, grad: Any = None, *, retain_graph: bool = False) -> None:
    """Compute dL/d(leaf) for every leaf that this tensor was made from, and add it to the leaf's `.grad`.

    Args:
        tensor: where to start; usually the loss L.
        grad: array of the tensor's shape, dL/d(tensor); it is not changed. May be left out (then it is 1) where the
            tensor has one element.
        retain_graph: keep what the graph saved, so that it can be walked again; else it is freed on the way.

    Raises:
        RuntimeError: the tensor does not require gradients, has more than one element and no `grad`, or a part of its
            graph was already freed.
        ShapeError: `grad` has another shape than the tensor.

    Where a backward function raises, the leaves that were reached before keep what was added to them.
    """
    seed = first_gradient(tensor, grad)
    if tensor._backward is None:
        return add_to_grad(tensor, seed)
    gradients = {tensor: seed}
    nodes = results_behind(tensor)
    watchers = current_mode.get().watchers
    while nodes:
        node = nodes.pop()  # off the list, so that its arrays can go as soon as it has run
        node_grad = gradients.pop(node, None)
        if node_grad is not None:  # it is None where all the node's consumers answered None
            function: Any = node._backward  # never None: results alone are in the list
            parents = node._parents
            if node._retains_grad:
                add_to_grad(node, node_grad.copy())
            if watchers:  # asked first, for a loop over none costs more than an if, and this runs for every node
                for watcher in watchers:
                    watcher.before_backward(node, node_grad)
            contributions: Any = function(node_grad, *parents, *node._saved)
            if type(contributions) is not tuple or len(contributions) != len(parents):
                raise wrong_answer(node, contributions)
            if watchers:
                for watcher in watchers:
                    watcher.after_backward(node, contributions)
            for parent, contribution in zip(parents, contributions):  # noqa: B905 (the lengths were just compared)
                if contribution is None or not parent.requires_grad:
                    continue
                data = parent.data
                if type(contribution) is not ndarray or contribution.shape != data.shape:
                    contribution = unbroadcast(contribution, data.shape)
                if contribution.dtype is not data.dtype:  # quicker than !=; astype does nothing where they are equal
                    contribution = contribution.astype(data.dtype, copy=False)
                if parent._backward is None:
                    add_to_grad(parent, contribution)
                elif parent in gradients:
                    gradients[parent] += contribution
                else:
                    gradients[parent] = contribution
        if not retain_graph:  # let go of what the node remembers: its arrays can go as soon as nobody else holds them
            node._backward, node._parents, node._saved = freed_graph, (), ()


def first_gradient(tensor: Tensor, grad: Any) -> Array:
    """dL/d(tensor), where the walk begins: an array of its own, which the first backward function may overwrite."""
    if not tensor.requires_grad:
        raise RuntimeError(
            "backward: expected a Tensor made from one with requires_grad=True, got one that remembers nothing "
            "(was it computed under no_grad, or detached?)"
        )
    if grad is None:
        if tensor.data.size != 1:
            raise RuntimeError(
                f"backward: expected a Tensor of one element, got shape {tensor.shape}; "
                "reduce it first (loss.mean().backward()), or pass grad= of that shape"
            )
        return np.array(1, dtype=tensor.data.dtype, ndmin=tensor.data.ndim)  # one element: each axis has length 1
    array = np.array(grad.data if isinstance(grad, Tensor) else grad, dtype=tensor.data.dtype)
    if array.shape != tensor.data.shape:
        raise ShapeError("backward", f"expected grad of the Tensor's shape {tensor.shape}, got shape {array.shape}")
    return array


def results_behind(tensor: Tensor) -> list[Tensor]:
    """Every result of an operation that gradients of this one flow through, itself included, the oldest first."""
    nodes = [tensor]
    seen = {tensor}
    for node in nodes:  # the list grows while it is walked
        if node._backward is freed_graph:
            freed_graph()
        for parent in node._parents:
            if parent._backward is not None and parent.requires_grad and parent not in seen:
                seen.add(parent)
                nodes.append(parent)
    nodes.sort(key=creation_number)
    return nodes


def freed_graph(*_: Any) -> NoReturn:
    """Stands in for the backward function of a node whose saved values are gone."""
    raise RuntimeError(
        "backward: this graph, or a part of it, was freed by an earlier backward(); "
        "to walk it again, call the earlier one with retain_graph=True"
    )


def wrong_answer(node: Tensor, contributions: Any) -> TypeError:
    """The error for a backward function that did not return one gradient for each parent."""
    given = f"{len(contributions)}" if isinstance(contributions, tuple) else f"a {type(contributions).__name__}"
    name = getattr(node._backward, "__name__", "backward")
    return TypeError(f"{name}: expected a tuple of {len(node._parents)}, one gradient or None per input, got {given}")


def add_to_grad(tensor: Tensor, grad: Any) -> None:
    """Accumulate into `.grad`, as PyTorch does; into a new array if somebody may hold the old one."""
    if tensor.data.dtype.kind != "f":
        raise TypeError(f"backward: expected leaves of a floating dtype, got one of {tensor.data.dtype}")
    if tensor._grad is None:
        tensor._grad = grad
    elif tensor._grad_was_read:
        tensor._grad = np.asarray(tensor._grad + grad)
    else:
        tensor._grad += grad
    tensor._grad_was_read = False


def unbroadcast(grad: Array, shape: tuple[int, ...]) -> Array:
    """Sum a gradient over the axes along which broadcasting stretched an array of this shape.

    Broadcasting repeats an element; each copy contributes to the loss; so the element's gradient is their sum.
    Axes that broadcasting put in front are summed away, axes of length 1 that it stretched are summed to length 1.
    """
    in_front = grad.ndim - len(shape)
    if in_front < 0 or any(length not in (1, grad.shape[in_front + axis]) for axis, length in enumerate(shape)):
        raise ShapeError("backward", f"expected a gradient that shape {shape} was broadcast to, got shape {grad.shape}")
    stretched = tuple(
        in_front + axis for axis, length in enumerate(shape) if length == 1 and grad.shape[in_front + axis] != 1
    )
    total = np.asarray(grad.sum(axis=tuple(range(in_front)) + stretched))
    return total.reshape(shape)

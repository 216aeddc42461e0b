"""The engine: it walks from a result back to the leaves, and runs each node once, after everything that used it.

A result is created after its parents. So if backward visits the nodes behind the loss from the newest to the oldest,
each comes after everything that was computed from it. That is a topological order, and a single sort finds it, without
recursion.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from tinygrad_dropout.autograd import in_place
from tinygrad_dropout.autograd.grad_mode import Watcher, current_mode
from tinygrad_dropout.autograd.tensor import FREED, Array, Tensor
from tinygrad_dropout.errors import ShapeError

creation_number = attrgetter("_number")
ndarray = np.ndarray


def backward(tensor: Tensor, grad: Any = None, *, retain_graph: bool = False) -> None:
    """Compute dL/d(leaf) for every leaf that this tensor, L, was made from, and add it to the leaf's `.grad`.

    Args:
        tensor: where to start; usually the loss.
        grad: dL/d(tensor), an array of the tensor's shape. It is not changed. You can leave it out if the tensor has
            one element; it is then 1.
        retain_graph: keep the graph, so that you can run backward through it again. By default it is freed.

    Raises:
        RuntimeError: the tensor does not require gradients; or it has more than one element and you passed no `grad`;
            or part of its graph was freed already; or a value that a backward function needs has changed since the
            forward pass.
        ShapeError: `grad` does not have the tensor's shape.

    If a backward function raises, the leaves reached before it keep what was added to them.
    """
    first = first_gradient(tensor, grad)
    if tensor._backward is None:
        return add_to_grad(tensor, in_dtype_of(tensor.data, first))
    nodes = results_behind(tensor)
    watchers = current_mode.get().watchers
    changed = in_place.latest_change > nodes[0]._number  # something was changed in place since the oldest node was made
    gradients = {tensor: first}
    while nodes:
        node = nodes.pop()  # the newest: everything that was computed from it has run, so its gradient is complete
        grad = gradients.pop(node, None)
        if grad is not None:  # None if no gradient reached it
            if node._retains_grad:
                add_to_grad(node, grad.copy())
            parents = node._parents
            if watchers or changed:
                contributions = checked_contributions(node, grad, watchers)
            else:
                contributions = node._backward(grad, *parents, *node._saved)  # type: ignore[misc]
            if type(contributions) is not tuple or len(contributions) != len(parents):
                raise wrong_return_error(node, contributions)
            for parent, contribution in zip(parents, contributions):  # noqa: B905 (the lengths were just compared)
                if contribution is None or not parent._requires_grad:
                    continue
                data = parent.data  # inlined: a function call for each contribution would cost a chain 5%
                if type(contribution) is not ndarray or contribution.shape != data.shape:
                    contribution = unbroadcast(np.asarray(contribution), data.shape)
                if contribution.dtype is not data.dtype:
                    contribution = in_dtype_of(data, contribution)
                if parent._backward is None:
                    add_to_grad(parent, contribution)
                elif parent in gradients:
                    gradients[parent] += contribution
                else:
                    gradients[parent] = contribution
        if not retain_graph:  # drop the node's arrays, which are freed unless something else holds them
            node._parents, node._saved = (), FREED


def first_gradient(tensor: Tensor, grad: Any) -> Array:
    """Return the gradient to start from, dL/d(tensor), as a new array that backward functions may overwrite."""
    if not tensor.requires_grad:
        raise RuntimeError(
            "backward: expected a Tensor made from one with requires_grad=True, got one without a graph (was it "
            "computed under no_grad, detached, or made from a weight updated by w = w - ... instead of w -= ...?)"
        )
    if grad is None:
        if tensor.size != 1:
            raise RuntimeError(
                f"backward: expected a Tensor of one element, got shape {tensor.shape}; "
                "reduce it first (loss.mean().backward()), or pass grad= of that shape"
            )
        return np.array(1, dtype=tensor.dtype, ndmin=tensor.ndim)  # one element: each axis has length 1
    array = np.array(grad.data if isinstance(grad, Tensor) else grad, dtype=tensor.dtype)
    if array.shape != tensor.shape:
        raise ShapeError("backward", f"expected grad of the Tensor's shape {tensor.shape}, got shape {array.shape}")
    return array


def results_behind(tensor: Tensor) -> list[Tensor]:
    """List the results that this tensor's gradient flows back through, itself included, oldest first."""
    nodes = [tensor]
    seen = {tensor}
    for node in nodes:  # the list grows during the loop
        if node._saved is FREED:
            raise RuntimeError(
                "backward: this graph, or a part of it, was freed by an earlier backward(); "
                "to use it again, call the earlier one with retain_graph=True"
            )
        for parent in node._parents:
            if parent._backward is not None and parent not in seen:
                seen.add(parent)
                nodes.append(parent)
    nodes.sort(key=creation_number)
    return nodes


def checked_contributions(node: Tensor, grad: Array, watchers: tuple[Watcher, ...]) -> Any:
    """Run the node's backward function for the watchers, and refuse to read values that have changed."""
    inputs = in_place.guarded_inputs(node)
    for watcher in watchers:
        watcher.before_backward(node, grad)
    contributions: Any = node._backward(grad, *inputs)  # type: ignore[misc]
    if type(contributions) is tuple and len(contributions) == len(node._parents):
        for watcher in watchers:
            watcher.after_backward(node, contributions)
    return contributions


def wrong_return_error(node: Tensor, contributions: Any) -> TypeError:
    """The error for a backward function that did not return one gradient for each parent."""
    given = f"{len(contributions)}" if isinstance(contributions, tuple) else f"a {type(contributions).__name__}"
    name = getattr(node._backward, "__name__", "backward")
    return TypeError(f"{name}: expected a tuple of {len(node._parents)}, one gradient or None per input, got {given}")


def in_dtype_of(data: Array, contribution: Array) -> Array:
    """Return the contribution converted to the dtype of the data that it is the gradient of."""
    if data.dtype.kind != "f":
        raise TypeError(f"backward: expected leaves of a floating dtype, got one of {data.dtype}")
    return contribution.astype(data.dtype, copy=False)


def add_to_grad(tensor: Tensor, grad: Array) -> None:
    """Add to `.grad`, as PyTorch does. The sum is a new array, because the caller may hold the old one."""
    tensor._grad = grad if tensor._grad is None else np.asarray(tensor._grad + grad)


def unbroadcast(grad: Array, shape: tuple[int, ...]) -> Array:
    """Sum a gradient over the axes along which broadcasting stretched an array of this shape.

    Broadcasting repeats an element, and each copy contributes to the loss, so the element's gradient is the sum of the
    copies' gradients. Axes that broadcasting put in front are summed away. Axes of length 1 that it stretched are
    summed back to length 1.
    """
    in_front = grad.ndim - len(shape)
    if in_front < 0 or any(length not in (1, grad.shape[in_front + axis]) for axis, length in enumerate(shape)):
        raise ShapeError("backward", f"expected a gradient that shape {shape} was broadcast to, got shape {grad.shape}")
    stretched = tuple(
        in_front + axis for axis, length in enumerate(shape) if length == 1 and grad.shape[in_front + axis] != 1
    )
    total = np.asarray(grad.sum(axis=tuple(range(in_front)) + stretched))
    return total.reshape(shape)

"""gradcheck: compare the gradients of backward() with finite differences, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.engine import results_behind
from tinygrad_dropout.autograd.grad_mode import ModeContext
from tinygrad_dropout.autograd.tensor import Array, Tensor, operation_name
from tinygrad_dropout.debug._anomaly import aliasing_error


class GradcheckError(AssertionError):
    """backward() and finite differences disagree, or a backward function returned an array that is not new."""


class OwnershipWatcher:
    """Raises an error if a returned gradient shares memory with another array."""

    def after_forward(self, result: Tensor, parents: tuple[Tensor, ...], operation: str) -> None:
        pass

    def before_backward(self, node: Tensor, grad: Array) -> None:
        pass

    def after_backward(self, node: Tensor, contributions: tuple[Any, ...]) -> None:
        if fault := aliasing_error(node, contributions):
            raise GradcheckError(f"gradcheck: backward of {operation_name(node._backward)}: {fault}")


def gradcheck(
    fn: Callable[..., Tensor | Sequence[Tensor]],
    inputs: Tensor | Sequence[Tensor],
    *,
    eps: float = 1e-6,
    rtol: float = 1e-5,
    atol: float = 1e-7,
) -> bool:
    """Compare the gradients from backward() for `fn` with centered finite differences.

    The outputs are weighted with fixed random numbers v and summed to L = sum(v * fn(inputs)). (With ones as weights, a
    backward function that ignores its incoming gradient would pass.) Then, for every entry x_i of every input that
    requires gradients,

        dL/dx_i  is compared with  (L(x_i + eps) - L(x_i - eps)) / (2 eps),   whose error is of order eps².

    Args:
        fn: takes the inputs, and returns one or more Tensors. It must return the same result in every call: freeze a
            dropout layer's mask with `layer.replay()`.
        inputs: one or more Tensors in float64; at least one requires gradients. Their data and the `.grad` of every
            leaf are unchanged afterwards.
        eps: the step.
        rtol, atol: the tolerances: the two values can differ by atol + rtol * (the larger of the two).

    Returns:
        True.

    Raises:
        GradcheckError: the gradients differ, and the error names the input, the entry, both values and their ratio; or
            `fn` is random; or a backward function returned an array that is not new.
        TypeError: an input is not a float64 Tensor.
        ValueError: no input requires gradients.
    """
    tensors = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    for index, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor) or (tensor.requires_grad and tensor.dtype != np.float64):
            given = f"a {tensor.dtype} Tensor" if isinstance(tensor, Tensor) else type(tensor).__name__
            raise TypeError(
                f"gradcheck: expected input {index} to be a float64 Tensor, got {given} "
                f"(in a less precise dtype, a step of {eps} is lost to rounding)"
            )
    if not any(tensor.requires_grad for tensor in tensors):
        raise ValueError("gradcheck: expected at least one input with requires_grad=True, got none")

    weights = [upstream(output, index) for index, output in enumerate(outputs_of(fn, tensors))]

    def loss() -> float:
        total = 0.0
        for output, weight in zip(outputs_of(fn, tensors), weights, strict=True):
            total += float((output.data * weight).sum())
        return total

    before = loss()
    if not np.array_equal(before, loss(), equal_nan=True):
        raise GradcheckError(
            "gradcheck: expected the same result from fn every time, got two different ones; freeze its randomness "
            "(a dropout layer's mask: with layer.replay(): ...)"
        )
    for index, (tensor, analytic) in enumerate(zip(tensors, analytic_gradients(fn, tensors, weights), strict=True)):
        if tensor.requires_grad:
            compare(f"input {index}", tensor, analytic, numeric_gradient(loss, tensor, eps), rtol, atol)
    return True


def outputs_of(fn: Callable[..., Tensor | Sequence[Tensor]], tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Call fn, and return its outputs as a tuple."""
    outputs = fn(*tensors)
    return (outputs,) if isinstance(outputs, Tensor) else tuple(outputs)


def upstream(output: Tensor, index: int) -> Array:
    """Return dL/d(output): random numbers of both signs, away from 0 and all different; the same in every call."""
    rng = np.random.default_rng(index)
    sign = rng.choice([-1.0, 1.0], size=output.shape)
    return np.asarray(sign * rng.uniform(0.5, 1.5, size=output.shape))


def analytic_gradients(
    fn: Callable[..., Tensor | Sequence[Tensor]], tensors: Sequence[Tensor], weights: Sequence[Array]
) -> list[Array]:
    """Return dL/d(input) from backward(), with zeros for an input that no gradient reached."""
    outputs = outputs_of(fn, tensors)
    results = (result for output in outputs for result in results_behind(output))
    parents = {parent for result in results for parent in result._parents}
    gradients = {tensor: tensor._grad for tensor in parents.union(tensors, outputs)}  # of all that can get one
    try:
        for tensor in gradients:
            tensor._grad = None
        with ModeContext(watcher=OwnershipWatcher()):
            for output, weight in zip(outputs, weights, strict=True):
                if output.requires_grad:
                    output.backward(weight, retain_graph=True)
        return [np.zeros(tensor.shape) if tensor._grad is None else tensor._grad for tensor in tensors]
    finally:
        for tensor, grad in gradients.items():
            tensor._grad = grad


def numeric_gradient(loss: Callable[[], float], tensor: Tensor, eps: float) -> Array:
    """Return (L(x + eps) - L(x - eps)) / (2 eps) for every entry x of the tensor, whose data stays unchanged."""
    original = tensor.data
    gradient = np.empty(original.shape)
    try:
        for entry in np.ndindex(original.shape):
            sides = []
            for step in (eps, -eps):
                tensor.data = original.copy()
                tensor.data[entry] += step
                sides.append(loss())
            gradient[entry] = (sides[0] - sides[1]) / (2 * eps)
    finally:
        tensor.data = original
    return gradient


def compare(name: str, tensor: Tensor, analytic: Array, numeric: Array, rtol: float, atol: float) -> None:
    """Raise an error for the entry that differs most, if any differs by more than the tolerances allow."""
    with np.errstate(invalid="ignore"):
        excess = np.abs(analytic - numeric) - (atol + rtol * np.maximum(np.abs(analytic), np.abs(numeric)))
    wrong = ~(excess <= 0)  # NaN is wrong, too
    if not wrong.any():
        return
    entry: Any = np.unravel_index(np.argmax(np.where(wrong, np.nan_to_num(excess, nan=np.inf), -np.inf)), tensor.shape)
    place = f"[{', '.join(str(int(i)) for i in entry)}]" if tensor.ndim else ""
    called = f' ("{tensor.name}")' if tensor.name else ""
    mine, expected = float(analytic[entry]), float(numeric[entry])
    ratio = f"{mine / expected:.6g}" if expected else "undefined (division by 0)"
    raise GradcheckError(
        f"gradcheck: {name}{called}, entry {place or '()'} of shape {tensor.shape}: backward() gives {mine:.10g}, "
        f"finite differences give {expected:.10g}, ratio {ratio}; {int(wrong.sum())} of {tensor.size} entries differ"
    )

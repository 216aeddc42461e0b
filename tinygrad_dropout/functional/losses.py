"""The losses: how far predictions are from their targets, as one number to go down from.

Every loss takes `reduction`: "mean" over the batch (over all elements where there is one loss per element), "sum",
or "none" for the losses one by one. Class labels are given as integers 0 ... C - 1, one for each row of the batch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.functional.elementwise import logistic
from tinygrad_dropout.functional.softmax import shifted
from tinygrad_dropout.recording import as_tensor, operands, record
from tinygrad_dropout.tensor import Array, Tensor, as_array


def cross_entropy(logits: Any, target: Any, *, reduction: str = "mean") -> Tensor:
    """Softmax and negative log-likelihood in one: -ln p(target), where p = softmax(logits).

    Args:
        logits: shape (N, C), unnormalised scores.
        target: int array (N,) of class labels, or float array (N, C) of probabilities. No gradient flows to it.
        reduction: "mean", "sum" or "none".

    Returns:
        Tensor of shape (), or (N,) for "none".

    Raises:
        ShapeError: logits or target of another shape.
        ValueError: a label outside 0 ... C - 1, or an unknown reduction.
    """
    logits = as_tensor(logits)
    target = checked_target("cross_entropy", logits, target)
    # Classes x batch: along its few classes an example is a short run, on which NumPy is several times slower.
    below = shifted(np.ascontiguousarray(logits.data.T), axis=0)
    probabilities = np.exp(below)
    wide = np.float64 if len(below) > 64 or below.itemsize < 4 else None  # many terms, added one after the other
    sums = np.add.reduce(probabilities, axis=0, dtype=wide).astype(below.dtype, copy=False)
    probabilities /= sums
    if target.ndim == 1:
        losses = np.log(sums) - below[target, np.arange(len(target))]
    else:
        losses = (target.T * (np.log(sums) - below)).sum(axis=0)
    out = reduce("cross_entropy", losses, reduction)
    if out is losses:  # backward needs them as they are now, whatever becomes of the result's data
        out = losses.copy()
    return record(out, (logits,), cross_entropy_backward, saved=(probabilities, target, losses, reduction))


def cross_entropy_backward(
    grad: Array, logits: Tensor, probabilities: Array, target: Array, losses: Array, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * (p - target), divided by N for the mean; the target is one-hot for class labels.

    (p counts as often as the target's probabilities sum to, which is once. At the label, p - 1 = e^-loss - 1.)
    """
    if target.ndim == 1:
        difference = probabilities.copy()
        difference[target, np.arange(len(target))] = np.expm1(-losses)  # nearer than p - 1 where p is near 1
    else:
        difference = probabilities * target.sum(axis=1)
        difference -= target.T
    difference *= grad_of_each(grad, len(target), reduction)
    return (difference.T,)


def nll_loss(log_probabilities: Any, target: Any, *, reduction: str = "mean") -> Tensor:
    """The negative log-likelihood: -log_probabilities at the target class. `cross_entropy` without its softmax.

    Args:
        log_probabilities: shape (N, C), as `log_softmax` gives them.
        target: int array (N,) of class labels.
        reduction: "mean", "sum" or "none".
    """
    log_probabilities = as_tensor(log_probabilities)
    target = checked_target("nll_loss", log_probabilities, target)
    if target.ndim != 1:
        raise ShapeError("nll_loss", f"expected integer class labels of shape (N,), got shape {target.shape}")
    out = reduce("nll_loss", -log_probabilities.data[np.arange(len(target)), target], reduction)
    return record(out, (log_probabilities,), nll_loss_backward, saved=(target, reduction))


def nll_loss_backward(grad: Array, log_probabilities: Tensor, target: Array, reduction: str) -> tuple[Any, ...]:
    """dL/dlog_probabilities = -grad at the target class (divided by N for the mean), 0 elsewhere."""
    full = np.zeros(log_probabilities.shape, dtype=grad.dtype)
    full[np.arange(len(target)), target] = -grad_of_each(grad, len(target), reduction)
    return (full,)


def mse_loss(input: Any, target: Any, *, reduction: str = "mean") -> Tensor:
    """The squared error (input - target)², averaged over all elements.

    Args:
        input, target: Tensors or arrays of one shape; gradients flow to both.
        reduction: "mean", "sum" or "none".
    """
    input, target = operands(input, target)
    same_shape("mse_loss", input, target.data)
    difference = np.asarray(input.data - target.data)
    out = reduce("mse_loss", difference * difference, reduction)
    return record(out, (input, target), mse_loss_backward, saved=(difference, reduction))


def mse_loss_backward(grad: Array, input: Tensor, target: Tensor, difference: Array, reduction: str) -> tuple[Any, ...]:
    """dL/dinput = grad * 2 (input - target), divided by their number for the mean;  dL/dtarget = -dL/dinput."""
    dinput = (2 * grad_of_each(grad, difference.size, reduction)) * difference
    return dinput, -dinput if target.requires_grad else None


def binary_cross_entropy_with_logits(logits: Any, target: Any, *, reduction: str = "mean") -> Tensor:
    """Sigmoid and cross-entropy in one: -t ln s - (1 - t) ln(1 - s), where s = sigmoid(logits).

    Computed as max(z, 0) - z t + ln(1 + e^-|z|), which overflows nowhere.

    Args:
        logits: any shape, unnormalised scores z.
        target: array of the same shape, t in [0, 1]. No gradient flows to it.
        reduction: "mean", "sum" or "none".
    """
    logits = as_tensor(logits)
    target = constant("binary_cross_entropy_with_logits", target).astype(logits.dtype, copy=False)
    same_shape("binary_cross_entropy_with_logits", logits, target)
    z = logits.data
    losses = np.maximum(z, 0) - z * target + np.log1p(np.exp(-np.abs(z)))
    out = reduce("binary_cross_entropy_with_logits", np.asarray(losses), reduction)
    return record(out, (logits,), binary_cross_entropy_with_logits_backward, saved=(target, reduction))


def binary_cross_entropy_with_logits_backward(
    grad: Array, logits: Tensor, target: Array, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * (sigmoid(logits) - t), divided by the number of elements for the mean."""
    return (grad_of_each(grad, target.size, reduction) * (logistic(logits.data) - target),)


def reduce(operation: str, losses: Array, reduction: str) -> Any:
    """The losses of the batch as their mean, their sum, or as they are."""
    check_reduction(operation, reduction)
    if reduction == "mean" and losses.itemsize >= 4:  # three times as quick as NumPy's mean, which float16 needs
        return np.add.reduce(losses, axis=None) / losses.size
    return losses.mean() if reduction == "mean" else losses.sum() if reduction == "sum" else losses


def check_reduction(where: str, reduction: str) -> None:
    """Refuse a reduction that there is not."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f'{where}: expected reduction to be "mean", "sum" or "none", got {reduction!r}')


def grad_of_each(grad: Array, count: int, reduction: str) -> Any:
    """dL/d(one loss), a number or as many as there are losses: the reduction's own backward."""
    return grad.item() / count if reduction == "mean" and count else grad


def checked_target(operation: str, scores: Tensor, target: Any) -> Array:
    """The target, checked: labels of shape (N,), or probabilities of shape (N, C) in the scores' dtype."""
    targets = constant(operation, target)
    if scores.data.ndim != 2:
        raise ShapeError(operation, f"expected scores of shape (N, C), got shape {scores.shape}")
    rows, classes = scores.data.shape
    if targets.dtype.kind == "f":
        if targets.shape != scores.shape:
            problem = f"expected target probabilities of the scores' shape {scores.shape}, got shape {targets.shape}"
            raise ShapeError(operation, f"{problem} (class labels must be integers)")
        return targets.astype(scores.dtype, copy=False)
    if targets.shape != (rows,):
        raise ShapeError(operation, f"expected {rows} class labels, shape ({rows},), got shape {targets.shape}")
    labels = targets.astype(np.intp, copy=False)
    if rows:
        largest = labels.view(np.uintp).argmax()  # a negative label, seen as unsigned, is huge
        if not 0 <= labels.item(largest) < classes:
            problem = f"expected class labels from 0 to {classes - 1}, got {targets.item(largest)}"
            raise ValueError(f"{operation}: {problem}")
    return labels


def constant(operation: str, target: Any) -> Array:
    """A copy of the target: who refills it before backward changes nothing. It must not ask for a gradient."""
    if isinstance(target, Tensor) and target.requires_grad:
        raise TypeError(f"{operation}: expected a target without gradients, got one that requires them; detach() it")
    return np.array(as_array(target))


def same_shape(operation: str, prediction: Tensor, target: Array) -> None:
    """Broadcasting a loss hides mistakes, so it is refused."""
    if prediction.shape != target.shape:
        raise ShapeError(operation, f"expected two equal shapes, got {prediction.shape} and {target.shape}")

"""The common parts of the losses: checks of the target, class weights, and the reduction of a batch's losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array, Tensor, as_array
from tinygrad_dropout.errors import DtypeError, ShapeError
from tinygrad_dropout.functional._arguments import checked_number
from tinygrad_dropout.functional._rows import sum_of_rows


def reduce_losses(operation: str, losses: Array, reduction: str) -> Any:
    """Return the mean or the sum of the losses of a batch, or the losses themselves for "none"."""
    check_reduction(operation, reduction)
    if reduction == "mean" and losses.itemsize >= 4:  # in float16 the sum could overflow, which NumPy's own mean avoids
        return (sum_of_rows(losses) if losses.ndim == 1 else np.add.reduce(losses, axis=None)) / losses.size
    return losses.mean() if reduction == "mean" else losses.sum() if reduction == "sum" else losses


def check_reduction(where: str, reduction: str) -> None:
    """Raise an error for an unknown reduction."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f'{where}: expected reduction to be "mean", "sum" or "none", got {reduction!r}')


def grad_per_loss(grad: Array, count: int, reduction: str) -> Any:
    """Return dL/d(each loss), a number or an array: the backward of the reduction."""
    return grad * (1 / count) if reduction == "mean" and count else grad


def checked_target(operation: str, scores: Tensor, target: Any) -> Array:
    """Check the target and return it: labels of shape (N,), or probabilities (N, C) in the scores' dtype."""
    targets = as_constant(operation, target)
    shape = scores.data.shape
    if len(shape) != 2:
        raise ShapeError(operation, f"expected scores of shape (N, C), got shape {shape}")
    rows, classes = shape
    if targets.dtype.kind == "b":
        raise DtypeError(operation, "expected class labels as integers, or probabilities as floats; got booleans")
    if targets.dtype.kind == "f":
        if targets.shape != scores.shape:
            problem = f"expected target probabilities of the scores' shape {scores.shape}, got shape {targets.shape}"
            raise ShapeError(operation, f"{problem} (class labels must be integers: labels.astype(int))")
        return targets.astype(scores.dtype, copy=False)
    if targets.shape != (rows,):
        hint = {scores.shape: " (for one-hot targets, use floats)", (rows, 1): " (use labels[:, 0])"}.get(
            targets.shape, ""
        )
        raise ShapeError(operation, f"expected {rows} class labels, shape ({rows},), got shape {targets.shape}{hint}")
    unsigned = targets.astype(np.uintp, copy=False)  # in which a negative number is huge
    if rows and unsigned[unsigned.argmax()] >= classes:
        wrong = targets[(targets < 0) | (targets >= classes)][0]
        raise ValueError(f"{operation}: expected class labels from 0 to {classes - 1}, got {wrong}")
    return targets.astype(np.intp, copy=False)


def class_weights(operation: str, scores: Tensor, target: Array, weight: Any, reduction: str) -> Array:
    """Return how much each class counts, shape (C,) in the scores' dtype; 1 each if `weight` is None.

    If the losses will be averaged, the weights are divided by their mean over the labels, for a weighted mean.
    """
    classes = scores.shape[1]
    if weight is None:
        return np.ones(classes, scores.dtype)
    weights = as_constant(operation, weight, "weight").astype(scores.dtype)
    if weights.shape != (classes,):
        raise ShapeError(operation, f"expected weight to have shape ({classes},), got {weights.shape}")
    if reduction == "mean" and target.ndim == 1 and len(target):
        weights /= weights[target].mean()
    return weights


def smooth_labels(operation: str, scores: Tensor, target: Array, label_smoothing: float) -> Array:
    """Return the target as probabilities (N, C), with the share `label_smoothing` spread evenly over the classes."""
    label_smoothing = checked_number(operation, "label_smoothing", label_smoothing, least=0, most=1)
    if target.ndim == 1:
        labels, target = target, np.zeros(scores.shape, scores.dtype)
        target[np.arange(len(labels)), labels] = 1
    return (1 - label_smoothing) * target + label_smoothing / max(scores.shape[1], 1)


def as_constant(operation: str, target: Any, name: str = "target") -> Array:
    """Copy the target, because the caller may refill the array before backward. It must not require gradients."""
    if isinstance(target, Tensor) and target.requires_grad:
        if name != "target":
            raise TypeError(f"{operation}: expected {name} without gradients, got one that requires them; detach() it")
        raise TypeError(
            f"{operation}: expected a target without gradients, got one that requires them; are the arguments in the "
            f"order {operation}(prediction, target)? If they are, detach() the target"
        )
    return np.array(as_array(target))


def check_same_shape(operation: str, prediction: Tensor, target: Array) -> None:
    """Raise an error unless both have one shape: broadcasting in a loss would hide a mistake."""
    if prediction.shape != target.shape:
        raise ShapeError(operation, f"expected two equal shapes, got {prediction.shape} and {target.shape}")

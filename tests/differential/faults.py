"""Faults to plant in the framework. A harness that does not find them is worthless."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout.autograd import engine
from tinygrad_dropout.functional import _normalization as norms


class Fault(NamedTuple):
    """A fault: its description, the name to replace, and the replacement."""

    wrong: str
    where: str
    replacement: Any


def overwrite(tensor: td.Tensor, grad: np.ndarray) -> None:
    tensor._grad = grad


def averaged(grad: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    summed = engine_unbroadcast(grad, shape)
    return summed / max(1, grad.size // max(1, summed.size))


def uncopied(tensor: td.Tensor, grad: Any) -> np.ndarray:
    return np.ones_like(tensor.data) if grad is None else np.asarray(grad)


def divided_by_one_less(array: np.ndarray, axes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    mean, variance = right_moments(array, axes)
    count = norms.count_along(array, axes)
    return mean, variance * count / max(count - 1, 1)


def counted_once(grad: np.ndarray, weight: td.Tensor, indices: np.ndarray, padding_idx: Any) -> tuple[np.ndarray]:
    full = np.zeros_like(weight.data)
    full[indices] = grad
    if padding_idx is not None:
        full[padding_idx] = 0
    return (full,)


engine_unbroadcast, right_moments = engine.unbroadcast, norms.mean_and_variance
F, A = "tinygrad_dropout.functional", "tinygrad_dropout.autograd"

FAULTS = [
    Fault("relu passes every gradient", f"{F}._activations.relu_backward", lambda grad, x, out: (grad,)),
    Fault("relu passes at the kink", f"{F}._activations.relu_backward", lambda grad, x, out: (grad * (x.data >= 0),)),
    Fault(
        "multiply mixes its operands up",
        f"{F}._arithmetic.multiply_backward",
        lambda grad, x, y: (grad * x.data if x.shape == y.shape else grad * y.data, grad * x.data),
    ),
    Fault("unbroadcast averages", f"{A}.engine.unbroadcast", averaged),
    Fault("dropout forgets 1/(1 - p)", f"{F}._dropout.dropout_backward", lambda grad, x, mask, *_: (grad * mask,)),
    Fault("dropout forgets the mask", f"{F}._dropout.dropout_backward", lambda grad, x, mask, p, _: (grad / (1 - p),)),
    Fault("a changed value is not noticed", f"{A}.in_place.changed_since", lambda number, value: False),
    Fault("changes are not noted", f"{A}.in_place.note_change", lambda array: None),
    Fault("every part of a storage counts as changed", f"{A}.in_place.changed_since", lambda number, value: True),
    Fault(".grad is overwritten", f"{A}.engine.add_to_grad", overwrite),
    Fault("two operands get one array", f"{F}._arithmetic.add_backward", lambda grad, x, y: (grad, grad)),
    Fault("backward keeps the gradient it is given", f"{A}.engine.first_gradient", uncopied),
    Fault("an entry picked twice counts once", f"{F}._shapes.may_repeat", lambda index: False),
    Fault("the mean of a loss is not divided", f"{F}._cross_entropy.grad_per_loss", lambda grad, *_: grad),
    Fault("a class weight is left out of the mean", f"{F}._losses.class_weights", lambda op, x, t, w, how: np.array(w)),
    Fault("a norm takes the estimated variance", f"{F}._normalization.mean_and_variance", divided_by_one_less),
    Fault(
        "a norm takes mean and deviation for constants",
        f"{F}._normalization.standardize_backward",
        lambda grad, x, out, inverse_deviation, axes, eps: (grad * inverse_deviation,),
    ),
    Fault("a row that is looked up twice counts once", f"{F}._embedding.embedding_backward", counted_once),
    Fault("dtypes promote as in NumPy", f"{A}.dtypes.common_dtype", lambda *xs: np.result_type(*[x.dtype for x in xs])),
    Fault("no_grad records", "tinygrad_dropout.no_grad", td.enable_grad),
    Fault(
        "softmax forgets its sum",
        f"{F}._softmax.softmax_backward",
        lambda grad, x, probabilities, axis: (grad * probabilities,),
    ),
]

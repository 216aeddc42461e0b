"""Wrong backward functions that people really write, to compare with the correct ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array, Backward, Tensor
from tinygrad_dropout.functional._cross_entropy import cross_entropy_backward
from tinygrad_dropout.functional._loss_parts import grad_per_loss
from tinygrad_dropout.functional._products import linear_backward
from tinygrad_dropout.mistakes import Mistake, gradients
from tinygrad_dropout.mistakes.dropout import backward as dropout
from tinygrad_dropout.mistakes.mistake import WORDS

BUGS: dict[str, Bug] = {}
"""The built-in wrong backward functions, by name."""


@dataclass(frozen=True)
class Bug:
    """A wrong backward function for one operation.

    Args:
        operation: `dropout`, `relu`, `linear`, ...
        backward: runs instead of the operation's own backward function, with the same arguments.
        description: what is wrong with it, in a sentence.
        name: the bug's name. If "", it is made from the function's name.
    """

    operation: str
    backward: Backward
    description: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        own = getattr(self.backward, "__name__", type(self.backward).__name__)
        object.__setattr__(self, "name", self.name or own.replace("_", "-"))


def bug(operation: str, mistake: Mistake) -> Callable[[Backward], Backward]:
    """Add the decorated function to BUGS, with the mistake's code as its name and the mistake's description."""

    def enter(backward: Backward) -> Backward:
        BUGS[mistake.code] = Bug(operation, backward, mistake.description.format_map(WORDS), mistake.code)
        return backward

    return enter


@bug("dropout", dropout.FORGETS_SCALE)
def backward_forgets_the_scale(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * mask"""
    return (grad * mask,)


@bug("dropout", dropout.FORGETS_MASK)
def backward_forgets_the_mask(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad / (1 - p)"""
    return (grad / grad.dtype.type(1 - p or 1),)


@bug("dropout", dropout.ANOTHER_MASK)
def backward_uses_another_mask(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * (another mask) / (1 - p)"""
    other = np.random.default_rng(0).random(grad.shape) >= p
    return (grad * other / grad.dtype.type(1 - p or 1),)


@bug("dropout", dropout.SCALES_TWICE)
def backward_scales_twice(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * mask / (1 - p) / (1 - p)"""
    return (grad * mask / grad.dtype.type((1 - p) ** 2 or 1),)


@bug("dropout", dropout.SCALES_BY_1_OVER_P)
def backward_scales_by_1_over_p(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * mask / p"""
    return (grad * mask / grad.dtype.type(p or 1),)


@bug("dropout", dropout.FROM_THE_OUTPUT)
def mask_inferred_from_the_output(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * (y != 0) / (1 - p)"""
    return (grad * (x.data * mask != 0) / grad.dtype.type(1 - p or 1),)


@bug("dropout", dropout.INVERTS_MASK)
def backward_inverts_the_mask(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * (not mask) / (1 - p)"""
    return (grad * ~mask / grad.dtype.type(1 - p or 1),)


@bug("relu", gradients.RELU_IGNORED)
def relu_ignored(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad"""
    return (grad,)


@bug("relu", gradients.MASK_FROM_THE_GRADIENT)
def mask_from_the_gradient(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad where grad > 0, else 0"""
    return (grad * (grad > 0),)


@bug("linear", gradients.BIAS_AVERAGED)
def bias_gradient_averaged(grad: Array, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> tuple[Any, ...]:
    """dL/dx = grad @ W;  dL/dW = grad.T @ x;  dL/db = the mean of grad over the batch"""
    rows = max(1, grad.size // max(1, grad.shape[-1]))
    contributions = linear_backward(grad, x, weight, *([] if bias is None else [bias]))
    return tuple(part / part.dtype.type(rows) if i == 2 and part is not None else part
                 for i, part in enumerate(contributions))  # fmt: skip


@bug("linear", gradients.AVERAGED_TWICE)
def gradients_averaged_twice(grad: Array, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> tuple[Any, ...]:
    """dL/dx = grad @ W;  dL/dW = grad.T @ x / N;  dL/db = the sum of grad over the batch, / N"""
    rows = max(1, grad.size // max(1, grad.shape[-1]))
    contributions = linear_backward(grad, x, weight, *([] if bias is None else [bias]))
    return tuple(part / part.dtype.type(rows) if i and part is not None else part
                 for i, part in enumerate(contributions))  # fmt: skip


@bug("cross_entropy", gradients.MEAN_FORGOTTEN)
def mean_forgotten(
    grad: Array, logits: Tensor, probabilities: Array, log_likelihoods: Array, target: Array, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * (p - target)"""
    each = "sum" if reduction == "mean" else reduction
    return cross_entropy_backward(grad, logits, probabilities, log_likelihoods, target, each)


@bug("cross_entropy", gradients.TARGET_NOT_SUBTRACTED)
def target_not_subtracted(
    grad: Array, logits: Tensor, probabilities: Array, log_likelihoods: Array, target: Array, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * p, divided by N for the mean"""
    each = np.reshape(grad_per_loss(grad, len(target), reduction), (-1, 1))
    return (probabilities * each,)


@bug("cross_entropy", gradients.TARGET_LESS_PROBABILITIES)
def target_less_probabilities(
    grad: Array, logits: Tensor, probabilities: Array, log_likelihoods: Array, target: Array, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * (target - p), divided by N for the mean"""
    return cross_entropy_backward(-grad, logits, probabilities, log_likelihoods, target, reduction)


@bug("multiply", gradients.OPERANDS_SWAPPED)
def operands_swapped(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad * x;  dL/dy = grad * y"""
    return grad * x.data, grad * y.data


@bug("multiply", gradients.UPSTREAM_IGNORED)
def upstream_ignored(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = y;  dL/dy = x"""
    ones = np.ones_like(grad)
    return ones * y.data, ones * x.data

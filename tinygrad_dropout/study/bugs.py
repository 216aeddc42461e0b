"""Wrong backward functions that people really write, to be seen beside the right ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array, Backward, Tensor
from tinygrad_dropout.functional._cross_entropy import cross_entropy_backward
from tinygrad_dropout.functional._loss_parts import grad_of_each
from tinygrad_dropout.functional._products import linear_backward

BUGS: dict[str, Bug] = {}


@dataclass(frozen=True)
class Bug:
    """A wrong backward function for one operation.

    Args:
        operation: `dropout`, `relu`, `linear`, ...
        backward: what runs in place of the operation's backward function, on the same arguments.
        says: what is wrong with it, in a sentence.
        name: what it is called; the function's name if "".
    """

    operation: str
    backward: Backward
    says: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        own = getattr(self.backward, "__name__", type(self.backward).__name__)
        object.__setattr__(self, "name", self.name or own.replace("_", "-"))


def bug(operation: str, says: str) -> Callable[[Backward], Backward]:
    """Enter the function below in BUGS, under its name with hyphens."""

    def enter(backward: Backward) -> Backward:
        made = Bug(operation, backward, says)
        BUGS[made.name] = made
        return backward

    return enter


@bug("dropout", "kept units are scaled by 1/(1-p) in the forward pass, and their gradients are not")
def forget_rescale_in_backward(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * mask"""
    return (grad * mask,)


@bug("dropout", "units that were dropped get a gradient")
def forget_mask_in_backward(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad / (1 - p)"""
    return (grad / grad.dtype.type(1 - p or 1),)


@bug("dropout", "backward draws a mask of its own, so it drops other units than the forward did")
def redraw_mask_in_backward(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * (another mask) / (1 - p)"""
    other = np.random.default_rng(0).random(grad.shape) >= p
    return (grad * other / grad.dtype.type(1 - p or 1),)


@bug("dropout", "the gradient is scaled by 1/(1-p) twice")
def rescale_twice_in_backward(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * mask / (1 - p) / (1 - p)"""
    return (grad * mask / grad.dtype.type((1 - p) ** 2 or 1),)


@bug("dropout", "p is taken for the probability of keeping")
def divide_by_p_in_backward(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * mask / p"""
    return (grad * mask / grad.dtype.type(p or 1),)


@bug("dropout", "the mask is guessed from the output (y != 0), so a unit that was kept at 0 counts as dropped")
def mask_from_output(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * (y != 0) / (1 - p)"""
    return (grad * (x.data * mask != 0) / grad.dtype.type(1 - p or 1),)


@bug("dropout", "the mask is used the wrong way round: True is taken for dropped")
def invert_mask_in_backward(grad: Array, x: Tensor, mask: Array, p: float, scaling: str) -> tuple[Any, ...]:
    """dL/dx = grad * (not mask) / (1 - p)"""
    return (grad * ~mask / grad.dtype.type(1 - p or 1),)


@bug("relu", "the gradient goes through where the unit is off")
def ignore_relu(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad"""
    return (grad,)


@bug("relu", "the gradient's own sign is looked at, not that of x")
def relu_of_the_gradient(grad: Array, x: Tensor, out: Array) -> tuple[Any, ...]:
    """dL/dx = grad where grad > 0, else 0"""
    return (grad * (grad > 0),)


@bug("linear", "the bias's gradient is averaged over the batch, not summed")
def average_bias_gradient(grad: Array, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> tuple[Any, ...]:
    """dL/dx = grad W;  dL/dW = grad' x;  dL/db = the mean of grad over the batch"""
    rows = max(1, grad.size // max(1, grad.shape[-1]))
    contributions = linear_backward(grad, x, weight, *([] if bias is None else [bias]))
    return tuple(part / part.dtype.type(rows) if i == 2 and part is not None else part
                 for i, part in enumerate(contributions))  # fmt: skip


@bug("linear", "the gradient is divided by the batch size once more than the loss's mean did")
def divide_by_batch_twice(grad: Array, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> tuple[Any, ...]:
    """dL/dx = grad W;  dL/dW = grad' x / N;  dL/db = the sum of grad over the batch, / N"""
    rows = max(1, grad.size // max(1, grad.shape[-1]))
    contributions = linear_backward(grad, x, weight, *([] if bias is None else [bias]))
    return tuple(part / part.dtype.type(rows) if i and part is not None else part
                 for i, part in enumerate(contributions))  # fmt: skip


@bug("cross_entropy", "the loss is a mean over the batch, and its gradient is not divided by N")
def forget_divide_by_batch(
    grad: Array, logits: Tensor, probabilities: Array, log_likelihoods: Array, target: Array, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * (p - target)"""
    each = "sum" if reduction == "mean" else reduction
    return cross_entropy_backward(grad, logits, probabilities, log_likelihoods, target, each)


@bug("cross_entropy", "the target is not subtracted from the probabilities")
def forget_to_subtract_target(
    grad: Array, logits: Tensor, probabilities: Array, log_likelihoods: Array, target: Array, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * p, divided by N for the mean"""
    each = np.reshape(grad_of_each(grad, len(target), reduction), (-1, 1))
    return (probabilities * each,)


@bug("cross_entropy", "the sign is wrong, so a step of gradient descent climbs")
def target_minus_probabilities(
    grad: Array, logits: Tensor, probabilities: Array, log_likelihoods: Array, target: Array, reduction: str
) -> tuple[Any, ...]:
    """dL/dlogits = grad * (target - p), divided by N for the mean"""
    return cross_entropy_backward(-grad, logits, probabilities, log_likelihoods, target, reduction)


@bug("multiply", "the operands are swapped: each gets its own value in place of the other's")
def swap_factors(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = grad * x;  dL/dy = grad * y"""
    return grad * x.data, grad * y.data


@bug("multiply", "the chain rule is forgotten: the upstream gradient is left out")
def ignore_upstream(grad: Array, x: Tensor, y: Tensor) -> tuple[Any, ...]:
    """dL/dx = y;  dL/dy = x"""
    ones = np.ones_like(grad)
    return ones * y.data, ones * x.data

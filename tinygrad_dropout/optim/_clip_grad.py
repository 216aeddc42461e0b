"""clip_grad_norm_: scale all gradients down by one factor if their norm is too large."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.optim._param_groups import NUMBER, check_at_least, list_of_tensors


def clip_grad_norm_(
    params: Iterable[Tensor], max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> float:
    """Scale all gradients by one factor, so that their total norm is at most `max_norm`. Call it before `step()`.

        grad = grad * min(1, max_norm / (total_norm + 1e-6))

    The gradients count as one long vector, whose direction stays the same (Pascanu, Mikolov & Bengio 2013,
    arXiv:1211.5063, algorithm 1; the formula is PyTorch's). The norm is computed in float64. An array that you read
    from `.grad` earlier keeps its values.

    Args:
        params: Tensors. Those whose `.grad` is None are skipped.
        max_norm: the largest norm allowed, at least 0.
        norm_type: 2 for the Euclidean norm, inf for the largest absolute value, p for (sum |g|^p)^(1/p).
        error_if_nonfinite: whether an infinite or NaN norm is an error. If not, the formula applies: an infinite norm
            makes every finite gradient 0, and a NaN norm makes all gradients NaN.

    Returns:
        The norm before clipping; 0.0 if no Tensor has a gradient.

    Raises:
        RuntimeError: if `error_if_nonfinite`, the norm is not finite. Nothing has changed then.
    """
    check_at_least("clip_grad_norm_", 0, max_norm=max_norm)
    if not isinstance(norm_type, NUMBER) or not norm_type > 0:
        raise ValueError(f"clip_grad_norm_: expected norm_type to be a number above 0, got {norm_type!r}")
    tensors = list_of_tensors("clip_grad_norm_", params)
    found = [(tensor, tensor._grad) for tensor in tensors if tensor._grad is not None]
    with np.errstate(over="ignore", invalid="ignore"):  # infinities and NaN are handled as documented
        norms = [np.linalg.norm(grad.ravel().astype(np.float64), norm_type) for _, grad in found if grad.size]
        total = float(np.linalg.norm(norms, norm_type)) if norms else 0.0
        if error_if_nonfinite and not np.isfinite(total):
            raise RuntimeError(
                f"clip_grad_norm_: expected gradients with a finite norm, got {total}; nothing was clipped"
            )
        factor = float(np.minimum(max_norm / (total + 1e-6), 1.0))  # NaN stays NaN, which Python's min would hide
        for tensor, grad in found:
            tensor.grad = np.asarray(grad * factor)
    return total

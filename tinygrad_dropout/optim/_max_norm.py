"""max_norm: limit the length of each unit's incoming weight vector."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tinygrad_dropout.autograd.in_place import note_change
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.optim._param_groups import list_of_tensors


def max_norm(params: Iterable[Tensor], c: float) -> None:
    """Scale each unit's incoming weight vector back to length c if it is longer. Call it after `step()`.

    This is the constraint ||w|| <= c that Srivastava et al. (2014, §5.1) pair with dropout. A unit's incoming vector is
    weight[i], over all axes but the first. Tensors with fewer than two axes (biases) are not changed.

    Args:
        params: Tensors. The `.data` of a Tensor with too long a vector is replaced.
        c: the largest length allowed, above 0.
    """
    c = float(c)
    if not c > 0:
        raise ValueError(f"max_norm: expected c above 0, got {c:g}")
    for parameter in list_of_tensors("max_norm", params):
        if parameter.ndim < 2:
            continue
        incoming = tuple(range(1, parameter.ndim))
        norms = np.sqrt(np.square(parameter.data).sum(axis=incoming, keepdims=True))
        if (norms > c).any():
            parameter.data = parameter.data * (c / np.maximum(norms, c))
            note_change(parameter.data)

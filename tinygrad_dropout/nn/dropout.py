"""Dropout as a layer: it draws a mask for every training forward, and keeps the last one to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from tinygrad_dropout import functional as F
from tinygrad_dropout.nn.module import Module
from tinygrad_dropout.random import Mask, draw_mask, generator, probability
from tinygrad_dropout.tensor import Tensor


class Dropout(Module):
    """In training mode, set each element to 0 with probability p; in evaluation mode, drop nothing.

    With the mask m (1 where kept, 0 where dropped), drawn afresh for every forward and every element:

        scaling    training           eval
        "train"    m * x / (1 - p)    x              inverted dropout
        "test"     m * x              x * (1 - p)    the original scheme

    Both make the next layer see the same expected input in training and in eval. Hinton et al. 2012
    (arXiv:1207.0580); Srivastava et al., JMLR 15 (2014).

    Args:
        p: the probability that a unit is dropped, 0 <= p <= 1, exactly as given.
        scaling: "train" or "test".
        rng: a generator of this layer's own; the framework's (see `td.manual_seed`) if None.

    Attributes:
        mask: the last training forward's mask: bool array of the input's shape, True where the unit was kept;
            None in evaluation mode, and before the first forward.

    A forward's graph keeps its own mask, so two forwards before a backward do not disturb each other.
    """

    def __init__(self, p: float = 0.5, *, scaling: str = "train", rng: np.random.Generator | None = None) -> None:
        self.p = probability("Dropout", p)
        if scaling not in ("train", "test"):
            raise ValueError(f'Dropout: expected scaling to be "train" or "test", got {scaling!r}')
        self.scaling = scaling
        if rng is not None:
            generator("Dropout", rng)
        self.rng = rng
        self.mask: Mask | None = None
        self._replayed: Mask | None = None

    def forward(self, x: Tensor) -> Tensor:
        self.mask = None
        if self.training:
            self.mask = draw_mask(x.shape, self.p, self.rng) if self._replayed is None else self._replayed
        return F.dropout(x, self.p, self.training, mask=self.mask, scaling=self.scaling)

    @contextmanager
    def replay(self, mask: Mask | None = None) -> Iterator[None]:
        """Inside, every training forward uses this mask; evaluation mode stays what it is.

        It makes a network with dropout a fixed function, so that its gradients can be checked.

        Args:
            mask: bool array of the input's shape, True where a unit is kept; the last forward's if None.

        Raises:
            RuntimeError: no mask is given and there is no last one.
            ShapeError: (by the forward) the input does not have the mask's shape.
        """
        if mask is None:
            mask = self.mask
        if mask is None:
            raise RuntimeError(
                f"{self!r}.replay(): expected a mask, or an earlier forward in training mode; got neither"
            )
        before, self._replayed = self._replayed, mask
        try:
            yield
        finally:
            self._replayed = before

    def extra_repr(self) -> str:
        return f"p={self.p:g}{'' if self.scaling == 'train' else ', scaling=' + repr(self.scaling)}"

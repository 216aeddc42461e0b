"""Dropout as a layer: it draws a mask for every training forward, and keeps the last one to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from tinygrad_dropout import functional as F
from tinygrad_dropout.functional.dropout import check_scaling, floating, masked
from tinygrad_dropout.nn.module import Module
from tinygrad_dropout.random import Mask, draw_mask, generator, probability
from tinygrad_dropout.tensor import Tensor


class Dropout(Module):
    """In training mode, set each element to 0 with probability p; in evaluation mode, drop nothing.

    The mask is drawn afresh for every forward and every element. `td.functional.dropout` has the formulas of both
    scalings, and the papers.

    Args:
        p: the probability that a unit is dropped, 0 <= p <= 1, exactly as given.
        scaling: "train" (inverted dropout: nothing is scaled in evaluation mode) or "test" (the original scheme:
            nothing is scaled while training, activations are multiplied by 1 - p in evaluation mode).
        rng: a generator of this layer's own; the framework's (see `td.manual_seed`) if None.

    Attributes:
        mask: the last training forward's mask: bool array of the input's shape, True where the unit was kept;
            None in evaluation mode, and before the first forward.

    A forward's graph keeps its own mask, so two forwards before a backward do not disturb each other.
    """

    def __init__(self, p: float = 0.5, *, scaling: str = "train", rng: np.random.Generator | None = None) -> None:
        self.p = probability("Dropout", p)
        check_scaling("Dropout", scaling)
        self.scaling = scaling
        if rng is not None:
            generator("Dropout", rng)
        self.rng = rng
        self.mask: Mask | None = None
        self._replayed: Mask | None = None

    def forward(self, x: Tensor) -> Tensor:
        if self.training and self._replayed is None:
            x = floating(x)
            p = probability("Dropout", self.p)
            self.mask = draw_mask(x.data.shape, p, self.rng)
            return masked(x, self.mask, p, self.scaling)
        self.mask = self._replayed if self.training else None
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

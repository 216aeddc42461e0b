"""Dropout as a layer: it draws a mask in every training forward and keeps the last one, so that you can look at it."""

from __future__ import annotations

from contextlib import AbstractContextManager

import numpy as np

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.functional._dropout import apply_mask, as_floating_tensor, checked_mask, checked_scaling
from tinygrad_dropout.functional._masks import Mask, checked_probability, checked_shared_axes, draw_mask
from tinygrad_dropout.nn.random_layer import RandomLayer
from tinygrad_dropout.rng import checked_rng


class Dropout(RandomLayer):
    """In training mode, set each element to 0 with probability p; in evaluation mode, drop nothing.

    Every forward draws a new mask, with an independent draw for each element. `td.functional.dropout` has the formulas
    of both scalings, and the papers.

    Args:
        p: the probability that a unit is dropped, 0 <= p <= 1. It is not rounded.
        shared_axes: one or more axes along which the mask is shared: all elements along them are kept or dropped
            together. For images (N, C, H, W), (2, 3) drops whole channels: "spatial dropout", PyTorch's Dropout2d
            (Tompson et al. 2015, arXiv:1411.4280). For sequences (N, T, F), 1 uses one mask across time
            (Gal & Ghahramani 2016, arXiv:1512.05287).
        scaling: "train" (inverted dropout: nothing is scaled in evaluation mode) or "test" (the original scheme:
            nothing is scaled while training, and activations are multiplied by 1 - p in evaluation mode).
        rng: this layer's own generator; the framework's (see `td.manual_seed`) if None.

    Attributes:
        p, shared_axes, scaling, rng: as given. You can assign new values. They are checked on assignment and used from
            the next forward on.
        mask: the last training forward's mask, a bool array of the input's shape, True where the unit was kept. None in
            evaluation mode and before the first forward.

    The graph of each forward keeps its own mask, so two forwards before a backward do not disturb each other.
    """

    draws = "a mask"
    _checks = {  # noqa: RUF012 (never changed)
        "p": checked_probability,
        "shared_axes": checked_shared_axes,
        "scaling": checked_scaling,
        "rng": checked_rng,
    }

    def __init__(
        self,
        p: float = 0.5,
        *,
        shared_axes: int | tuple[int, ...] = (),
        scaling: str = "train",
        rng: np.random.Generator | None = None,
    ) -> None:
        self.p = p
        self.shared_axes = shared_axes
        self.scaling = scaling
        self.rng = rng

    @property
    def mask(self) -> Mask | None:
        """The last training forward's mask, True where a unit was kept; None in evaluation mode."""
        return self._last

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            self._last = None
            return F.dropout(x, self.p, training=False, scaling=self.scaling, shared_axes=self.shared_axes)
        x = as_floating_tensor("dropout", x)
        mask = self.draw_or_replay(draw_mask, x.data.shape, self.p, self.rng, self.shared_axes)
        if self._replayed is not None:
            mask = checked_mask(mask, x.shape, self.p)
        return apply_mask(x, mask, self.p, self.scaling)

    def replay(self, mask: Mask | None = None) -> AbstractContextManager[None]:
        """Use this mask in every training forward inside this context; evaluation mode is unchanged.

        A network with dropout is then a fixed function, so its gradients can be checked.

        Args:
            mask: bool array of the input's shape, True where a unit is kept; the last forward's if None.

        Raises:
            RuntimeError: you passed no mask, and no forward has drawn one yet.
            ShapeError: (in the forward) the input does not have the mask's shape.
        """
        return super().replay(mask)

    def extra_repr(self) -> str:
        shared = f", shared_axes={self.shared_axes}" if self.shared_axes else ""
        return f"p={self.p:g}{shared}{'' if self.scaling == 'train' else ', scaling=' + repr(self.scaling)}"

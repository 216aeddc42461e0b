"""Gaussian dropout as a layer: it draws noise in every training forward and keeps it, so that you can look at it."""

from __future__ import annotations

from contextlib import AbstractContextManager

import numpy as np

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.functional._dropout import as_floating_tensor
from tinygrad_dropout.functional._gaussian_dropout import checked_gaussian_p
from tinygrad_dropout.functional._masks import draw_noise
from tinygrad_dropout.nn.random_layer import RandomLayer
from tinygrad_dropout.rng import checked_rng


class GaussianDropout(RandomLayer):
    """In training mode, multiply each element by noise ~ N(1, p / (1 - p)); in evaluation mode, do nothing.

    The noise has the same mean and variance as Dropout's mask / (1 - p), so you can use the same p. Every forward draws
    new noise, independently for each element. `td.functional.gaussian_dropout` has the formulas; see Srivastava et al.,
    JMLR 15 (2014), section 10.

    Args:
        p: the p of a Dropout of the same strength, 0 <= p < 1. At p = 1 the variance would be infinite.
        rng: this layer's own generator; the framework's (see `td.manual_seed`) if None.

    Attributes:
        noise: the last training forward's noise, an array of the input's shape and dtype. None in evaluation mode and
            before the first forward.
    """

    draws = "noise"
    _checks = {"p": checked_gaussian_p, "rng": checked_rng}  # noqa: RUF012 (never changed)

    def __init__(self, p: float = 0.5, *, rng: np.random.Generator | None = None) -> None:
        self.p = p
        self.rng = rng

    @property
    def noise(self) -> Array | None:
        """The last training forward's noise; None in evaluation mode."""
        return self._last

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            self._last = None
            return F.gaussian_dropout(x, self.p, training=False)
        x = as_floating_tensor("gaussian_dropout", x)
        noise = self.draw_or_replay(draw_noise, x.shape, self.p, x.dtype, self.rng)
        return F.gaussian_dropout(x, self.p, noise=noise)

    def replay(self, noise: Array | None = None) -> AbstractContextManager[None]:
        """Multiply by this noise in every training forward inside this context; evaluation mode is unchanged.

        Args:
            noise: floating array of the input's shape; the last forward's if None.

        Raises:
            RuntimeError: you passed no noise, and no forward has drawn any yet.
            ShapeError: (in the forward) the input does not have the noise's shape.
        """
        return super().replay(noise)

    def extra_repr(self) -> str:
        return f"p={self.p:g}"

"""One examination: where its inputs, its values of p and its layers come from."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.conformance.report import Log
from tinygrad_dropout.conformance.subject import Array, Make, Subject

#: Asymmetric, so that p and 1 - p, 1/p and 1/(1 - p) are told apart.
RATES = (0.35, 0.3, 0.7, 0.2)


class Trial:
    """The inputs and layers of one examination, all drawn from one seed.

    Args:
        make: makes a layer.
        seed: of everything that is drawn.
        log: where the findings go.
    """

    def __init__(self, make: Make, seed: int, log: Log) -> None:
        self.make, self.log = make, log
        self.independent = True  # the elements of a mask, as far as is known
        self.backward_is_right = True  # of a layer's first forward, as far as is known
        self.rng = np.random.default_rng(seed)
        self.p, self.other_p = RATES[seed % 4], RATES[(seed + 2) % 4]  # two seeds in a row use all of them

    def subject(self, p: float | None = None) -> Subject:
        """A new layer with a generator of its own; its p is the examination's if none is given."""
        return Subject(self.make, self.p if p is None else p, self.rng.spawn(1)[0], self.log)

    def numbers(self, *shape: int, dtype: type = np.float64) -> Array:
        """Random numbers of both signs, none near 0 and no two alike: for x, and for the gradient from above."""
        signs = self.rng.integers(0, 2, size=shape) * 2 - 1
        return (signs * self.rng.uniform(0.5, 1.5, size=shape)).astype(dtype)

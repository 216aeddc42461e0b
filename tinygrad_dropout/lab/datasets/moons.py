"""Two moons: two interleaving half circles with noise, drawn again for every seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinygrad_dropout.lab.arrays import Labels, Numbers, digest_of
from tinygrad_dropout.lab.datasets.split import Split, standardized
from tinygrad_dropout.lab.errors import OptionError

NOISE = 0.3
TEST_SIZE = 2000


@dataclass(frozen=True)
class Moons:
    """The moons of scikit-learn's `make_moons`, with noise of standard deviation 0.3 and 2,000 test points."""

    features: int = 2
    classes: int = 2
    default_train_size: int = 200
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return digest_of(moons(4), np.array([NOISE, TEST_SIZE]))

    def check_train_size(self, train_size: int) -> None:
        if train_size < self.classes:
            raise OptionError("train_size", f"expected at least 2 (one point of each moon), got {train_size}")

    def split(self, train_size: int, rng: np.random.Generator) -> Split:
        x_train, y_train = noisy_moons(train_size, rng)
        x_test, y_test = noisy_moons(TEST_SIZE, rng)
        x_train, x_test = standardized(x_train, x_test)
        return Split(x_train, y_train, x_test, y_test)


def noisy_moons(size: int, rng: np.random.Generator) -> tuple[Numbers, Labels]:
    """Points on both moons, moved by the noise, and their labels; if `size` is odd, the second moon has one more.

    Returns:
        x, float64 of shape (size, 2); y, int64 of shape (size,), 0 or 1.
    """
    return moons(size) + rng.normal(scale=NOISE, size=(size, 2)), (np.arange(size) >= size // 2).astype(np.int64)


def moons(size: int) -> Numbers:
    """Evenly spaced points, shape (size, 2): the upper half circle around (0, 0), then the lower around (1, 0.5)."""
    upper = np.linspace(0, np.pi, size // 2)
    lower = np.linspace(0, np.pi, size - size // 2)
    return np.concatenate(
        [np.stack([np.cos(upper), np.sin(upper)], axis=1), np.stack([1 - np.cos(lower), 0.5 - np.sin(lower)], axis=1)]
    )

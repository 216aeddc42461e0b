"""Points of two classes in the plane, to train on and to test on: generated, or drawn by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tinygrad_dropout.lab.arrays import Labels, Numbers
from tinygrad_dropout.lab.datasets.digits import load_digits
from tinygrad_dropout.lab.datasets.moons import moons
from tinygrad_dropout.lab.datasets.split import standardized
from tinygrad_dropout.play.two_networks import Floats

TEST_POINTS = 500
TEST_SHARE = 3  # every third of the points drawn by hand is a test point
DIGITS = (3, 8)


@dataclass(frozen=True)
class Points:
    """Training and test points.

    Attributes:
        x_train, x_test: float32 of shape (points, 2).
        y_train, y_test: int64 of shape (points,), 0 or 1.
        flipped: bool of shape (training points,), True where the label was flipped.
    """

    x_train: Floats
    y_train: Labels
    x_test: Floats
    y_test: Labels
    flipped: np.ndarray


def make_points(name: str, *, points: int, noise: float, label_noise: float, seed: int) -> Points:
    """Draw training points and 500 test points.

    Args:
        name: a key of GENERATED.
        points: how many training points.
        noise: the standard deviation of the noise added to the points (for `digits`, to the pixels).
        label_noise: the probability of flipping a training point's label.
        seed: of all random numbers.
    """
    shape, train, test, labels = np.random.SeedSequence([seed, 0]).spawn(4)
    draw = GENERATED[name](noise, np.random.default_rng(shape))
    x_train, y_train = draw(points, np.random.default_rng(train), 0)
    x_test, y_test = draw(TEST_POINTS, np.random.default_rng(test), 1)
    flipped = np.random.default_rng(labels).random(points) < label_noise
    x_train, x_test = standardized(x_train, x_test)
    return Points(x_train, np.where(flipped, 1 - y_train, y_train), x_test, y_test, flipped)


def drawn_points(drawn: Sequence[tuple[float, float, int]]) -> Points:
    """Split points drawn by hand: every third becomes a test point.

    Args:
        drawn: (x, y, class) of each point, in drawing order.
    """
    table = np.array(drawn, np.float64).reshape(-1, 3)
    is_test = np.arange(len(table)) % TEST_SHARE == TEST_SHARE - 1
    x, y = table[:, :2].astype(np.float32), table[:, 2].astype(np.int64)
    train = ~is_test
    return Points(x[train], y[train], x[is_test], y[is_test], np.zeros(int(train.sum()), bool))


Draw = Callable[[int, np.random.Generator, int], tuple[Numbers, Labels]]
"""(points, generator, part) -> x of shape (points, 2) and y; the part is 0 for training, 1 for testing."""


def balanced(size: int) -> Labels:
    """Labels, half of them 0 and half 1; if `size` is odd, there is one more 1."""
    return (np.arange(size) >= size // 2).astype(np.int64)


def on_curves(noise: float, curves: Callable[[int], Numbers]) -> Draw:
    """Points on two curves, with noise added."""

    def draw(size: int, rng: np.random.Generator, part: int) -> tuple[Numbers, Labels]:
        return curves(size) + rng.normal(scale=noise, size=(size, 2)), balanced(size)

    return draw


def circles(size: int) -> Numbers:
    """Evenly spaced points on a circle of radius 1, then on one of radius 0.5: shape (size, 2)."""
    sizes = size // 2, size - size // 2
    angles = np.concatenate([np.linspace(0, 2 * np.pi, each, endpoint=False) for each in sizes])
    points: Numbers = np.repeat([1.0, 0.5], sizes)[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return points


def spirals(size: int) -> Numbers:
    """Evenly spaced points on the two arms of a spiral, one and a half turns each: shape (size, 2)."""
    arm = balanced(size)
    along = np.concatenate([np.linspace(0.1, 1, size // 2), np.linspace(0.1, 1, size - size // 2)])
    angles = along * 3 * np.pi + arm * np.pi
    points: Numbers = 1.5 * along[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return points


def noisy_digits(noise: float, rng: np.random.Generator) -> Draw:
    """Noisy 8 x 8 images of handwritten 3s and 8s, projected on their first two principal components.

    Half of the images are for training and half for testing, so no image is in both. Each draw adds new noise.
    """
    from sklearn.decomposition import PCA

    table = load_digits()
    chosen = np.isin(table.y, DIGITS)
    images, labels = table.x[chosen] / table.scale, (table.y[chosen] == DIGITS[1]).astype(np.int64)
    components = PCA(n_components=2, svd_solver="full").fit(images)
    parts = np.array_split(rng.permutation(len(images)), 2)

    def draw(size: int, rng: np.random.Generator, part: int) -> tuple[Numbers, Labels]:
        rows = rng.choice(parts[part], size)
        noisy = images[rows] + rng.normal(scale=noise, size=(size, images.shape[1]))
        return components.transform(noisy), labels[rows]

    return draw


GENERATED: dict[str, Callable[[float, np.random.Generator], Draw]] = {
    "moons": lambda noise, rng: on_curves(noise, moons),
    "circles": lambda noise, rng: on_curves(noise, circles),
    "spirals": lambda noise, rng: on_curves(noise, spirals),
    "digits": noisy_digits,
}

"""What the pages show: two 2-64-64-2 networks that train, without dropout and with it, and their pictures."""

from __future__ import annotations

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim

PLANE, UNIT, WIDTH, EDGES, CURVE = 48, 16, 64, 400, 200
STEPS = 4  # of training, for each frame
AIM = 1 / 60  # seconds from frame to frame that each page aims at
UNITS = 4 * WIDTH  # in two layers of two networks
ACROSS = 16  # units in a row of the picture


class StandIn:
    """The training, a frame at a time."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        angles, self.labels = rng.uniform(0, np.pi, 200), rng.integers(0, 2, 200)
        upper = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        points = np.where(self.labels[:, None] == 0, upper, [1, 0.5] - upper) + rng.normal(0, 0.2, (200, 2))
        self.points, self.rng = points.astype(np.float32), rng
        self.networks = [network(p) for p in (0.0, 0.5)]
        self.optimizers = [optim.Adam(model.parameters(), lr=0.003) for model in self.networks]
        self.losses: list[list[float]] = [[], []]
        self.number = 0

    def frame(self) -> dict[str, np.ndarray]:
        """Train a few steps, and draw.

        Returns:
            number: which frame this is, uint32 (1,); planes: uint8 (2, 48, 48); units: uint8 (256, 16, 16); edges:
            uint8 (2, 400, 3), the strongest of the second layer's weights as (from, to, strength); curves: float32
            (2, 200), the latest losses.
        """
        for _ in range(STEPS):
            batch = self.rng.integers(0, 200, 32)
            for model, optimizer, losses in zip(self.networks, self.optimizers, self.losses, strict=True):
                loss = F.cross_entropy(model.train()(self.points[batch]), self.labels[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
        self.number += 1
        planes, units = zip(*map(pictures, self.networks), strict=True)
        return {
            "number": np.array([self.number], np.uint32),
            "planes": np.stack(planes),
            "units": np.concatenate(units),
            "edges": np.stack([strongest(model[3].weight.data) for model in self.networks]),
            "curves": np.array([padded(losses) for losses in self.losses], np.float32),
        }

    def packed(self) -> bytes:
        """A frame as bytes: the arrays in their order, which drawing.js reads."""
        return b"".join(array.tobytes() for array in self.frame().values())


def network(p: float) -> nn.Sequential:
    """One of the two; both have the same initial weights."""
    rng, masks = np.random.default_rng(1), np.random.default_rng(2)
    hidden = [nn.Linear(WIDTH, WIDTH, rng=rng), nn.ReLU(), nn.Dropout(p, rng=masks)]
    first = [nn.Linear(2, WIDTH, rng=rng), nn.ReLU(), nn.Dropout(p, rng=masks)]
    return nn.Sequential(*first, *hidden, nn.Linear(WIDTH, 2, rng=rng))


def grid(side: int) -> np.ndarray:
    """The points of the plane, float32 (side * side, 2)."""
    x, y = np.meshgrid(np.linspace(-1.7, 2.7, side), np.linspace(1.8, -1.5, side))
    return np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float32)


POINTS = {side: grid(side) for side in (PLANE, UNIT)}


def pictures(model: nn.Sequential) -> tuple[np.ndarray, np.ndarray]:
    """The plane, uint8 (48, 48), and every hidden unit, uint8 (128, 16, 16)."""
    with td.no_grad():
        plane = F.softmax(model.eval()(POINTS[PLANE])).data[:, 1].reshape(PLANE, PLANE)
        first = model[:2](POINTS[UNIT]).data
        outputs = np.concatenate([first, model[3:5](first).data], axis=1).T.reshape(-1, UNIT, UNIT)
    largest = np.maximum(outputs.max(axis=(1, 2), keepdims=True), 1e-9)
    return (255 * plane).astype(np.uint8), (255 * outputs / largest).astype(np.uint8)


def strongest(weights: np.ndarray) -> np.ndarray:
    """The largest weights as (from, to, strength), uint8 (400, 3)."""
    sizes = np.abs(weights).ravel()
    places = np.argpartition(sizes, -EDGES)[-EDGES:]
    to, start = np.divmod(places, WIDTH)
    return np.stack([start, to, 255 * sizes[places] / sizes.max()], axis=1).astype(np.uint8)


def padded(losses: list[float]) -> list[float]:
    """The latest losses, padded with zeros at the front."""
    latest = losses[-CURVE:]
    return [0.0] * (CURVE - len(latest)) + latest

"""A learner's dropout layer as the conformance kit sees it: a part that is not written yet ends the examination."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_dropout.conformance import GraphLayer
from tinygrad_dropout.conformance.guarded import Array, Make
from tinygrad_dropout.conformance.report import CannotDrive


class WholeLayers:
    """Makes the learner's layers, and notices a NotImplementedError, which the kit would treat as just another mistake.

    Args:
        make: as in `conformance.check_dropout`.

    Attributes:
        unwritten: the first NotImplementedError that was raised; None if there was none.
    """

    def __init__(self, make: Make) -> None:
        self.make = make
        self.unwritten: NotImplementedError | None = None

    def __call__(self, p: float, rng: np.random.Generator) -> WholeLayer:
        layer = self.attempt(lambda: self.make(p, rng))
        return WholeGraphLayer(self, layer) if isinstance(layer, GraphLayer) else WholeLayer(self, layer)

    def attempt(self, action: Callable[[], Any]) -> Any:
        """The result of a call of the learner's code.

        Raises:
            CannotDrive: it reached a part that is not written.
        """
        try:
            return action()
        except NotImplementedError as error:
            self.unwritten = self.unwritten or error
            raise CannotDrive("a part is not written yet") from error


class WholeLayer:
    """One of these layers; the only attribute that the kit sees is `training`.

    Args:
        layers: the object that made it.
        layer: the learner's layer.
    """

    def __init__(self, layers: WholeLayers, layer: Any) -> None:
        self.attempt, self.layer = layers.attempt, layer

    @property
    def training(self) -> bool:
        """Its mode."""
        return bool(self.layer.training)

    @training.setter
    def training(self, training: bool) -> None:
        self.layer.training = training

    def forward(self, x: Array) -> Any:
        """y."""
        return self.attempt(lambda: self.layer.forward(x))

    def backward(self, grad: Array) -> Any:
        """dL/dx."""
        return self.attempt(lambda: self.layer.backward(grad))


class WholeGraphLayer(WholeLayer, GraphLayer):
    """A layer that can run several forwards before their backwards."""

    def record(self, x: Array) -> tuple[Any, Callable[[Array], Any]]:
        """y, and the backward of this forward."""
        y, backward = self.attempt(lambda: self.layer.record(x))
        return y, lambda grad: self.attempt(lambda: backward(grad))

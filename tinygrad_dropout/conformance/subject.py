"""The layer under examination, called with care: it may raise, return nonsense or change what it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.conformance.report import Log, Violation

Array = npt.NDArray[Any]


class Layer(Protocol):
    """What a dropout layer must offer to be checked. It keeps p the probability that an element is dropped.

    One that has a graph, so that several forwards can wait for their backwards, also offers `record`.
    """

    training: bool

    def forward(self, x: Array) -> Array:
        """x with elements dropped while `training`, else x."""

    def backward(self, grad: Array) -> Array:
        """dL/dx of the last forward from dL/dy."""


#: make(p, rng) returns a new layer; rng is a numpy.random.Generator that it may draw from.
Make = Callable[[float, np.random.Generator], Any]


class Subject:
    """One layer, and what is noted of its behaviour.

    Args:
        make: makes the layer.
        p: the probability of dropping.
        rng: the generator that it gets.
        log: where faults are noted that do not stop the examination.
    """

    def __init__(self, make: Make, p: float, rng: np.random.Generator, log: Log) -> None:
        self.p, self.rng, self.log = p, rng, log
        try:
            self.layer = make(p, rng)
        except (Exception, SystemExit) as error:
            problem = f"making the layer with p = {p} raised {described(error)}"
            raise Violation("cannot-be-made", problem, "a layer") from error
        self.mode: bool | None = None

    def forward(self, x: Array, training: bool = True) -> Array:
        """y, for a copy of x."""
        self.set_training(training)
        return self.called("forward" if training else "eval", self.layer.forward, x, "x")

    def backward(self, grad: Array, training: bool = True) -> Array:
        """dL/dx, for a copy of grad."""
        return self.called("backward" if training else "eval-backward", self.layer.backward, grad, "g")

    def record(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        """y, and the backward of this very forward in training mode, of a layer that has a graph."""
        self.set_training(True)
        y, backward = self.layer.record(x.copy())
        return y, lambda grad: self.called("backward", backward, grad, "g")

    def set_training(self, training: bool) -> None:
        """Switch the mode, if it is another."""
        if training is self.mode:
            return
        try:
            self.layer.training = training
        except (Exception, SystemExit) as error:
            problem = f"setting its attribute `training` to {training} raised {described(error)}"
            raise Violation("training-cannot-be-set", problem, "an attribute that can be set") from error
        self.mode = training

    def called(self, phase: str, function: Callable[[Array], Any], array: Array, name: str) -> Array:
        """What the layer returns for the array, which must be an array of the same shape and dtype."""
        given = array.copy()
        try:
            out = function(given)
        except (Exception, SystemExit) as error:
            problem = f"{PHASES[phase]}, for {name} of shape {array.shape}, raised {described(error)}"
            raise Violation(f"{phase}-raises", problem, "an array of that shape") from error
        if out is None:
            problem = f"{PHASES[phase]} returned None"
            raise Violation(f"{phase}-returns-none", problem, "an array: is a `return` missing?")
        if not isinstance(out, np.ndarray):
            problem = f"{PHASES[phase]} returned a {type(out).__name__}"
            raise Violation(f"{phase}-returns-no-array", problem, "a NumPy array")
        if out.shape != array.shape:
            problem = f"{PHASES[phase]} returned shape {out.shape} for {name} of shape {array.shape}"
            raise Violation(f"{phase}-changes-the-shape", problem, f"shape {array.shape}")
        if out.dtype != array.dtype:
            problem = f"{PHASES[phase]} returned {out.dtype} for {name} of {array.dtype}"
            self.log.finding(f"{phase}-changes-the-dtype", problem, f"{array.dtype}")
        if not np.array_equal(given, array):
            index = tuple(int(i) for i in np.argwhere(given != array)[0])
            problem = (
                f"{PHASES[phase]} changed the {name} it was given: {name}{list(index)} was {array[index]:.4g} "
                f"and is {given[index]:.4g} now"
            )
            self.log.finding(f"{phase}-changes-{name}", problem, f"{name} as it was: work on a copy")
        return out


PHASES = {
    "forward": "forward in training mode",
    "backward": "backward after a forward in training mode",
    "eval": "forward in eval mode",
    "eval-backward": "backward after a forward in eval mode",
}


def described(error: BaseException) -> str:
    """An exception in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text:.200}" if text else type(error).__name__

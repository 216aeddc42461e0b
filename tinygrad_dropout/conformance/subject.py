"""The layer under examination, called with care: it may raise, return nonsense or change what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.conformance.report import Log, Violation, described

Array = npt.NDArray[Any]


class Layer(Protocol):
    """What a dropout layer must offer to be checked. It keeps p the probability that an element is dropped.

    One that has a graph, so that several forwards can wait for their backwards, is a `GraphLayer`.
    """

    training: bool

    def forward(self, x: Array) -> Array:
        """x with elements dropped while `training`, else x."""

    def backward(self, grad: Array) -> Array:
        """dL/dx of the last forward from dL/dy."""


#: make(p, rng) returns a new layer; rng is a numpy.random.Generator that it may draw from.
Make = Callable[[float, np.random.Generator], Layer]


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
        self.mode: bool | None = None
        with guarded("cannot-be-made", f"making the layer with p = {p}", "a layer"):
            self.layer: Any = make(p, rng)

    def forward(self, x: Array, training: bool = True) -> Array:
        """y, for a copy of x."""
        self.set_training(training)
        return self.called("forward" if training else "eval", self.method("forward"), x, "x")

    def backward(self, grad: Array, training: bool = True) -> Array:
        """dL/dx, for a copy of grad."""
        return self.called("backward" if training else "eval-backward", self.method("backward"), grad, "g")

    def method(self, name: str) -> Callable[[Array], Any]:
        """The layer's method of that name, which it may have since it was last called."""
        method: Callable[[Array], Any] | None = getattr(self.layer, name, None)
        if not callable(method):
            problem = f"what was made, a {type(self.layer).__name__}, has no method {name}"
            raise Violation(f"has-no-{name}", problem, "a layer with forward(x) and backward(g)")
        return method

    def record(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        """y, and the backward of this very forward in training mode, of a layer that has a graph."""
        self.set_training(True)
        y, backward = self.layer.record(x.copy())
        return y, lambda grad: self.called("backward", backward, grad, "g")

    def set_training(self, training: bool) -> None:
        """Switch the mode, if it is another."""
        if training is self.mode:
            return
        what = f"setting its attribute `training` to {training}"
        with guarded("training-cannot-be-set", what, "an attribute that can be set"):
            self.layer.training = training
        self.mode = training

    def called(self, phase: str, function: Callable[[Array], Any], array: Array, name: str) -> Array:
        """What the layer returns for the array, which must be a floating array of the same shape."""
        given = array.copy()
        what = f"{PHASES[phase]}, for {name} of shape {array.shape},"
        with guarded(f"{phase}-raises", what, "an array of that shape"):
            out = function(given)
        if out is None:
            problem = f"{PHASES[phase]} returned None"
            raise Violation(f"{phase}-returns-none", problem, "an array: is a `return` missing?")
        if not isinstance(out, np.ndarray) or isinstance(out, np.ma.MaskedArray):
            problem = f"{PHASES[phase]} returned a {type(out).__name__}"
            raise Violation(f"{phase}-returns-no-array", problem, "a NumPy array")
        out = np.asarray(out)  # not of a subclass, which may do as it likes
        if out.shape != array.shape:
            problem = f"{PHASES[phase]} returned shape {out.shape} for {name} of shape {array.shape}"
            raise Violation(f"{phase}-changes-the-shape", problem, f"shape {array.shape}")
        if out.dtype != array.dtype:
            fault = f"{phase}-changes-the-dtype", f"{PHASES[phase]} returned {out.dtype} for {name} of {array.dtype}"
            if out.dtype.kind != "f":
                raise Violation(*fault, f"{array.dtype}")
            self.log.finding(*fault, f"{array.dtype}")
        self.note_changes(phase, given, array, name)
        return out

    def note_changes(self, phase: str, given: Array, array: Array, name: str) -> None:
        """Whether the layer changed the copy that it was given."""
        code, expected = f"{phase}-changes-{name}", f"{name} as it was: work on a copy"
        if given.shape != array.shape or given.dtype != array.dtype:
            self.log.finding(code, f"{PHASES[phase]} gave the {name} it was given another shape or dtype", expected)
        elif not np.array_equal(given, array):
            index = tuple(int(i) for i in np.argwhere(given != array)[0])
            problem = (
                f"{PHASES[phase]} changed the {name} it was given: {name}{list(index)} was {array[index]:.4g} "
                f"and is {given[index]:.4g} now"
            )
            self.log.finding(code, problem, expected)


@contextmanager
def guarded(code: str, what: str, expected: str) -> Iterator[None]:
    """Inside, whatever is raised, but for Ctrl-C, is a Violation: `what` raised it."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise Violation(code, f"{what} raised {described(error)}", expected) from error


PHASES = {
    "forward": "forward in training mode",
    "backward": "backward after a forward in training mode",
    "eval": "forward in eval mode",
    "eval-backward": "backward after a forward in eval mode",
}

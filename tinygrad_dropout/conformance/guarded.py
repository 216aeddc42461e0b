"""Calls the layer under examination with care: it may raise, return nonsense or change its input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.conformance.report import CannotDrive, StopCheck
from tinygrad_dropout.mistakes import Finding, Mistake
from tinygrad_dropout.mistakes.dropout import layer as mistakes
from tinygrad_dropout.mistakes.dropout.phases import BACKWARD, EVAL, EVAL_BACKWARD, FORWARD, Phase
from tinygrad_dropout.sandbox import described

Array = npt.NDArray[Any]


class Layer(Protocol):
    """The interface that a dropout layer needs to be checked.

    A layer with a graph, which can run several forwards before their backwards, is a `GraphLayer`.
    """

    training: bool

    def forward(self, x: Array) -> Array:
        """x with elements dropped if `training`; otherwise x."""

    def backward(self, grad: Array) -> Array:
        """dL/dx for the last forward, from dL/dy."""


#: make(p, rng) returns a new layer; rng is a numpy.random.Generator that it may draw from.
Make = Callable[[float, np.random.Generator], Layer]


class GuardedLayer:
    """Wraps one layer. A mistake in a call either stops the question (`StopCheck`) or is noted.

    Args:
        make: makes the layer.
        p: the probability of dropping.
        rng: the layer's generator.
        note: called with each mistake in a call that still returned a result.
    """

    def __init__(self, make: Make, p: float, rng: np.random.Generator, note: Callable[[Finding], None]) -> None:
        self.p, self.rng, self.note = p, rng, note
        self.mode: bool | None = None
        with stopping_at(mistakes.CANNOT_BE_MADE, p=p):
            self.layer: Any = make(p, rng)

    def forward(self, x: Array, training: bool = True, same: bool = False) -> Array:
        """y for a copy of x, or, if `same`, for x itself, so that repeated calls get the same object."""
        self.set_training(training)
        return self.call(FORWARD if training else EVAL, self.method("forward"), x, same)

    def backward(self, grad: Array, training: bool = True) -> Array:
        """dL/dx for a copy of grad."""
        return self.call(BACKWARD if training else EVAL_BACKWARD, self.method("backward"), grad)

    def method(self, name: str) -> Callable[[Array], Any]:
        """The layer's method of that name, looked up for each call because a layer may create it in a call."""
        method: Callable[[Array], Any] | None = getattr(self.layer, name, None)
        if callable(method):
            return method
        problem = f"a {type(self.layer).__name__} has no method {name}."
        if name == "backward":
            raise CannotDrive(f"{problem} Examine only its forward with forward_only=True (--forward-only).")
        raise CannotDrive(problem, EXAMPLE)

    def record(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        """Run a forward of a layer with a graph in training mode; return y and the backward of exactly this forward."""
        self.set_training(True)
        backwards: list[Callable[[Array], Any]] = []

        def forward(array: Array) -> Any:
            y, backward = self.layer.record(array)
            backwards.append(backward)
            return y

        y = self.call(FORWARD, forward, x)
        return y, lambda grad: self.call(BACKWARD, backwards[0], grad)

    def set_training(self, training: bool) -> None:
        """Switch the mode, unless it is already set."""
        if training is self.mode:
            return
        with stopping_at(mistakes.MODE_CANNOT_BE_SET, training=training):
            self.layer.training = training
        self.mode = training

    def call(self, phase: Phase, function: Callable[[Array], Any], array: Array, same: bool = False) -> Array:
        """Call the layer's function; return its result, which must be a floating-point array of the same shape."""
        given = before = array
        if not same:
            copy = array.copy(order="K")
            given, before = (copy, array) if array.flags.forc else (array, copy)  # a copy would have another layout
        try:
            out = function(given)
        except (KeyboardInterrupt, CannotDrive):
            raise
        except BaseException as error:
            raise StopCheck(phase.raises.seen(error=described(error), shape=array.shape)) from error
        if out is None:
            raise StopCheck(phase.returns_none.seen())
        if not isinstance(out, np.ndarray) or isinstance(out, np.ma.MaskedArray):
            raise StopCheck(phase.returns_no_array.seen(type=type(out).__name__))
        out = np.asarray(out)  # not a subclass, which may behave differently
        if out.shape != array.shape:
            raise StopCheck(phase.changes_the_shape.seen(got=out.shape, shape=array.shape))
        if out.dtype != array.dtype:
            if out.dtype == np.bool_:
                raise StopCheck(phase.returns_a_mask.seen())
            if out.dtype.kind != "f":
                raise StopCheck(phase.changes_the_kind.seen(got=out.dtype, dtype=array.dtype))
            self.note(phase.changes_the_dtype.seen(got=out.dtype, dtype=array.dtype))
        if not same:
            self.note_changes(phase, given, before)
        return out

    def note_changes(self, phase: Phase, given: Array, before: Array) -> None:
        """Note a mistake if the layer changed the array that it was given."""
        if given.shape != before.shape or given.dtype != before.dtype:
            self.note(phase.reshapes_its_input.seen())
        elif not (given == before).all() and not np.array_equal(given, before, equal_nan=True):
            index = tuple(int(i) for i in np.argwhere(given != before)[0])
            self.note(phase.changes_its_input.seen(index=list(index), before=before[index], after=given[index]))


@contextmanager
def stopping_at(mistake: Mistake, **figures: Any) -> Iterator[None]:
    """Inside, any exception except Ctrl-C is this mistake."""
    try:
        yield
    except (KeyboardInterrupt, CannotDrive):
        raise
    except BaseException as error:
        raise StopCheck(mistake.seen(error=described(error), **figures)) from error


EXAMPLE = """\
class Mine:
    def __init__(self, p, rng):         # p: the probability of dropping; rng: a numpy.random.Generator
        self.layer, self.training = YourDropout(p), True

    def forward(self, x):               # x: an ndarray
        return self.layer(x, training=self.training)

    def backward(self, grad):           # dL/dx from dL/dy
        return self.layer.backward(grad)
"""

"""The layer under examination, called with care: it may raise, return nonsense or change what it is given."""

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


class GuardedLayer:
    """One layer. What it does wrong in a call either stops the question (`StopCheck`) or is noted.

    Args:
        make: makes the layer.
        p: the probability of dropping.
        rng: the generator that it gets.
        note: is told of what is wrong with a call that still gave an answer.
    """

    def __init__(self, make: Make, p: float, rng: np.random.Generator, note: Callable[[Finding], None]) -> None:
        self.p, self.rng, self.note = p, rng, note
        self.mode: bool | None = None
        with stopping_at(mistakes.CANNOT_BE_MADE, p=p):
            self.layer: Any = make(p, rng)

    def forward(self, x: Array, training: bool = True, same: bool = False) -> Array:
        """y, for a copy of x; or, cheaply, for x itself, where it is to be the same object as in the last call."""
        self.set_training(training)
        return self.called(FORWARD if training else EVAL, self.method("forward"), x, same)

    def backward(self, grad: Array, training: bool = True) -> Array:
        """dL/dx, for a copy of grad."""
        return self.called(BACKWARD if training else EVAL_BACKWARD, self.method("backward"), grad)

    def method(self, name: str) -> Callable[[Array], Any]:
        """The layer's method of that name, which it may have since it was last called."""
        method: Callable[[Array], Any] | None = getattr(self.layer, name, None)
        if callable(method):
            return method
        problem = f"what was made, a {type(self.layer).__name__}, has no method {name}."
        if name == "backward":
            raise CannotDrive(f"{problem} Examine its forward alone with forward_only=True (--forward-only).")
        raise CannotDrive(problem, EXAMPLE)

    def record(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        """y, and the backward of this very forward in training mode, of a layer that has a graph."""
        self.set_training(True)
        backwards: list[Callable[[Array], Any]] = []

        def forward(array: Array) -> Any:
            y, backward = self.layer.record(array)
            backwards.append(backward)
            return y

        y = self.called(FORWARD, forward, x)
        return y, lambda grad: self.called(BACKWARD, backwards[0], grad)

    def set_training(self, training: bool) -> None:
        """Switch the mode, if it is another."""
        if training is self.mode:
            return
        with stopping_at(mistakes.MODE_CANNOT_BE_SET, training=training):
            self.layer.training = training
        self.mode = training

    def called(self, phase: Phase, function: Callable[[Array], Any], array: Array, same: bool = False) -> Array:
        """What the layer returns for the array, which must be a floating array of the same shape."""
        given = before = array
        if not same:
            copy = array.copy(order="K")
            given, before = (copy, array) if array.flags.forc else (array, copy)  # a copy has another layout
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
        out = np.asarray(out)  # not of a subclass, which may do as it likes
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
        """Whether the layer changed the array that it was given."""
        if given.shape != before.shape or given.dtype != before.dtype:
            self.note(phase.reshapes_what_it_is_given.seen())
        elif not (given == before).all() and not np.array_equal(given, before, equal_nan=True):
            index = tuple(int(i) for i in np.argwhere(given != before)[0])
            self.note(phase.changes_what_it_is_given.seen(index=list(index), before=before[index], after=given[index]))


@contextmanager
def stopping_at(mistake: Mistake, **figures: Any) -> Iterator[None]:
    """Inside, whatever is raised, but for Ctrl-C, is this mistake."""
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

"""The layers that `of` makes: something to call, how to switch its mode, and how to convert its arrays or tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter
from typing import Any

import numpy as np

from tinygrad_dropout.conformance.adapters.calling import Call
from tinygrad_dropout.conformance.adapters.roles import CACHE, DROPPED, GRAD, KEEP, MASK, MODES, P, X
from tinygrad_dropout.conformance.adapters.switching import Switch
from tinygrad_dropout.conformance.adapters.tapes.own_tensors import OWN_GRAPH
from tinygrad_dropout.conformance.adapters.tapes.tape import Tape
from tinygrad_dropout.conformance.adapters.values import Source, Values
from tinygrad_dropout.conformance.graph_layer import GraphLayer
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.conformance.report import CannotDrive

Passed = tuple[Any, Any]


class Method:
    """A function or an object's method that is called with x and its other arguments.

    Args:
        target: the function, or the object.
        name: the name of the method; "" for a function.
        call: how to call it.
        source: where its other arguments come from.
    """

    def __init__(self, target: Any, name: str, call: Call, source: Source) -> None:
        self.target, self.name, self.call, self.source = target, name, call, source
        self.takes_x_only = [role for _, role in call.parameters] == [X]

    def __call__(self, training: bool, shape: tuple[int, ...], **values: Any) -> Any:
        """Call it in a mode, for an x of this shape, with these values for further roles."""
        if self.takes_x_only and X in values:
            return (getattr(self.target, self.name) if self.name else self.target)(values[X])
        positional, keywords = self.call.arguments(self.source.of_a_call(training, shape) | constants(values))
        function = getattr(self.target, self.name) if self.name else self.target
        return function(*positional, **keywords)


def constants(values: Mapping[str, Any]) -> Values:
    """Turn existing values into functions that return them."""

    def giving(value: Any) -> Callable[[Parameter], Any]:
        return lambda parameter: value

    return {role: giving(value) for role, value in values.items()}


class Driver:
    """A forward and how to switch its mode.

    Args:
        forward: the method to call.
        switch: how to switch the target; None if the mode is an argument or belongs to the framework.
        left_out: whether it has no eval mode, so that networks must skip it in eval mode.
    """

    def __init__(self, forward: Method, switch: Switch | None = None, left_out: bool = False) -> None:
        self.forward, self.switch, self.left_out = forward, switch, left_out
        self.training = True
        self.shape: tuple[int, ...] = ()  # of the next x, whose tensor may have no shape
        self.mask: Array | None = None

    def set_training(self, training: bool) -> None:
        """Switch the mode."""
        if self.switch is not None:
            self.switch.set(self.forward.target, training)
        self.training = training

    def __call__(self, x: Any) -> Passed:
        """y, and anything else that was returned."""
        if self.left_out and not self.training:
            return x, None
        given: dict[str, Any] = {X: x}
        if self.forward.call.has((MASK, DROPPED)):
            self.mask = self.forward.source.mask(self.training, self.shape)
            given |= {MASK: self.mask, DROPPED: ~self.mask}
            if not self.forward.call.has(MODES) and not self.training:
                given |= {P: 0.0, KEEP: 1.0}
        return self.parted(self.forward(self.training, self.shape, **given))

    def parted(self, returned: Any) -> Passed:
        """y, and anything else that was returned."""
        if returned is None and self.leaves_its_output_in_an_attribute:
            return self.forward.target.output, None
        if isinstance(returned, tuple) and len(returned) >= 2:
            return returned[0], returned[1] if len(returned) == 2 else returned[1:]
        return returned, None

    @property
    def leaves_its_output_in_an_attribute(self) -> bool:
        """Whether it sets `self.output` in forward and `self.dinputs` in backward, as a well-known book does."""
        return {"output", "dinputs"} <= set(self.forward.source.words) and hasattr(self.forward.target, "output")


class ArrayLayer:
    """A layer with its own backward function, on ndarrays or on tensors made from them.

    Args:
        driver: drives its forward.
        back: its backward, or None.
        missing: raised if backward is called and there is none.
        tape: makes the tensors that it takes; None for ndarrays.
    """

    def __init__(self, driver: Driver, back: Method | None, missing: CannotDrive, tape: Tape | None = None) -> None:
        self.driver, self.back, self.missing, self.tape = driver, back, missing, tape
        self.dtypes = () if tape is None else tape.dtypes
        self.extra: Any = None
        self.returned_mask: Array | None = None
        self.x: Any = None
        self.not_checked = NOT_CHECKED if driver.left_out else ()

    @property
    def training(self) -> bool:
        """The mode."""
        return self.driver.training

    @training.setter
    def training(self, training: bool) -> None:
        self.driver.set_training(training)

    def forward(self, x: Array) -> Any:
        """y."""
        self.x, self.forward_mode = self.to_input(x), self.driver.training
        self.driver.shape = x.shape
        out, self.extra = self.driver(self.x)
        if not isinstance(out, np.ndarray) and self.tape is None and callable(getattr(out, "backward", None)):
            raise CannotDrive(
                f"forward returned a {type(out).__name__} for an ndarray. Name its tensor class with "
                f"tensors={type(out).__name__}, or write a GraphLayer.",
                OWN_GRAPH.format(tensor=type(out).__name__),
            )
        y = self.to_array(out)
        self.returned_mask = mask_in(self.extra, x, y)
        return y

    def to_input(self, array: Array) -> Any:
        """Convert an array to what the layer takes."""
        return array if self.tape is None else self.tape.tensor(array)

    def to_array(self, out: Any) -> Any:
        """Convert what the layer returned to an array."""
        return out if self.tape is None or out is None else self.tape.array(out)

    def backward(self, grad: Array) -> Any:
        """dL/dx of the last forward."""
        assert self.x is not None, "backward was called before any forward"
        return self.to_array(self.gradient(self.to_input(grad)))

    def gradient(self, grad: Any) -> Any:
        """dL/dx as the layer returns it."""
        if self.driver.left_out and not self.forward_mode:
            return grad
        if callable(self.extra):
            return self.extra(grad)
        if self.back is None:
            later = getattr(self.driver.forward.target, "backward", None)  # forward may have created it
            if not callable(later) or not self.driver.forward.name:
                raise self.missing
            return later(grad)
        mask = self.driver.mask if self.driver.mask is not None else self.extra
        values = {GRAD: grad, X: self.x, CACHE: self.extra}
        values |= {MASK: mask} | ({DROPPED: ~mask} if isinstance(mask, np.ndarray) and mask.dtype == bool else {})
        if self.driver.mask is not None and not self.forward_mode and not self.driver.forward.call.has(MODES):
            values |= {P: 0.0, KEEP: 1.0}
        gradient = self.back(self.forward_mode, self.driver.shape, **values)
        if gradient is None and self.driver.leaves_its_output_in_an_attribute:
            return self.driver.forward.target.dinputs
        return gradient


class TapedLayer(GraphLayer):
    """A layer on a framework's tensors.

    Args:
        driver: drives its forward.
        tape: the framework.
    """

    def __init__(self, driver: Driver, tape: Tape) -> None:
        super().__init__(driver.forward.target)
        self.driver, self.tape = driver, tape
        self.dtypes = tape.dtypes
        self.returned_mask: Array | None = None
        self.not_checked = NOT_CHECKED if driver.left_out else ()

    @property
    def training(self) -> bool:
        """The mode."""
        return self.driver.training

    @training.setter
    def training(self, training: bool) -> None:
        self.driver.set_training(training)

    def record(self, x: Array) -> tuple[Any, Callable[[Array], Any]]:
        self.driver.shape = x.shape
        with self.tape.mode(self.driver.training):
            y, extra, backward = self.tape.record(self.driver, x)
        self.returned_mask = mask_in(extra, x, y)
        return y, self.in_this_mode(backward) if self.tape.replays else backward

    def in_this_mode(self, backward: Callable[[Array], Any]) -> Callable[[Array], Any]:
        """A backward that calls the layer again, in the mode of its forward."""
        mode = self.driver.training

        def same(grad: Array) -> Any:
            now = self.driver.training
            self.driver.set_training(mode)
            try:
                return backward(grad)
            finally:
                self.driver.set_training(now)

        return same


def taped(driver: Driver, tape: Tape) -> Any:
    """A layer on tensors; only its last forward has a backward if the framework cannot keep two forwards apart."""
    layer = TapedLayer(driver, tape)
    return layer if tape.keeps_forwards_apart else OneForward(layer)


class OneForward:
    """A taped layer of which only the last forward has a backward."""

    def __init__(self, layer: TapedLayer) -> None:
        self.layer, self.dtypes, self.not_checked = layer, layer.dtypes, layer.not_checked

    @property
    def training(self) -> bool:
        """The mode."""
        return self.layer.training

    @training.setter
    def training(self, training: bool) -> None:
        self.layer.training = training

    @property
    def returned_mask(self) -> Array | None:
        """The mask that the last forward returned with y."""
        return self.layer.returned_mask

    def forward(self, x: Array) -> Any:
        """y."""
        return self.layer.forward(x)

    def backward(self, grad: Array) -> Any:
        """dL/dx of the last forward."""
        return self.layer.backward(grad)


class SizedLayer:
    """A layer whose constructor needs the size of x, so it is made when x is known, and made again for another size.

    Args:
        make: makes the layer for a shape.
    """

    def __init__(self, make: Callable[[tuple[int, ...]], Any]) -> None:
        self.make, self.training = make, True
        self.shape: tuple[int, ...] = (3, 4)
        self.layer = make(self.shape)  # so that an invalid p raises now
        self.dtypes = getattr(self.layer, "dtypes", ())

    def forward(self, x: Array) -> Any:
        """y."""
        if x.shape != self.shape:
            self.layer, self.shape = self.make(x.shape), x.shape
        self.layer.training = self.training
        return self.layer.forward(x)

    def backward(self, grad: Array) -> Any:
        """dL/dx of the last forward."""
        return self.layer.backward(grad)


def mask_in(extra: Any, x: Array, y: Any) -> Array | None:
    """The mask that was returned with y, True where kept; None if what was returned is not a mask."""
    if extra is None or callable(extra) or tuple(getattr(extra, "shape", ())) != x.shape or not x.size:
        return None
    mask = np.array(extra.detach() if hasattr(extra, "detach") else extra)
    if mask.dtype != bool and len(np.unique(mask)) > 2:
        return None  # x itself, or something else that backward needs
    kept: Array = mask != 0
    return ~kept if np.array_equal(kept, np.asarray(y) == 0) else kept  # some layers return which elements were dropped


NOT_CHECKED = ("eval mode: this dropout has none, since networks skip it in eval mode",)

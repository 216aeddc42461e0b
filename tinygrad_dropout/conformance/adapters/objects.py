"""Objects that are layers, plain ones and framework modules."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from tinygrad_dropout.conformance.adapters.advice import adapter
from tinygrad_dropout.conformance.adapters.calling import Call, read_call, read_call_of_x
from tinygrad_dropout.conformance.adapters.functions import BACKWARD_ROLES, FORWARD_ROLES, backward_call
from tinygrad_dropout.conformance.adapters.layers import ArrayLayer, Driver, Method, taped
from tinygrad_dropout.conformance.adapters.reading import may_return_more
from tinygrad_dropout.conformance.adapters.roles import CACHE, DROPPED, GRAD, MASK, MODES, OPTIONS, SIZES, X
from tinygrad_dropout.conformance.adapters.switching import Switch, switch_of
from tinygrad_dropout.conformance.adapters.tapes.known import package_of_tape
from tinygrad_dropout.conformance.adapters.tapes.tape import Tape
from tinygrad_dropout.conformance.adapters.unclear import ModeFinder
from tinygrad_dropout.conformance.adapters.values import Source
from tinygrad_dropout.conformance.report import CannotDrive

FORWARDS = ("forward", "__call__", "call", "forward_pass", "forward_propagation", "forward_prop", "fprop", "apply")
BACKWARDS = (
    "backward",
    "backward_pass",
    "backward_propagation",
    "backward_prop",
    "backprop",
    "back_propagation",
    "backpropagate",
    "bprop",
)


def method_named(made: Any, names: tuple[str, ...]) -> str | None:
    """The first of these methods that an object has."""
    return next((name for name in names if callable(getattr(made, name, None))), None)


def is_native(made: Any, words: Collection[str]) -> bool:
    """Whether the kit can call it without an adapter: forward(x), backward(grad) and an attribute `training`."""
    if not callable(getattr(made, "forward", None)) or not hasattr(made, "training") or not hasattr(made, "backward"):
        return False
    if {"output", "dinputs"} <= set(words) or may_return_more(made.forward):
        return False
    call = read_call(made.forward, FORWARD_ROLES, first=X)
    back = getattr(made, "backward", None)
    back_call = read_call(back, BACKWARD_ROLES, first=GRAD) if callable(back) else None
    plain = call is None or (not call.unclear and not call.has((*MODES, MASK, DROPPED)))
    return plain and (back_call is None or not back_call.unclear)


def object_layer(
    made: Any,
    again: Callable[[], Any],
    name: str,
    make: str,
    source: Source,
    tape: Tape | None,
    mode_finder: ModeFinder,
) -> Any:
    """A layer that calls an object's methods.

    Args:
        made: the object.
        again: makes another one to try things on.
        name: the name of its class.
        make: the code that makes it from p and rng.
        source: where its arguments come from.
        tape: for its tensors; None for ndarrays.
        mode_finder: finds the mode if no name says it.
    """
    back = method_named(made, BACKWARDS)
    forward = method_named(made, FORWARDS)
    if forward is None:
        there = [key for key in dir(made) if not key.startswith("_") and callable(getattr(made, key, None))]
        methods = f"its methods are {', '.join(there)}" if there else "it has no methods"
        first = there[0] if there else "forward"
        raise CannotDrive(
            f"a {name} has no method forward and cannot be called; {methods}.",
            adapter(make, f"self.layer.{first}(x)"),
        )
    call = read_call_of_x(getattr(made, forward), FORWARD_ROLES, {MASK, DROPPED, OPTIONS, *SIZES})
    return module_layer(made, forward, call, again, name, make, source, tape, mode_finder, back)


def module_layer(
    made: Any,
    forward: str,
    call: Call,
    again: Callable[[], Any],
    name: str,
    make: str,
    source: Source,
    tape: Tape | None,
    mode_finder: ModeFinder,
    back: str | None = None,
    method: type[Method] = Method,
) -> Any:
    """A layer around an object whose forward method is known."""
    shown = forward if forward != "__call__" else ""
    y = f"self.layer.{shown}(x)" if shown else "self.layer(x)"

    def build_with(target: Any, call: Call, switch: Switch | None) -> Any:
        driver = Driver(method(target, forward, call, source), switch)
        if tape is not None and back is None:
            return taped(driver, tape)
        return ArrayLayer(driver, back_of(target, back, source), missing(name), tape)

    switch = None if call.has((*MODES, MASK, DROPPED)) else switch_of(made, source.words)
    has_mode = switch is not None or call.has((*MODES, MASK, DROPPED)) or (tape is not None and tape.has_mode)
    if call.unclear or not has_mode:
        found = mode_finder(call, lambda tried: build_with(again(), tried, switch))
        if found is not None:
            return build_with(made, found, switch)
        if call.unclear:
            names = ", ".join(parameter.name for parameter in call.unclear)
            arguments = ", ".join(f"{parameter.name}=self.training" for parameter in call.unclear)
            raise CannotDrive(
                f"{name}.{forward} needs {names}: the name does not say what to pass.",
                adapter(
                    make,
                    y.replace("(x)", f"(x, {arguments})"),
                    f"self.layer.{back}(grad)" if back else None,
                    tensors=package_of_tape(tape) if back is None else None,
                ),
            )
        raise CannotDrive(
            f"a {name} cannot be switched to eval mode: it has no attribute such as `training`, no methods train() and "
            f"eval(), and no such argument of {forward}. The code below is for networks that skip it in eval mode.",
            adapter(
                make,
                f"{y} if self.training else x",
                f"self.layer.{back}(grad) if self.training else grad" if back else None,
                tensors=package_of_tape(tape) if back is None else None,
            ),
        )
    return build_with(made, call, switch)


def back_of(target: Any, back: str | None, source: Source) -> Method | None:
    """An object's backward, and how to call it."""
    if back is None:
        return None
    call = read_call(getattr(target, back), BACKWARD_ROLES, first=GRAD)
    if call is not None and CACHE not in call.roles:
        call = backward_call(call, back)
    return Method(target, back, call or Call([]), source)


def missing(name: str) -> CannotDrive:
    """What to say if there is no backward."""
    return CannotDrive(
        f"a {name} has no method backward. Examine only its forward with forward_only=True (--forward-only). If it "
        f"takes tensors, say which: of({name}, tensors='torch'), or your own tensor class."
    )

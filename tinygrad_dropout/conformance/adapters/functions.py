"""Dropout as a function of x, with or without a backward function, and with masks passed in or returned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from inspect import signature
from typing import Any

from tinygrad_dropout.conformance.adapters.advice import adapter
from tinygrad_dropout.conformance.adapters.calling import Call, read_call
from tinygrad_dropout.conformance.adapters.layers import ArrayLayer, Driver, Method, taped
from tinygrad_dropout.conformance.adapters.reading import name_of
from tinygrad_dropout.conformance.adapters.roles import (
    CACHE,
    DROPPED,
    GRAD,
    KEEP,
    MASK,
    MODES,
    OPTIONS,
    PROBABILITIES,
    RANDOMNESS,
    SIZES,
    P,
    X,
)
from tinygrad_dropout.conformance.adapters.tapes.tape import Tape
from tinygrad_dropout.conformance.adapters.unclear import ModeFinder
from tinygrad_dropout.conformance.adapters.values import Source
from tinygrad_dropout.conformance.report import CannotDrive

FORWARD_ROLES = {X, *PROBABILITIES, *RANDOMNESS, *MODES, *SIZES, MASK, DROPPED, OPTIONS}
BACKWARD_ROLES = {GRAD, CACHE, X, MASK, DROPPED, *PROBABILITIES, *MODES, OPTIONS}
ONLY_IF_REQUIRED = {MASK, DROPPED, OPTIONS, *SIZES}


def forward_call(function: Callable[..., Any], p_is_bound: bool = False) -> Call | None:
    """How to call a function of x; None if it is not one, since it may be a function that makes layers."""
    call = read_call(function, FORWARD_ROLES, required_only=ONLY_IF_REQUIRED)
    if call is None or not call.parameters:
        return None
    if call.has((*PROBABILITIES, MASK, DROPPED)):  # then a parameter that might be options is something else
        call = read_call(function, FORWARD_ROLES - {OPTIONS}, required_only=ONLY_IF_REQUIRED)
        assert call is not None
    if X not in call.roles and not (call.unclear and call.parameters[0][0] is call.unclear[0]):
        return None
    if X not in call.roles and not p_is_bound and not call.has((*PROBABILITIES, MASK, DROPPED, OPTIONS)):
        return None
    return with_one_x(call)


def with_one_x(call: Call) -> Call:
    """Make only one parameter x: the first whose name fits, or else the very first."""
    x = next((parameter for parameter, role in call.parameters if role == X), call.parameters[0][0])
    parameters = [
        (parameter, X if parameter is x else None if role == X else role) for parameter, role in call.parameters
    ]
    unclear = [parameter for parameter, role in parameters if role is None and parameter.default is parameter.empty]
    return replace(call, parameters=parameters, unclear=unclear)


def function_layer(
    function: Callable[..., Any],
    call: Call,
    backward: Callable[..., Any] | None,
    source: Source,
    tape: Tape | None,
    mode_finder: ModeFinder,
    p_is_bound: bool = False,
) -> Any:
    """A layer that calls a function.

    Args:
        function: computes y from x, p and its other arguments.
        call: how to call it.
        backward: computes dL/dx; None if a tape does, or if there is no backward.
        source: where its arguments come from.
        tape: for its tensors; None for ndarrays.
        mode_finder: finds the mode if no parameter's name says it.
        p_is_bound: whether the function was made for this p.
    """
    name = name_of(function)
    if not p_is_bound and not call.has((*PROBABILITIES, OPTIONS)):
        raise CannotDrive(
            f"{name}{signature(function)} has no parameter for p.",
            f"def make(p, rng):\n    return lambda x: {name}(x)  # set p here\n",
        )

    def build(call: Call, source: Source) -> Any:
        left_out = not call.has((*MODES, MASK, DROPPED, OPTIONS)) and not (tape is not None and tape.has_mode)
        driver = Driver(Method(function, "", call, source), left_out=left_out)
        if tape is not None and backward is None:
            return taped(driver, tape)
        return ArrayLayer(driver, backward_method(backward, source), no_backward(name), tape)

    if not call.has(MODES):
        call = mode_finder(call, lambda tried: build(tried, source.for_a_trial())) or call
    if call.unclear:
        names = ", ".join(parameter.name for parameter in call.unclear)
        raise CannotDrive(
            f"{name}{signature(function)} needs {names}: the name does not say what to pass.",
            function_as_code(name, call, backward),
        )
    return build(call, source)


def backward_method(backward: Callable[..., Any] | None, source: Source) -> Method | None:
    """A backward function, and how to call it."""
    if backward is None:
        return None
    call = read_call(backward, BACKWARD_ROLES, required_only={OPTIONS})
    if call is None:
        raise CannotDrive(f"the parameters of {name_of(backward)} cannot be read because it is written in C.")
    return Method(backward, "", backward_call(call, name_of(backward)), source)


def backward_call(call: Call, name: str) -> Call:
    """How to call a backward: the gradient and the cache may have any names if no other parameter is unclear."""
    parameters, unclear = list(call.parameters), list(call.unclear)
    for role in (GRAD, CACHE):
        if role in call.roles or not unclear or (role == CACHE and {MASK, DROPPED} & call.roles):
            continue
        place = next(index for index, (parameter, _) in enumerate(parameters) if parameter is unclear[0])
        parameters[place] = (unclear.pop(0), role)
    if unclear:
        names = ", ".join(parameter.name for parameter in unclear)
        raise CannotDrive(f"{name} needs {names}: the name does not say what to pass.")
    return replace(call, parameters=parameters, unclear=[])


def no_backward(name: str) -> CannotDrive:
    """What to say if there is no backward."""
    return CannotDrive(
        f"{name} has no backward. Examine only its forward with forward_only=True (--forward-only), or name the "
        "function that computes dL/dx.",
        f"of({name}, backward={name}_backward)     # called with dL/dy and what {name} returned in addition to y\n",
    )


def function_as_code(name: str, call: Call, backward: Callable[..., Any] | None) -> str:
    """A class around the function, with a place for each unclear argument."""
    words = {X: "x", P: "self.p", KEEP: "1 - self.p", "rng": "self.rng", "training": "self.training"}
    words |= {"evaluating": "not self.training", "seed": "int(self.rng.integers(2**31))"}
    arguments = []
    for parameter, role in call.parameters:
        if role in words and role is not None:
            arguments.append(f"{parameter.name}={words[role]}")
        elif parameter in call.unclear:
            arguments.append(f"{parameter.name}=self.training")
    lines = f"{name}({', '.join(arguments)})"
    gradient = None if backward is None else f"{name_of(backward)}(grad, self.cache)"
    text = adapter("None", lines, gradient, "self.p, self.rng = p, rng")
    if backward is not None:
        text = text.replace(f"        return {lines}", f"        y, self.cache = {lines}\n        return y")
    return text.replace("self.layer, self.training = None, True", "self.training = True")

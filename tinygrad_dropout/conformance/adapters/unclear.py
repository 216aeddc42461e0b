"""Arguments that may be the mode: trying both values shows which one is training mode."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from tinygrad_dropout.conformance.adapters.calling import Call
from tinygrad_dropout.conformance.adapters.roles import EVALUATING, TRAINING
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.conformance.report import CannotDrive

Build = Callable[[Call], Any]

IRRELEVANT = {"inplace", "verbose", "debug", "copy", "retain_derived", "retain_graph", "cache", "bias", "use_bias"}


class ModeFinder:
    """Finds the mode among the parameters of a call, once for all layers of one kind."""

    def __init__(self) -> None:
        self.tried = False
        self.found: tuple[str, str] | None = None

    def __call__(self, call: Call, build: Build) -> Call | None:
        """Return the call with its mode identified; None if none of its parameters is a mode.

        Args:
            call: has no parameter whose name means the mode.
            build: makes a separate layer with p = 0.5 that uses the call.
        """
        if not self.tried:
            self.tried = True
            self.found = next(
                (
                    (name, role)
                    for name in candidates(call)
                    for role in (TRAINING, EVALUATING)
                    if switches(build, with_role(call, name, role))
                ),
                None,
            )
        return None if self.found is None else with_role(call, *self.found)


def candidates(call: Call) -> list[str]:
    """The parameters that may be the mode: the only unclear one, or else those whose default is True or False."""
    if call.unclear:
        return [parameter.name for parameter in call.unclear] if len(call.unclear) == 1 else []
    return [
        parameter.name
        for parameter, role in call.parameters
        if role is None and isinstance(parameter.default, bool) and parameter.name not in IRRELEVANT
    ]


def with_role(call: Call, name: str, role: str) -> Call:
    """The call with another meaning for one of its parameters."""
    parameters = [(parameter, role if parameter.name == name else given) for parameter, given in call.parameters]
    unclear = [parameter for parameter in call.unclear if parameter.name != name]
    return replace(call, parameters=parameters, unclear=unclear)


def switches(build: Build, call: Call) -> bool:
    """Whether a layer that uses this call drops in training mode and not in eval mode."""
    x = np.ones((32, 64), dtype=np.float32)
    seen = [drops(build(call), x, training) for training in (True, False)]
    return seen == [True, False]


def drops(layer: Any, x: Array, training: bool) -> bool | None:
    """Whether a forward in that mode gives zeros; None if it raises."""
    try:
        layer.training = training
        return bool((np.asarray(layer.forward(x)) == 0).any())
    except CannotDrive:
        raise
    except Exception:
        return None

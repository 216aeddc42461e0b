"""Layers of known frameworks: how to call and switch each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from inspect import Parameter
from typing import Any

from tinygrad_dropout.conformance.adapters.calling import read_call_of_x
from tinygrad_dropout.conformance.adapters.functions import FORWARD_ROLES
from tinygrad_dropout.conformance.adapters.layers import Driver, Method, TapedLayer, constants
from tinygrad_dropout.conformance.adapters.objects import module_layer
from tinygrad_dropout.conformance.adapters.roles import (
    DROPPED,
    EVALUATING,
    KEY,
    MASK,
    MODES,
    OPTIONS,
    ROLES,
    SIZES,
    TRAINING,
)
from tinygrad_dropout.conformance.adapters.tapes.jax import key
from tinygrad_dropout.conformance.adapters.tapes.known import TAPES
from tinygrad_dropout.conformance.adapters.unclear import ModeFinder
from tinygrad_dropout.conformance.adapters.values import Source

ANY = Parameter("any", Parameter.KEYWORD_ONLY)
#: package -> the method whose parameters count; all are called as `module(x, ...)`
FORWARDS = {"tinygrad_dropout": "forward", "torch": "forward", "paddle": "forward", "keras": "call"}


def framework_layer(
    package: str,
    made: Any,
    again: Callable[[], Any],
    name: str,
    make: str,
    source: Source,
    mode_finder: ModeFinder,
) -> Any:
    """A layer around a framework's module.

    Args:
        package: a key of `LAYERS`.
        made: the module.
        again: makes another one to try things on.
        name: the name of its class.
        make: the code that makes it.
        source: where its arguments come from.
        mode_finder: finds the mode if no name says it.
    """
    root = package.partition(".")[0]
    source.package, tape = root, TAPES[root]()
    read = getattr(made, FORWARDS.get(package, "__call__"))
    call = read_call_of_x(read, FORWARD_ROLES, {MASK, DROPPED, OPTIONS, *SIZES})
    if package == "flax.linen":
        linen = LinenMethod(made, "__call__", call, source)
        return TapedLayer(linen.driver(), tape)
    if package == "equinox" and not call.has(MODES):
        return TapedLayer(EquinoxDriver(Method(made, "__call__", call, source)), tape)
    method = NnxMethod if package == "flax.nnx" else Method
    return module_layer(made, "__call__", call, again, name, make, source, tape, mode_finder, method=method)


class NnxMethod(Method):
    """Flax NNX: a module counts its draws, which JAX forbids while tracing, so each call uses a copy of the module."""

    state: Any = None

    def __call__(self, training: bool, shape: tuple[int, ...], **values: Any) -> Any:
        jax, nnx = sys.modules["jax"], sys.modules["flax.nnx"]
        graph, state = nnx.split(self.target)
        module = nnx.merge(graph, jax.tree.map(lambda leaf: leaf, state if self.state is None else self.state))
        out = Method(module, self.name, self.call, self.source)(training, shape, **values)
        self.state = nnx.state(module)
        return out


class EquinoxDriver(Driver):
    """Equinox: modules are immutable, so switching the mode makes a new module."""

    def set_training(self, training: bool) -> None:
        self.forward.target = sys.modules["equinox"].nn.inference_mode(self.forward.target, value=not training)
        self.training = training


class LinenMethod(Method):
    """Flax Linen: a module is only a description; `apply` takes its variables and its streams of keys."""

    variables: Any = None

    def driver(self) -> Driver:
        """A driver that passes the mode as an argument, or sets it as a field of a new module."""
        fields = [field for field in self.target.__dataclass_fields__ if ROLES.get(field) in (TRAINING, EVALUATING)]
        return LinenDriver(self, fields[0]) if fields and not self.call.has(MODES) else Driver(self)

    def __call__(self, training: bool, shape: tuple[int, ...], **values: Any) -> Any:
        known = self.source.of_a_call(training, shape) | constants(values)
        positional, keywords = self.call.arguments(known)
        streams = {self.stream: known[KEY](ANY)}
        if self.variables is None:
            self.variables = self.target.init({"params": key(self.source.rng), **streams}, *positional, **keywords)
        return self.target.apply(self.variables, *positional, **keywords, rngs=streams)

    @property
    def stream(self) -> str:
        """The name of the stream that masks are drawn from."""
        return getattr(self.target, "rng_collection", "dropout")


class LinenDriver(Driver):
    """Drives a module that has a field for the mode.

    Args:
        forward: calls the module.
        field: the field's name.
    """

    def __init__(self, forward: Method, field: str) -> None:
        super().__init__(forward)
        self.field = field

    def set_training(self, training: bool) -> None:
        value = training if ROLES[self.field] == TRAINING else not training
        self.forward.target = self.forward.target.clone(**{self.field: value})
        self.training = training

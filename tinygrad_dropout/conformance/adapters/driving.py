"""`of`: turns classes, functions and modules into layers that `check_dropout` can call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from inspect import Signature, signature
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, NamedTuple

import numpy as np

from tinygrad_dropout.conformance.adapters.calling import Call, read_call
from tinygrad_dropout.conformance.adapters.frameworks import framework_layer
from tinygrad_dropout.conformance.adapters.functions import forward_call, function_layer
from tinygrad_dropout.conformance.adapters.kinds import declare_kind, refuse_wrong_kinds
from tinygrad_dropout.conformance.adapters.layers import SizedLayer
from tinygrad_dropout.conformance.adapters.making import Recipe
from tinygrad_dropout.conformance.adapters.objects import FORWARDS, is_native, method_named, object_layer
from tinygrad_dropout.conformance.adapters.reading import name_of, packages_of, root_of, tensor_class_of, words_of
from tinygrad_dropout.conformance.adapters.roles import KEEP
from tinygrad_dropout.conformance.adapters.tapes.known import TAPES, imported, layers_package, tape_of
from tinygrad_dropout.conformance.adapters.tapes.tape import Tape
from tinygrad_dropout.conformance.adapters.unclear import ModeFinder
from tinygrad_dropout.conformance.adapters.values import Source
from tinygrad_dropout.conformance.guarded import Layer, Make
from tinygrad_dropout.conformance.report import CannotDrive


@dataclass(frozen=True)
class Functions:
    """Dropout as two functions: `y, cache = forward(x, p, ...)` and `dx = backward(grad, cache)`.

    Args:
        forward: takes x, p and further parameters whose names say what they are.
        backward: takes dL/dy and what forward returned in addition to y; None if there is no backward.
    """

    forward: Callable[..., Any]
    backward: Callable[..., Any] | None = None


Target = Callable[..., Any] | Functions | tuple[Callable[..., Any], Callable[..., Any]]


def of(
    target: Target, backward: Callable[..., Any] | None = None, *, tensors: str | Callable[..., Any] | None = None
) -> Make:
    """Turn a class, a function or a framework's module into the `make` that `check_dropout` needs.

    It reads the meaning of a parameter from its name. `p`, `rate`, `drop_prob` and similar names are the probability
    of dropping; `keep_prob` and similar names are the probability of keeping; `rng`, `generator`, `seed` and `key` are
    the source of random numbers; `training`, `deterministic`, `inference`, `mode` and similar names are the mode. It
    never guesses: if something stays unclear, `check_dropout` reports that it could not call the layer, and shows what
    to write instead.

    Args:
        target: a class of layers; a function that makes layers, such as `lambda p: Dropout(p, inplace=True)`; a
            function such as `dropout(x, p, training)`; a pair of functions, forward and backward; or `Functions`.
        backward: computes dL/dx from dL/dy and from what the forward function returned in addition to y.
        tensors: what the layer takes instead of ndarrays, if its code does not show it: the name of a framework's
            package, such as `torch` or `jax`, or a class that makes a tensor from an ndarray. A class can also say so
            itself: `tensors = "torch"`.

    Returns:
        Make: `make(p, rng)`. It raises `CannotDrive` if it cannot call the target; `check_dropout` reports that.

    Raises:
        TypeError: target cannot be called.
        ValueError: tensors is not a known framework.
    """
    if isinstance(target, LayerMaker):
        return target
    if isinstance(target, Functions):
        return LayerMaker(target.forward, target.backward, tensors)
    if isinstance(target, tuple):
        target, backward = target
    if tensors is not None:
        tape_of(tensors)  # raises, with the choices
    if not callable(target) and method_named(target, FORWARDS) is None:
        raise TypeError(f"of: expected a class or a function, got {type(target).__name__}")
    return LayerMaker(target, backward, tensors)


class Reading(NamedTuple):
    """What code mentions: words, a framework, a tensor class of its own; and whether it works without an adapter."""

    words: set[str]
    package: str
    tensors: type | None
    native: bool


class LayerMaker:
    """`make(p, rng)` for a target, which it examines on the first call.

    Args:
        target, backward, tensors: as for `of`.
    """

    def __init__(
        self, target: Callable[..., Any], backward: Callable[..., Any] | None, tensors: str | Callable[..., Any] | None
    ) -> None:
        self.target, self.backward, self.tensors = target, backward, tensors
        self.recipe: Recipe | None = None
        self.call: Call | None = None
        self.known = False
        self.mode_finder = ModeFinder()
        self.readings: dict[Any, Reading] = {}
        self.given: set[str] = set()

    @property
    def takes_generator(self) -> bool:
        """Whether any layer or function has been given a generator so far."""
        return bool(self.given)

    @property
    def keep_parameter(self) -> str:
        """The name of the parameter that gets 1 - p, the probability of keeping; "" if there is none."""
        if not self.known:
            self.look()
        call = self.call if self.recipe is None else self.recipe.call
        return call.name_of(KEEP) if call is not None and call.has((KEEP,)) else ""

    def __call__(self, p: float, rng: np.random.Generator) -> Layer:
        if not self.known:
            self.look()
        read = self.reading(self.target)
        source = Source(p, rng, read.words, read.package, self.given)
        if self.call is not None:
            tape = self.tape(self.target, read)
            layer: Layer = function_layer(self.target, self.call, self.backward, source, tape, self.mode_finder)
            return declare_kind(layer, self.target)  # type: ignore[no-any-return]
        assert self.recipe is not None
        if self.recipe.wants_sizes:
            recipe = self.recipe
            return SizedLayer(lambda shape: self.layer(recipe(source, shape), source))
        return self.layer(self.recipe(source, SOME_SHAPE), source)  # type: ignore[no-any-return]

    def look(self) -> None:
        """Find out what the target is.

        Raises:
            CannotDrive: the target is an existing layer, or takes arguments whose meaning is unknown.
        """
        target = self.target
        if not isinstance(target, type):
            if is_made(target):
                recipe = Recipe(type(target))
                raise CannotDrive(
                    f"of was given an existing {type(target).__name__}, but it has to make a new layer for each p.",
                    f"of({recipe.name})\n",
                )
            refuse_wrong_kinds(target)
            if isinstance(target, BuiltinFunctionType) and read_call(target, ()) is None:
                name = f"{root_of(target)}.{target.__name__}"
                raise CannotDrive(
                    f"the parameters of {name} cannot be read because it is written in C. Write a function with named "
                    "parameters:",
                    f"def dropout(x, p, training):\n    return {name}(x, p, training)\n",
                )
            self.call = forward_call(target)
        elif is_torch_function(target):
            self.target = applied(target)
            self.call = forward_call(self.target)
        if self.call is None:
            self.recipe = Recipe(target)
            self.recipe.check()
        self.known = True

    def reading(self, target: Any, layer: Any = None) -> Reading:
        """Read what the code of a class or a function mentions, once.

        Args:
            target: the class or the function.
            layer: an object of the class.
        """
        code = (getattr(target, "__code__", target), layer is None)
        if code not in self.readings:
            words = words_of(target)
            native = layer is not None and is_native(layer, words)
            package = package_of(target)
            tensors = None if package else tensor_class_of(target)
            self.readings[code] = Reading(words, package, tensors, native)
        return self.readings[code]

    def tape(self, target: Any, read: Reading) -> Tape | None:
        """The framework of a function or a plain object; None for ndarrays."""
        named = self.tensors if self.tensors is not None else getattr(target, "tensors", None)
        if named is not None:
            return tape_of(named)
        if read.package:
            return TAPES[read.package]()
        return None if read.tensors is None or self.backward is not None else tape_of(read.tensors)

    def layer(self, made: Any, source: Source) -> Any:
        """Turn what the target made into a layer."""
        assert self.recipe is not None
        if isinstance(made, tuple) and len(made) == 2 and all(callable(part) for part in made):
            return LayerMaker(made[0], made[1], self.tensors).bound(source)
        if isinstance(made, Functions):
            return LayerMaker(made.forward, made.backward, self.tensors).bound(source)
        if isinstance(made, (FunctionType, MethodType)):
            return LayerMaker(made, self.backward, self.tensors).bound(source)
        name, make = type(made).__name__, self.recipe.shown
        read = self.reading(type(made), made)
        source = source.of_code(read.words, source.package)

        def again() -> Any:
            assert self.recipe is not None
            return self.recipe(source.for_a_trial(), SOME_SHAPE)

        package = layers_package(made)
        if package is not None:
            refuse_wrong_kinds(type(made))
            return declare_kind(framework_layer(package, made, again, name, make, source, self.mode_finder), made)
        if callable(getattr(made, "backward", None)) and read.package == "tinygrad_dropout":
            read = read._replace(package="")  # it takes ndarrays, and uses something else from this package
        source.package = read.package
        if read.native and self.tensors is None and not read.package and not hasattr(made, "tensors"):
            return made
        return object_layer(made, again, name, make, source, self.tape(made, read), self.mode_finder)

    def bound(self, source: Source) -> Any:
        """Turn a function that was made for this p into a layer."""
        call = forward_call(self.target, p_is_bound=True)
        if call is None:
            raise CannotDrive(f"the function that was made, {name_of(self.target)}, has no parameter for x.")
        read = self.reading(self.target)
        source = source.of_code(read.words, read.package)
        tape = self.tape(self.target, read)
        return function_layer(self.target, call, self.backward, source, tape, self.mode_finder, True)


SOME_SHAPE = (3, 4)


def package_of(target: Any) -> str:
    """The framework that the target's code uses; "" if it uses none."""
    found = packages_of(target, TAPES)
    return next((package for package in TAPES if package in found), "")


def is_made(target: Any) -> bool:
    """Whether an object is a layer, not a function, class or factory."""
    if isinstance(target, (FunctionType, MethodType, BuiltinFunctionType, partial)) or hasattr(target, "__wrapped__"):
        return False
    return layers_package(target) is not None or method_named(target, (*FORWARDS[:1], *FORWARDS[2:])) is not None


def is_torch_function(target: type) -> bool:
    """Whether a class is a torch.autograd.Function, which is called through `apply` and never instantiated."""
    function = imported("torch.autograd", "Function")
    return function is not None and issubclass(target, function)


def applied(target: Any) -> Callable[..., Any]:
    """`apply` of a torch.autograd.Function, with the parameters of its forward."""

    def apply(*arguments: Any) -> Any:
        return target.apply(*arguments)

    parameters = [
        parameter.replace(kind=parameter.POSITIONAL_ONLY)
        for parameter in list(signature(target.forward).parameters.values())[1:]  # without ctx
    ]
    apply.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    apply.__qualname__ = f"{name_of(target)}.apply"
    apply.__module__ = "torch"
    return apply

"""How layers are made: the arguments of a constructor or a factory, read from its signature."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from tinygrad_dropout.conformance.adapters.advice import making
from tinygrad_dropout.conformance.adapters.calling import Call, read_call
from tinygrad_dropout.conformance.adapters.reading import name_of
from tinygrad_dropout.conformance.adapters.roles import KEEP, MODES, PROBABILITIES, RANDOMNESS, RNG, SEED, SIZES, P
from tinygrad_dropout.conformance.adapters.values import Source
from tinygrad_dropout.conformance.report import CannotDrive

KNOWN = {*PROBABILITIES, *RANDOMNESS, *SIZES, *MODES}
ATTRIBUTES = ("p", "rate", "prob", "drop_prob", "dropout_rate", "drop_rate", "dropout")


class Recipe:
    """How to call a class, or a function that makes layers.

    Args:
        target: the class or the function.
    """

    def __init__(self, target: Callable[..., Any]) -> None:
        self.target, self.name = target, name_of(target)
        self.attribute = ""
        call = read_call(target, KNOWN, required_only={*SIZES, *MODES})
        self.positional = call is None or (call.any_positional and not call.parameters)
        self.call = call or Call([])
        if not self.call.has(PROBABILITIES):
            inherited = self.inherited()
            if inherited is not None:
                self.call, self.positional = inherited, False

    def inherited(self) -> Call | None:
        """How to call a base class's constructor, if this one passes its arguments to it."""
        if not isinstance(self.target, type) or not (self.call.any_positional or self.call.any_keyword):
            return None
        for base in self.target.__mro__[:-1]:
            if "__init__" in vars(base):
                found = read_call(partial(vars(base)["__init__"], None), KNOWN, required_only={*SIZES, *MODES})
                if found is not None and found.has(PROBABILITIES):
                    return found
        return None

    @property
    def wants_sizes(self) -> bool:
        """Whether a layer has to be told the size of x."""
        return self.call.has(SIZES)

    @property
    def shown(self) -> str:
        """The code that makes a layer from p and rng."""
        if self.positional:
            return f"{self.name}(p)"
        call, shown = self.call, []
        for parameter, role in call.parameters:
            if parameter.default is parameter.empty and role in SIZES:
                shown.append(f"{parameter.name}=16")
            elif role in PROBABILITIES:
                shown.append(f"{parameter.name}={'p' if role == P else '1 - p'}")
            elif role == RNG:
                shown.append(f"{parameter.name}=rng")
            elif role == SEED:
                shown.append(f"{parameter.name}=int(rng.integers(2**31))")
        return f"{self.name}({', '.join(shown)})"

    def check(self) -> None:
        """Check that the meaning of every argument is known.

        Raises:
            CannotDrive: the meaning of an argument is unknown.
        """
        if self.positional or (self.call.has(PROBABILITIES) and not self.call.unclear):
            return
        call = self.call
        takes = f"{self.name}({', '.join(str(parameter) for parameter, _ in call.parameters)})"
        words = {P: "p", KEEP: "1 - p"}
        given = [f"{call.name_of(role)}={words[role]}" for role in PROBABILITIES if role in call.roles]
        given += [f"{call.name_of('rng')}=rng"] if "rng" in call.roles else []
        if call.has(PROBABILITIES):
            names = ", ".join(parameter.name for parameter in call.unclear)
            raise CannotDrive(
                f"{takes} needs {names}: the name does not say what to pass.",
                self.as_code(making(self.name, given, call.unclear)),
            )
        if len(call.unclear) == 1:
            name = call.unclear[0].name
            raise CannotDrive(
                f"{takes} has no parameter whose name means p.",
                self.as_code(f"{self.name}({', '.join([f'{name}=p', *given])})")
                + f"\n# p is the probability of dropping: write 1 - p if {name} is the probability of keeping.\n",
            )
        raise CannotDrive(
            f"{takes} has no parameter for p.", self.as_code(making(self.name, [], call.unclear), "layer.p = p")
        )

    def as_code(self, make: str, setup: str = "") -> str:
        """A function to paste, which `of` accepts."""
        if not setup:
            return f"def make(p, rng):\n    return {make}\n"
        return f"def make(p, rng):\n    layer = {make}\n    {setup}\n    return layer\n"

    def __call__(self, source: Source, shape: tuple[int, ...]) -> Any:
        """Call the target with these values and return what it makes."""
        if self.positional:
            return self.target(source.p)
        positional, keywords = self.call.arguments(source.fixed() | source.sizes(shape) | source.modes(training=True))
        if self.call.any_keyword and not self.call.has(RANDOMNESS):
            with suppress(Exception):  # it passes its keywords to something that has no rng
                made = self.target(*positional, **keywords, rng=source.rng)
                source.given.add(RNG)
                return made
        return self.target(*positional, **keywords)

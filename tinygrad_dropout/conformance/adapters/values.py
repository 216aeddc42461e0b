"""Values for the parameters of a call: p, a generator of the right kind, the mode, a mask."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Collection
from inspect import Parameter
from typing import Any

import numpy as np

from tinygrad_dropout.conformance.adapters.roles import (
    CHANNELS,
    DROPPED,
    EVAL_WORDS,
    EVALUATING,
    KEEP,
    KEY,
    MASK,
    MODE,
    OPTIONS,
    RNG,
    RNGS,
    ROLES,
    SEED,
    SHAPE,
    TRAIN_WORDS,
    TRAINING,
    WIDTH,
    P,
)
from tinygrad_dropout.conformance.adapters.tapes.jax import key
from tinygrad_dropout.conformance.report import CannotDrive

Values = dict[str, Callable[[Parameter], Any]]

ON_JAX = ("jax", "flax", "equinox", "haiku")
ONLY_OF_RANDOM_STATES = {"rand", "randn", "random_sample", "randint"}  # methods that a Generator does not have


class Source:
    """Where a layer's probability and randomness come from.

    Args:
        p: the probability of dropping.
        rng: a generator.
        words: the names and strings in the layer's code, which show what kind of generator and mode it expects.
        package: the framework whose random numbers it draws; "" for NumPy's.
        given: collects the roles of the generators that the layer has been given.
    """

    def __init__(
        self,
        p: float,
        rng: np.random.Generator,
        words: Collection[str] = (),
        package: str = "",
        given: set[str] | None = None,
    ) -> None:
        self.p, self.rng, self.words, self.package = p, rng, words, package
        self.given = set() if given is None else given

    def of_code(self, words: Collection[str], package: str) -> Source:
        """The same source for code that mentions these words and draws from this package."""
        return Source(self.p, self.rng, words, package, self.given)

    def for_a_trial(self) -> Source:
        """Another source, to try things with."""
        return Source(0.5, np.random.default_rng(0), self.words, self.package)

    def fixed(self) -> Values:
        """What is known when a layer is made."""
        return {
            P: lambda parameter: self.p,
            KEEP: lambda parameter: 1 - self.p,
            RNG: self.generator,
            SEED: lambda parameter: self.seed(),
            KEY: lambda parameter: key(self.rng),
            RNGS: lambda parameter: self.streams(),
        }

    def sizes(self, shape: tuple[int, ...]) -> Values:
        """What a layer may ask about the size of x."""
        return {
            WIDTH: lambda parameter: shape[-1],
            CHANNELS: lambda parameter: shape[1 % len(shape)],
            SHAPE: lambda parameter: shape,
        }

    def of_a_call(self, training: bool, shape: tuple[int, ...]) -> Values:
        """What is known when a layer is called. In eval mode nothing is drawn from the generator."""
        values = self.fixed() | self.modes(training)
        values[OPTIONS] = lambda parameter: Options(self.fixed() | self.modes(training))
        values[MASK] = lambda parameter: self.mask(training, shape)
        values[DROPPED] = lambda parameter: ~self.mask(training, shape)
        if not training:
            still = Source(self.p, np.random.default_rng(0), self.words, self.package).fixed()
            values |= {role: still[role] for role in (SEED, KEY, RNGS, *([RNG] if self.package in ON_JAX else []))}
        return values

    def modes(self, training: bool) -> Values:
        """The mode, in each spelling."""
        return {
            TRAINING: lambda parameter: training,
            EVALUATING: lambda parameter: not training,
            MODE: lambda parameter: self.word(training),
        }

    def word(self, training: bool) -> str:
        """The name of a mode: one that the code mentions."""
        words = TRAIN_WORDS if training else EVAL_WORDS
        return next((word for word in words if word in self.words), words[0])

    def seed(self) -> int:
        """A whole number."""
        return int(self.rng.integers(2**31))

    def streams(self) -> Any:
        """Flax's streams of keys."""
        return sys.modules["flax.nnx"].Rngs(self.seed())

    def mask(self, training: bool, shape: tuple[int, ...]) -> Any:
        """Which elements to keep: all of them in eval mode."""
        return self.rng.random(shape) >= self.p if training else np.ones(shape, dtype=bool)

    def generator(self, parameter: Parameter) -> Any:
        """A generator of the kind that the parameter's annotation, its default or the code asks for."""
        self.given.add(RNG)
        hint = f"{parameter.annotation} {parameter.default}"
        if self.package in ON_JAX:
            return key(self.rng)
        if self.package == "torch" and (parameter.name == "generator" or "generator" in self.words):
            return sys.modules["torch"].Generator().manual_seed(self.seed())
        if parameter.annotation is int or hint.startswith("int"):
            return self.seed()
        if parameter.annotation is random.Random or "random.Random" in hint.replace("RandomState", ""):
            return random.Random(self.seed())
        of_the_old_kind = not ONLY_OF_RANDOM_STATES.isdisjoint(self.words)
        if parameter.name == "random_state" and not of_the_old_kind:
            return self.seed()
        if "RandomState" in hint or of_the_old_kind:
            return np.random.RandomState(self.rng.bit_generator)
        return self.rng


class Options(dict[str, Any]):
    """A dict of options such as `{"p": 0.5, "mode": "train"}`, which has every key whose name says what it is."""

    def __init__(self, values: Values) -> None:
        super().__init__()
        self.values_of = values

    def __missing__(self, name: str) -> Any:
        role = ROLES.get(str(name))
        if role not in self.values_of:
            raise CannotDrive(f"it looks up {name!r} in its options: the name does not say what that is.")
        return self.values_of[role](Parameter(str(name), Parameter.KEYWORD_ONLY))

    def __contains__(self, name: object) -> bool:
        role = ROLES.get(str(name))
        return super().__contains__(name) or (role in self.values_of and role != SEED)

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or the default if there is none."""
        return self[name] if name in self else default  # noqa: SIM401 (it is this method)

"""The generators that a model may draw from: the global ones and those that its modules hold."""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_dropout import rng as ours

Restore = Callable[[], None]


@dataclass(frozen=True)
class Source:
    """A source of random numbers.

    Args:
        name: its name in a sentence: `NumPy's global generator`.
        get: returns a copy of its state.
        set: sets its state.
    """

    name: str
    get: Callable[[], Any]
    set: Callable[[Any], Any]

    def restorer(self) -> Restore:
        """A function that restores its current state."""
        state = self.get()
        return lambda: self.set(state)

    def fingerprint(self) -> bytes:
        """Bytes that are equal for equal states."""
        state = self.get()
        return bytes(state.numpy().tobytes() if hasattr(state, "numpy") else pickle.dumps(state))


def sources(held: Iterable[Any]) -> list[Source]:
    """The global generators, and the generators among the objects that a model holds."""
    return [*global_sources(), *(source for thing in held if (source := source_of(thing)) is not None)]


def global_sources() -> Iterator[Source]:
    """NumPy's, Python's and our global generator and, if PyTorch is imported, PyTorch's."""
    yield Source("NumPy's global generator", lambda: np.random.get_state(legacy=False), np.random.set_state)
    yield Source("Python's global generator", random.getstate, random.setstate)
    yield Source("the framework's generator", ours.get_rng_state, set_ours)
    torch = sys.modules.get("torch")
    if torch is not None:
        yield Source("PyTorch's global generator", torchs_state, torch.random.set_rng_state)


def torchs_state() -> Any:
    """The state of PyTorch's global generator."""
    return sys.modules["torch"].random.get_rng_state()


def set_ours(state: Any) -> None:
    """Set the state of our framework's generator, even if the generator has been replaced."""
    ours._generator = np.random.Generator(getattr(np.random, state["bit_generator"])(0))
    ours.set_rng_state(state)


def source_of(thing: Any) -> Source | None:
    """The Source for a generator; None for anything else."""
    if isinstance(thing, np.random.Generator):
        bits = thing.bit_generator
        return Source("a generator", lambda: deepcopy(bits.state), lambda state: setattr(bits, "state", state))
    if isinstance(thing, np.random.RandomState):
        return Source("a generator", lambda: thing.get_state(legacy=False), thing.set_state)
    if isinstance(thing, random.Random):
        return Source("a generator", thing.getstate, thing.setstate)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(thing, torch.Generator):
        return Source("a generator", thing.get_state, thing.set_state)
    return None


def seed_everything(seed: int) -> None:
    """Seed all global generators, as a careful user does at the start of each process and worker."""
    np.random.seed(seed)
    random.seed(seed)
    ours.manual_seed(seed)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.random.default_generator.manual_seed(seed)


@contextmanager
def our_generator_restored(seed: int) -> Iterator[None]:
    """Inside, our framework uses a temporary generator; afterward the user's is restored."""
    users_generator, state = ours._generator, ours.get_rng_state()
    ours._generator = np.random.Generator(np.random.SFC64(seed))
    try:
        yield
    finally:
        ours._generator = users_generator
        ours.set_rng_state(state)

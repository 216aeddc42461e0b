"""The framework's random numbers come from one generator, unless you pass your own.

NumPy's global random state is never read or written. Pass `rng=`, a `numpy.random.Generator`, to give a layer its own
stream. Everything else shares the framework's generator, which `manual_seed` restarts.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np

_generator = np.random.Generator(np.random.SFC64())


def manual_seed(seed: int) -> None:
    """Seed the framework's own generator, which every layer without its own `rng=` draws from.

    Args:
        seed: a non-negative int. On one machine, the same seed gives the same bits.
    """
    global _generator
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"manual_seed: expected a whole number of at least 0, got {seed!r}")
    _generator = np.random.Generator(np.random.SFC64(seed))


def get_rng_state(rng: np.random.Generator | None = None) -> dict[str, Any]:
    """Return a copy of a generator's state: a dict of numbers, arrays and strings, which `td.save` can store.

    Args:
        rng: the generator; the framework's own if None.
    """
    return deepcopy(dict(resolve_rng("get_rng_state", rng).bit_generator.state))


def set_rng_state(state: Mapping[str, Any], rng: np.random.Generator | None = None) -> None:
    """Restore a generator's state, so that it draws the same numbers again.

    Args:
        state: the dict that `get_rng_state` returned.
        rng: a generator of the same kind; the framework's own if None.

    Raises:
        ValueError: the state does not fit the generator, which is then unchanged.
    """
    bit_generator = resolve_rng("set_rng_state", rng).bit_generator
    kind = type(bit_generator)
    try:
        trial = kind(0)
        trial.state = dict(state)  # try it on a copy, because a damaged state can be set in part
        check_position(trial.state)
        bit_generator.state = dict(state)
    except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
        given = f"one from {state.get('bit_generator')}" if isinstance(state, Mapping) else type(state).__name__
        problem = f"expected a state from {kind.__name__}, got {given} that does not fit ({error})"
        raise ValueError(f"set_rng_state: {problem}") from error


def check_position(state: Mapping[str, Any]) -> None:
    """Raise a ValueError if a generator would read outside its buffer. NumPy does not check this."""
    inner = state["state"]
    for name, position, length in (
        ("pos", inner.get("pos", 0), len(inner.get("key", ()))),
        ("buffer_pos", state.get("buffer_pos", 0), len(state.get("buffer", ()))),
    ):
        if not 0 <= position <= length:
            raise ValueError(f"{name} is {position}, expected 0 to {length}")


def checked_rng(where: str, rng: np.random.Generator | None) -> np.random.Generator | None:
    """Check the `rng` that a layer keeps. None stays None: the layer then looks up the framework's at every draw."""
    return None if rng is None else resolve_rng(where, rng)


def resolve_rng(where: str, rng: np.random.Generator | None) -> np.random.Generator:
    """Return `rng`, or the framework's own generator for None."""
    if rng is None:
        return _generator
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"{where}: expected rng to be a numpy.random.Generator or None, got {rng!r}")
    return rng

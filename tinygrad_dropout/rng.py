"""The framework's random numbers come from one generator, unless you pass your own.

NumPy's global random state is never read or written. Pass `rng=`, a `numpy.random.Generator`, to give a layer a stream
of its own; everything else shares the framework's, which `manual_seed` restarts.
"""

from __future__ import annotations

import numpy as np

_generator = np.random.Generator(np.random.SFC64())


def manual_seed(seed: int) -> None:
    """Restart the framework's own generator, from which layers without an `rng=` of their own draw.

    Args:
        seed: a non-negative int. Same seed, same machine: the same bits.
    """
    global _generator
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"manual_seed: expected a whole number of at least 0, got {seed!r}")
    _generator = np.random.Generator(np.random.SFC64(seed))


def generator_or_none(where: str, rng: np.random.Generator | None) -> np.random.Generator | None:
    """Return `rng`, for a layer that keeps it; None stays None: the framework's generator, whichever it then is."""
    return None if rng is None else generator(where, rng)


def generator(where: str, rng: np.random.Generator | None) -> np.random.Generator:
    """Return `rng`, or the framework's own generator for None."""
    if rng is None:
        return _generator
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"{where}: expected rng to be a numpy.random.Generator or None, got {rng!r}")
    return rng

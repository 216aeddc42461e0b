"""Where a layer's randomness comes from. NumPy's global state is the user's: to reseed it is an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tinygrad_dropout.conformance.trial import Trial

SHAPE = (5, 6)


@contextmanager
def global_state_kept() -> Iterator[None]:
    """NumPy's global random state is put back as it was."""
    before = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(before)


def examine_randomness(trial: Trial) -> None:
    """What making a layer and calling it do to NumPy's global random state and to the generator they were given."""
    seed = int(trial.rng.integers(2**31)) | 1
    x = trial.numbers(*SHAPE)
    after = []
    for start in (seed, seed + 2):
        np.random.seed(start)
        subject = trial.subject()
        made = words()
        own = subject.rng.bit_generator.state
        subject.forward(x)
        drawn_from_own = not same(own, subject.rng.bit_generator.state)
        after.append((made, words()))
    for moment, one, other in (("making a layer", after[0][0], after[1][0]), ("a forward", after[0][1], after[1][1])):
        if np.array_equal(one, other):
            problem = f"after {moment} NumPy's global random state is the same, whatever it was before"
            trial.log.finding("reseeds-the-global-state", problem, "draws from a generator; never np.random.seed")
            return
    np.random.seed(seed)
    untouched = words()
    if not np.array_equal(untouched, after[0][1]):
        problem = "the mask is drawn from NumPy's global state"
        trial.log.remark("draws-from-the-global-state", problem, "draws from the generator it was given")
    elif not drawn_from_own:
        problem = "the generator that it was given is not drawn from"
        trial.log.remark("ignores-its-generator", problem, "masks that a seed gives again")


def words() -> Any:
    """NumPy's global random state, as numbers."""
    _, key, position, *_ = np.random.get_state()
    return np.append(key, position)


def same(one: Any, other: Any) -> bool:
    """Whether two generators' states are equal, arrays in them included."""
    return repr(one) == repr(other)

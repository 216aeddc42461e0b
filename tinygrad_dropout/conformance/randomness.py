"""Where a layer's randomness comes from. NumPy's global state is the user's: to reseed it is an error."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.random import get_bit_generator, set_bit_generator  # type: ignore[attr-defined]

from tinygrad_dropout.conformance.trial import Trial

SHAPE = (5, 6)


@contextmanager
def own_global_state(seed: int) -> Iterator[None]:
    """Inside, NumPy's global functions draw from a generator made for the purpose; the user's is put back."""
    users = get_bit_generator()
    state = users.state
    set_bit_generator(np.random.MT19937(seed))
    try:
        yield
    finally:
        set_bit_generator(users)
        users.state = state


def examine_randomness(trial: Trial) -> None:
    """What making a layer and calling it do to NumPy's global random state and to the generator they were given."""
    seed = int(trial.rng.integers(2**31)) | 1
    x = trial.numbers(*SHAPE)
    states: list[list[bytes]] = []
    for start in (seed, seed + 2):
        np.random.seed(start)
        states.append([state_of(get_bit_generator())])
        subject = trial.subject()
        states[-1].append(state_of(get_bit_generator()))
        own = state_of(subject.rng.bit_generator)
        for training in (True, False):
            for call in (subject.forward, subject.backward):
                call(x, training)
                states[-1].append(state_of(get_bit_generator()))
        drawn_from_own = own != state_of(subject.rng.bit_generator)
    moments = ("making a layer", "a forward", "a backward", "a forward in eval mode", "a backward in eval mode")
    for moment, one, other in zip(moments, states[0][1:], states[1][1:], strict=True):
        if one == other:
            problem = f"after {moment} NumPy's global random state is the same, whatever it was before"
            trial.log.finding("reseeds-the-global-state", problem, "draws from a generator; never np.random.seed")
            return
    if len(set(states[0])) > 1:
        problem = "the mask is drawn from NumPy's global state"
        trial.log.remark("draws-from-the-global-state", problem, "draws from the generator it was given")
    elif not drawn_from_own:
        problem = "the generator that it was given is not drawn from"
        trial.log.remark("ignores-its-generator", problem, "masks that a seed gives again")


def state_of(generator: np.random.BitGenerator) -> bytes:
    """A generator's state, as something that can be compared."""
    return pickle.dumps(generator.state)

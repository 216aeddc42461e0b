"""Where a layer's randomness comes from. Global random states belong to the user, so a layer should not change them."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

import numpy as np

from tinygrad_dropout.conformance.examination import Examination
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes.dropout import calls as mistakes

SHAPE = (5, 6)
GAUSSIAN = 2  # index of the cached Gaussian in the result of `global_states`
MAKING, FORWARD, EVAL = "making a layer", "a forward", "a forward in eval mode"


def examine_randomness(examination: Examination) -> Iterator[Finding]:
    """What making and calling a layer does to global random states and to the generator that it was given."""
    seed = int(examination.rng.integers(2**31)) | 1
    one, other = (record_states(examination, start) for start in (seed, seed + 2))
    drawn_globally = False
    for place, whose in enumerate(("NumPy's", "Python's")):
        for moment in list(one.states)[1:]:
            if one.states[moment][place] == other.states[moment][place]:
                yield mistakes.RESEEDS.seen(moment=moment, whose=whose)
                return
        if len({states[place] for states in one.states.values()}) > 1:
            yield mistakes.GLOBAL_STATE.seen(whose=whose)
            drawn_globally = True
    if not drawn_globally and len({states[GAUSSIAN] for states in one.states.values()}) > 1:
        yield mistakes.LOSES_A_GAUSSIAN.seen()
    takes_one = getattr(examination.make, "takes_generator", True)
    if takes_one and not drawn_globally and not (one.drawn[MAKING] or one.drawn[FORWARD]):
        yield mistakes.IGNORES_GENERATOR.seen()
    if one.drawn[EVAL] or one.states[EVAL] != one.states[EVAL_BEFORE]:
        yield mistakes.DRAWS_IN_EVAL.seen()


EVAL_BEFORE = "a backward"


class RecordedStates:
    """The global states after each moment, and whether the layer's own generator was drawn from in it."""

    def __init__(self) -> None:
        self.states: dict[str, tuple[Hashable, Hashable, Hashable]] = {}
        self.drawn: dict[str, bool] = {}


def record_states(examination: Examination, start: int) -> RecordedStates:
    """Make a layer and call it, after seeding the global states with `start`."""
    x = np.ones(examination.shape(*SHAPE), examination.dtype)
    found = RecordedStates()
    np.random.seed(start)
    np.random.standard_normal()  # NumPy caches the second Gaussian of a pair
    random.seed(start)
    found.states[""] = global_states()
    layer = examination.layer()
    found.states[MAKING] = global_states()
    bits: Any = layer.rng.bit_generator
    found.drawn[MAKING] = state_of(bits) != state_of(type(bits)(bits.seed_seq))
    calls: list[tuple[str, bool, Callable[[Array, bool], Array]]]
    calls = [(FORWARD, True, layer.forward), ("a backward", True, layer.backward)]
    calls += [(EVAL, False, layer.forward), ("a backward in eval mode", False, layer.backward)]
    for moment, training, call in calls:
        own = state_of(layer.rng.bit_generator)
        if not (examination.options.forward_only and "backward" in moment):
            call(x, training)
        found.states[moment] = global_states()
        found.drawn[moment] = own != state_of(layer.rng.bit_generator)
    return found


def global_states() -> tuple[Hashable, Hashable, Hashable]:
    """NumPy's state, Python's state, and the Gaussian that NumPy has cached."""
    state = np.random.get_state(legacy=False)
    return comparable(state["state"]), random.getstate(), (state["has_gauss"], state["gauss"])


def state_of(generator: np.random.BitGenerator) -> Hashable:
    """A generator's state in a form that can be compared."""
    return comparable(generator.state)


def comparable(state: object) -> Hashable:
    """Convert a state made of dicts, arrays and numbers into tuples and bytes."""
    if isinstance(state, Mapping):
        return tuple((name, comparable(part)) for name, part in state.items())
    return state.tobytes() if isinstance(state, np.ndarray) else state

"""Checks that an answer draws from the given generator and from nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_dropout.drills.grader.judge import Judge


def refuse_wrong_sources(judge: Judge, draw: Callable[[int], Any]) -> None:
    """Check that equal seeds give equal draws, that other seeds do not, and that NumPy's global state does not change.

    Args:
        judge: the judge of the answer.
        draw: gives the draws for a seed as an array, with so many elements that two do not agree by chance.
    """
    np.random.seed(int(judge.rng.integers(2**31)))  # a state that none of their seeds gives; the user's own is restored
    before = np.random.get_state(legacy=False)
    first, again, other = (np.asarray(draw(seed)) for seed in (5, 5, 6))
    if str(np.random.get_state(legacy=False)) != str(before):
        judge.reject(
            "touches-the-global-state",
            "The call changed NumPy's global random state.",
            "Who else draws from it, or has seeded it? Which source were you given?",
            kind="randomness",
        )
    if not np.array_equal(first, again):
        judge.reject(
            "seed-does-not-repeat",
            "Two generators with the same seed led to different draws.",
            "Which source of random numbers does the caller not know about?",
            kind="randomness",
        )
    if np.array_equal(first, other):
        judge.reject(
            "rng-not-used",
            "Two generators with different seeds led to the same draws.",
            "Where do your random numbers come from?",
            kind="randomness",
        )

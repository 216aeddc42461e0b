"""The source of an answer's random numbers: the given generator, or another source, which is named."""

import numpy as np
import pytest

from tests.drills.grader.answers import judge_of, rejection_of
from tinygrad_dropout.drills.grader.random_sources import refuse_wrong_sources


def reseeds(seed):
    np.random.seed(seed)
    return np.random.rand(3)


def also_draws_globally(seed):
    np.random.rand()
    return np.random.default_rng(seed).random(3)


@pytest.mark.parametrize(
    ("draw", "code"),
    [
        (lambda seed: np.random.default_rng(seed).random(3), None),
        (lambda seed: np.random.default_rng().random(3), "seed-does-not-repeat"),
        (lambda seed: np.random.default_rng(0).random(3), "rng-not-used"),
        (reseeds, "touches-the-global-state"),
        (also_draws_globally, "touches-the-global-state"),
    ],
)
def test_a_wrong_source_of_draws_is_named(draw, code):
    before = np.random.get_state()
    try:
        found = rejection_of(lambda: refuse_wrong_sources(judge_of(""), draw))
    finally:
        np.random.set_state(before)
    assert (found and found.code) == code

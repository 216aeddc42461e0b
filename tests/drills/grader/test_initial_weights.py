"""An answer's initial weights: another variance, another distribution and other sources are named."""

import numpy as np
import pytest

from tests.drills.grader.answers import judge_of, rejection_of
from tinygrad_dropout.drills.grader.initial_weights import refuse_wrong_weights

OUTPUTS, INPUTS = 70, 90
RNG = np.random.default_rng(0)


def normal(variance, seed=1):
    return np.random.default_rng(seed).normal(0, variance**0.5, (OUTPUTS, INPUTS))


VARIANCES = {
    "1 / inputs": 1 / INPUTS,
    "(2 / inputs)**2": (2 / INPUTS) ** 2,
    "2 / outputs": 2 / OUTPUTS,
    "2 / (inputs + outputs)": 2 / (INPUTS + OUTPUTS),
    "1": 1.0,
}


def test_normal_draws_of_the_right_variance_are_right_with_every_seed():
    for seed in range(200):
        assert rejection_of(lambda seed=seed: refuse_wrong_weights(judge_of(""), "w", normal(2 / INPUTS, seed))) is None


@pytest.mark.parametrize("name", VARIANCES)
def test_another_variance_is_named(name):
    found = rejection_of(lambda: refuse_wrong_weights(judge_of(""), "w", normal(VARIANCES[name])))
    assert found.code == "other-variance"
    assert f"which is {name};" in found.message


def test_an_unusual_variance_is_reported_without_a_formula():
    found = rejection_of(lambda: refuse_wrong_weights(judge_of(""), "w", normal(5 / INPUTS)))
    assert found.code == "other-variance"
    assert "which is" not in found.message


@pytest.mark.parametrize(
    ("weight", "code"),
    [
        (RNG.uniform(-1, 1, (OUTPUTS, INPUTS)) * (6 / INPUTS) ** 0.5, "not-normal"),
        (np.tile(normal(2 / INPUTS)[:35], (2, 1))[RNG.permutation(OUTPUTS)], "identical-initial-weights"),
    ],
)
def test_other_distributions_and_repeated_rows_are_named(weight, code):
    weight = weight * np.sqrt(2 / INPUTS / (weight**2).mean())
    assert rejection_of(lambda: refuse_wrong_weights(judge_of(""), "w", weight)).code == code

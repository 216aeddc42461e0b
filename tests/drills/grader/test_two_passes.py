"""A forward that returns a cache, and its backward: both run on the same cases, and shared caches are named."""

import numpy as np
import pytest

from tests.drills.grader.answers import judge_of, rejection_of
from tinygrad_dropout.drills.grader.two_passes import refuse_shared_caches, run_both_passes

RIGHT = """
def scale(x, factor):
    return x * factor, (x, factor)

def scale_backward(grad, cache):
    x, factor = cache
    return grad * factor, (grad * x).sum()
"""
LAST = """
LAST = []

def scale(x, factor):
    LAST[:] = [x, factor]
    return x * factor, None

def scale_backward(grad, cache):
    x, factor = LAST
    return grad * factor, (grad * x).sum()
"""
USED_UP = """
def scale(x, factor):
    return x * factor, [x.copy(), factor]

def scale_backward(grad, cache):
    x, factor = cache
    x *= grad
    return grad * factor, x.sum()
"""


def passes_of(source):
    judge = judge_of(source)
    return judge, judge.function("scale", "x", "factor"), judge.function("scale_backward", "grad", "cache")


def test_each_output_has_its_runs_and_a_gradient_is_a_function_of_grad_and_the_case():
    judge, forward, backward = passes_of(RIGHT)
    cases = [(judge.numbers(2), 3.0), (judge.numbers(2, 3), -1.0)]
    runs = run_both_passes(judge, forward, backward, cases, "dx", "dfactor")
    assert set(runs) == {"y", "dx", "dfactor"}
    for case, y, dx, dfactor in zip(cases, runs["y"], runs["dx"], runs["dfactor"], strict=True):
        grad, x, factor = dx.arguments
        assert np.array_equal(x, case[0])
        assert factor == case[1]
        assert np.array_equal(y.value, x * factor)
        assert np.array_equal(dx.value, grad * factor)
        assert np.isclose(dfactor.value, (grad * x).sum())


@pytest.mark.parametrize(
    ("source", "code"), [(RIGHT, None), (LAST, "cache-is-overwritten"), (USED_UP, "cache-is-used-up")]
)
def test_a_cache_that_calls_share_is_named(source, code):
    judge, forward, backward = passes_of(source)
    first, second = ((judge.numbers(2, 3), factor) for factor in (2.0, 3.0))
    found = rejection_of(lambda: refuse_shared_caches(judge, forward, backward, first, second))
    assert (found and found.code) == code

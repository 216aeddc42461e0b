"""Gradients that are nearly right."""

import numpy as np
import pytest

from tests.drills.grader.answers import judge_of, rejection_of
from tinygrad_dropout.drills.grader.measured import refuse_measured


def loss(x, a):
    return float(np.exp(a * x).sum())


def right(x, a):
    return a * np.exp(a * x)


def found(body):
    """The rejection of a gradient of the loss."""
    judge = judge_of(f"def loss(x, a): return float(np.exp(a * x).sum())\ndef f(x, a):\n    {body}")
    function = judge.function("f", "x", "a")
    runs = judge.run(function, [(judge.numbers(2, 3), judge.numbers(2, 3))])
    return rejection_of(lambda: refuse_measured(judge, function, runs, right, loss))


MEASURED = (
    "steps = {h} * np.eye(x.size).reshape(x.size, *x.shape); "
    "return np.array([(loss(x + step, a) - loss(x - step, a)) / (2 * {h}) for step in steps]).reshape(x.shape)"
)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (MEASURED.format(h=1e-3), "measured-not-derived"),
        (MEASURED.format(h=1e-5), "measured-not-derived"),
        (MEASURED.format(h=1e-7), "measured-not-derived"),
        ("return (a * np.exp(a * x)).astype(np.float32)", "computed-in-float32"),
        ("return a * np.exp(a * x).astype('f4').astype(float)", "computed-in-float32"),
    ],
)
def test_the_cause_of_a_small_gradient_error_is_named(body, code):
    assert found(body).code == code


@pytest.mark.parametrize(
    "body",
    [
        "return a * np.exp(a * x)",
        "return a * np.exp(a * x) / (1 + 1e-9)",
        "return a * np.exp(a * x) + 1e-10",
        "return (a * np.exp(a * x)).round(10)",
        "return 2 * a * np.exp(a * x)",
        "return 'a'",
        "return a[0]",
    ],
)
def test_a_nearly_right_formula_is_not_mistaken_for_a_measurement(body):
    assert found(body) is None

"""What is seen in an answer."""

import pytest

from tinygrad_dropout.drills.interview.code_facts import FACTS, facts

SEEN = {
    "scaled-mask": "self.mask = (rng.random(x.shape) >= p) / (1 - p)",
    "draws-globally": "mask = np.random.rand(3) > p",
    "binomial": "keep = rng.binomial(1, 1 - p, size=3)",
    "recursive": "def visit(node):\n    for parent in node.parents: visit(parent)",
    "in-place": "x *= 2",
    "one-hot": "y = np.eye(10)[target]",
    "small-number-added": "loss = -np.log(p + 1e-8)",
    "returns-a-function": "def forward(x):\n    def backward(g): return g * x\n    return x, backward",
    "exp": "e = np.exp(z - m)",
    "where": "y = np.where(mask, x, 0)",
    "einsum": "y = np.einsum('ij,jk', a, b)",
    "mean": "loss = losses.mean()",
    "loops": "for row in x:\n    for value in row: pass",
    "zeros-like": "g = np.zeros_like(x)",
    "matrix-product": "y = x @ w",
}


def test_every_fact_is_tried_here():
    assert set(SEEN) == set(FACTS)


@pytest.mark.parametrize(("fact", "source"), SEEN.items())
def test_a_fact_is_seen(fact, source):
    assert fact in facts(source)


def test_a_loop_over_steps_is_no_loop_over_elements():
    assert facts("for step in range(steps):\n    x = x - g") == set()


def test_nothing_is_seen_where_nothing_is():
    assert facts("mask = rng.random(x.shape) >= p\ny = x * mask / (1 - p)\nrng = np.random.default_rng(0)") == set()


def test_what_the_grader_noted_is_seen_too_even_where_the_source_cannot_be_read():
    assert facts("x = 1", ["float-mask"]) == {"float-mask"}
    assert facts("def f(:", ["float-mask"]) == {"float-mask"}

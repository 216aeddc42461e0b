"""Which facts are found in an answer, and which are not."""

from dataclasses import replace

import pytest

from tinygrad_dropout.drills.exercise import GAP, exercises
from tinygrad_dropout.drills.grader.hunt_bugs import BUGS
from tinygrad_dropout.drills.interview.code_facts import FACTS, facts
from tinygrad_dropout.drills.interview.follow_ups import FOLLOW_UPS

EXPOSED = "def exposing_input():\n    return {'x': x, 'p': %s, 'training': %s}"

#: A fact, and source code in which it is found.
SEEN = [
    ("adds-to-grad", "parent.grad += value.grad * slope"),
    ("aligns-from-the-right", "for m, n in zip_longest(reversed(a), reversed(b), fillvalue=1): pass"),
    ("aligns-from-the-right", "pairs = zip(a[::-1], b[::-1])"),
    ("binomial", "keep = rng.binomial(1, 1 - p, size=3)"),
    ("broadcast-to", "dx = np.broadcast_to(grad, shape)"),
    ("copies", "best = [one.copy() for one in parameters]"),
    ("ddof", "s = x.std(axis=0, ddof=1)"),
    ("difference-quotient", "slope = (f(x + h) - f(x - h)) / (2 * h)"),
    ("divides-by-the-keep-probability", "y = x * kept / (1 - self.p)"),
    ("draws-from-a-generator", "order = self.rng.permutation(n)"),
    ("draws-globally", "mask = np.random.rand(3) > p"),
    ("einsum", "y = np.einsum('ij,jk', a, b)"),
    ("elementwise-backward", "def backward(grad):\n    return grad * mask / (1 - p)"),
    ("enumerates-masks", "for mask in product([0, 1], repeat=n): pass"),
    ("enumerates-masks", "for number in range(2**n): pass"),
    ("eps-in-a-denominator", "p -= lr * m / (np.sqrt(v) + self.eps)"),
    ("eps-under-the-root", "s = np.sqrt(x.var(axis=0) + 1e-5)"),
    ("eps-under-the-root", "s = (var + eps) ** -0.5"),
    ("exp", "e = np.exp(z - m)"),
    ("explicit-stack", "while todo:\n    node = todo.pop()"),
    ("float64", "x = np.array(x, dtype=np.float64)"),
    ("float64", "x = x.astype('float64')"),
    ("in-place", "x *= 2"),
    ("input-in-eval-mode", EXPOSED % (0.2, False)),
    ("input-with-a-random-mask", EXPOSED % (0.2, True)),
    ("input-with-p-half", EXPOSED % (0.5, True)),
    ("input-with-p-zero", EXPOSED % (0, True)),
    ("keepdims", "m = z.max(axis=1, keepdims=True)"),
    ("log1p", "y = np.log1p(np.exp(-abs(z)))"),
    ("looks-for-nan", "ok = np.isfinite(grad).all()"),
    ("loops", "for row in x:\n    for value in row: pass"),
    ("loops", "for i in range(n):\n    for j in range(m): y[i, j] = 0"),
    ("loops", "for index in np.ndindex(x.shape): y[index] = 2 * x[index]"),
    ("masked-with-minus-infinity", "z = np.where(mask, z, -np.inf)"),
    ("masked-with-minus-infinity", "z[~mask] = float('-inf')"),
    ("mask-by-comparison", "kept = rng.random(shape) >= p"),
    ("matrix-product", "y = x @ w"),
    ("mean", "loss = losses.mean()"),
    ("mean", "loss = np.mean(losses)"),
    ("moving-average", "m = beta * m + (1 - beta) * g"),
    ("moving-average", "mean += (1 - beta1) * (gradient - mean)"),
    ("moving-average", "self.mean = self.mean + self.momentum * (x.mean(axis=0) - self.mean)"),
    ("one-hot", "y = np.eye(10)[target]"),
    ("pairs-of-indices", "z = p[np.arange(n), target]"),
    ("pairs-of-indices", "rows, n = np.arange(len(x)), 2\np[rows, target] -= 1"),
    ("permutation", "rng.shuffle(order)"),
    ("raises", "if p > 1: raise ValueError('p')"),
    ("recursive", "def visit(node):\n    for parent in node.parents: visit(parent)"),
    ("remembers-nodes", "met = set()\ndef new(node): return node not in met"),
    ("remembers-nodes", "uses, todo = {result: 0}, [result]\nif parent not in uses: pass"),
    ("returns-a-function", "def forward(x):\n    def backward(g): return g * x\n    return x, backward"),
    ("returns-a-function", "def forward(x): return x, lambda g: g * x"),
    ("scaled-mask", "self.mask = (rng.random(x.shape) >= p) / (1 - p)"),
    ("scatters", "np.add.at(d, indices, grad)"),
    ("small-number-added", "loss = -np.log(p + 1e-8)"),
    ("small-number-added", "loss = -np.log(p[rows, target] + eps).mean()"),
    ("starts-at-infinity", "self.best, self.epoch = float('inf'), 0"),
    ("stored-slopes", "for parent, slope in zip(value.parents, value.slopes): pass"),
    ("sums-in-backward", "db = grad.sum(axis=0)"),
    ("sums-in-backward", "dw = np.sum(d_hidden * x, axis=(0, 1))"),
    ("tolerance", "wrong = abs(a - b) > 1e-4 * scale"),
    ("tolerance", "assert np.allclose(a, b)"),
    ("transposes", "dw = g.T @ x"),
    ("updates-in-place", "p.data -= self.lr * p.grad"),
    ("where", "y = np.where(mask, x, 0)"),
    ("zeros-like", "g = np.zeros_like(x)\ng[i] += 1"),
    *((f"bug-{bug.kind}", f"BUG = {name!r}") for name, bug in BUGS.items()),
]

#: A fact, and source code that only looks like it.
NOT_SEEN = [
    ("adds-to-grad", "total += value.grad"),
    ("aligns-from-the-right", "for m, n in zip(a, reversed(b)): pass"),
    ("bug-mask", "BUG = None"),
    ("bug-mask", "BUG = 'no-such-bug'"),
    ("ddof", "s = x.std(axis=0, ddof=0)"),
    ("difference-quotient", "slope = (above - below) / h"),
    ("divides-by-the-keep-probability", "m = mean / (1 - beta)"),
    ("draws-from-a-generator", "x = np.random.normal(size=3)"),
    ("draws-globally", "rng = np.random.default_rng(0)"),
    ("elementwise-backward", "def softmax_backward(grad, y):\n    return y * (grad - (grad * y).sum(axis=-1))"),
    ("elementwise-backward", "def forward(x, mask):\n    return x * mask"),
    ("enumerates-masks", "for step in range(n**2): pass"),
    ("eps-in-a-denominator", "y = x / np.sqrt(v + eps)"),
    ("eps-in-a-denominator", "y = x / (1 + small)"),
    ("eps-under-the-root", "s = np.sqrt(v) + eps"),
    ("float64", "'''In float64 nothing overflows.'''"),
    ("in-place", "x -= 2"),
    ("input-with-p-zero", EXPOSED % (0, False)),
    ("input-with-p-half", EXPOSED % (0.2, True)),
    ("input-with-a-random-mask", EXPOSED % (0.5, True)),
    ("keepdims", "m = z.max(axis=1, keepdims=keepdims)"),
    ("loops", "for step in range(steps):\n    for p in parameters: p -= p.grad"),
    ("loops", "for index in np.ndindex(x.shape): slope[index] = f(x)"),
    ("masked-with-minus-infinity", "best = np.inf"),
    ("mean", "m = x.mean(axis=0)"),
    ("moving-average", "total = total + weight * value"),
    ("pairs-of-indices", "z = x[:, target]"),
    ("pairs-of-indices", "z = x[()]"),
    ("raises", f"def f(x):\n    {GAP}"),
    ("recursive", "def visit(node): return walk(node)"),
    ("remembers-nodes", "ok = 1 in (one, other)"),
    ("returns-a-function", "def f(x):\n    def helper(y): return y\n    return helper(x)"),
    ("scaled-mask", "mask = rng.random(x.shape) >= p"),
    ("small-number-added", "def step(g, eps=1e-8): return g / (np.sqrt(v) + eps)"),
    ("starts-at-infinity", "z = np.where(mask, z, -np.inf)"),
    ("stored-slopes", "for p, g in zip(model.parameters, model.gradients): pass"),
    ("sums-in-backward", "gradient /= gradient.sum(axis=1)"),
    ("sums-in-backward", "y = e / e.sum(axis=1)"),
    ("tolerance", "if p > 0.5: pass"),
    ("updates-in-place", "count -= 1"),
    ("zeros-like", "m = np.zeros_like(x)"),
]


def test_every_fact_is_tried_here():
    assert {fact for fact, _ in SEEN} == set(FACTS)


@pytest.mark.parametrize(("fact", "source"), SEEN)
def test_a_fact_is_found(fact, source):
    assert fact in facts(source)


@pytest.mark.parametrize(("fact", "source"), NOT_SEEN)
def test_a_source_that_only_looks_like_a_fact_is_not_mistaken_for_it(fact, source):
    assert fact not in facts(source)


def test_code_without_any_fact_has_none():
    assert facts("rng = np.random.default_rng(0)\nfor step in range(steps):\n    x = x - g\ny = x * mask") == set()


def test_the_graders_notes_are_kept_even_if_the_source_cannot_be_read():
    assert facts("x = 1", ["float-mask"]) == {"float-mask"}
    assert facts("def f(:", ["float-mask"]) == {"float-mask"}


#: Every exercise, and a bug hunt once for each of its bugs.
EXERCISES = [
    replace(exercise, seed=seed)
    for exercise in exercises()
    for seed in range(len(exercise.hunt.plants) if exercise.hunt else 1)
]


def by_slug(chosen):
    return pytest.mark.parametrize("exercise", chosen, ids=[f"{one.slug}-{one.seed}" for one in chosen])


@by_slug(EXERCISES)
def test_every_solution_leads_to_at_least_two_questions(exercise):
    asked = {one.because for one in FOLLOW_UPS}
    assert len((facts(exercise.solution) - facts(exercise.starter)) & asked) >= 2


@by_slug(
    [one for one in EXERCISES if one.hunt is None and one.number not in (4, 7, 35)]
)  # these give code to work with
def test_a_starter_leads_to_no_question(exercise):
    assert GAP in exercise.starter
    assert facts(exercise.starter) == set()


def test_a_hunt_that_was_not_started_leads_to_no_question_about_its_answer():
    for exercise in (one for one in EXERCISES if one.hunt):
        assert [fact for fact in facts(exercise.starter) if fact.startswith(("bug-", "input-"))] == []

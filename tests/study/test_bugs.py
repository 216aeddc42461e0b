"""Wrong backward functions: the gradients of each, and the first step that differs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.graphs import arrays_of, generator_state, record_loss, same_bits
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, study
from tinygrad_dropout.study.bugs import BUGS
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.trace import Pass
from tinygrad_dropout.study.wrong_run import first_difference, run_with_bug

MASK = np.array([[True, False, True, True]])
UPSTREAM = np.array([[1.0, 2.0, -4.0, 8.0]])
X = np.array([[3.0, 5.0, -7.0, 0.0]])


def dropout(x: td.Tensor) -> td.Tensor:
    return F.dropout(x, 0.2, mask=MASK)


def tensor(array: np.ndarray, name: str) -> td.Tensor:
    return td.Tensor(array, requires_grad=True, name=name)


@dataclass
class Exposed:
    """One operation on these arrays, and the gradients of its inputs with the bug, computed by hand."""

    operation: Callable[..., td.Tensor]
    inputs: tuple[np.ndarray, ...]
    upstream: np.ndarray
    expected: tuple[np.ndarray, ...]


OTHER_MASK = np.random.default_rng(0).random((1, 4)) >= 0.2
ROWS, WEIGHT, BIAS = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0]]), np.array([7.0])
LINEAR = (ROWS, WEIGHT, BIAS)
DX = np.array([[5.0, 6.0], [-15.0, -18.0]])
LOGITS = np.log(np.array([[1.0, 3.0], [1.0, 1.0]]))
P = np.array([[0.25, 0.75], [0.5, 0.5]])
ONE_HOT = np.array([[1.0, 0.0], [0.0, 1.0]])


def cross_entropy(logits: td.Tensor) -> td.Tensor:
    return F.cross_entropy(logits, np.array([0, 1]))


SHOWN = {
    "backward-forgets-the-scale": Exposed(dropout, (X,), UPSTREAM, (UPSTREAM * MASK,)),
    "backward-forgets-the-mask": Exposed(dropout, (X,), UPSTREAM, (UPSTREAM * 1.25,)),
    "backward-uses-another-mask": Exposed(dropout, (X,), UPSTREAM, (UPSTREAM * OTHER_MASK * 1.25,)),
    "backward-scales-twice": Exposed(dropout, (X,), UPSTREAM, (UPSTREAM * MASK * 1.25**2,)),
    "backward-scales-by-1/p": Exposed(dropout, (X,), UPSTREAM, (UPSTREAM * MASK * 5,)),
    "mask-inferred-from-the-output": Exposed(dropout, (X,), UPSTREAM, (UPSTREAM * [1, 0, 1, 0] * 1.25,)),
    "backward-inverts-the-mask": Exposed(dropout, (X,), UPSTREAM, (UPSTREAM * ~MASK * 1.25,)),
    "relu-ignored": Exposed(F.relu, (X,), UPSTREAM, (UPSTREAM,)),
    "mask-from-the-gradient": Exposed(F.relu, (X,), UPSTREAM, (np.array([[1.0, 2.0, 0.0, 8.0]]),)),
    "bias-gradient-averaged": Exposed(
        F.linear, LINEAR, np.array([[1.0], [-3.0]]), (DX, np.array([[-8.0, -10.0]]), np.array([-1.0]))
    ),
    "gradients-averaged-twice": Exposed(
        F.linear, LINEAR, np.array([[1.0], [-3.0]]), (DX, np.array([[-4.0, -5.0]]), np.array([-1.0]))
    ),
    "mean-forgotten": Exposed(cross_entropy, (LOGITS,), np.array(2.0), (2 * (P - ONE_HOT),)),
    "target-not-subtracted": Exposed(cross_entropy, (LOGITS,), np.array(2.0), (2 * P / 2,)),
    "target-less-probabilities": Exposed(cross_entropy, (LOGITS,), np.array(2.0), (2 * (ONE_HOT - P) / 2,)),
    "operands-swapped": Exposed(F.multiply, (X, UPSTREAM), np.ones((1, 4)) * 2, (2 * X, 2 * UPSTREAM)),
    "upstream-ignored": Exposed(F.multiply, (X, UPSTREAM), np.ones((1, 4)) * 2, (UPSTREAM, X)),
}
each_bug = pytest.mark.parametrize("name", BUGS)


def record_shown(name: str, dtype: type = np.float64) -> Pass:
    """Record the operation between two others, so the first difference is neither at the start nor at the end."""
    shown = SHOWN[name]
    inputs = [tensor(array.astype(dtype), f"input{number}") for number, array in enumerate(shown.inputs)]
    with study.record() as replay:
        out = shown.operation(*(value + 0.0 for value in inputs))
        (out - 0.0).backward(shown.upstream)
    return replay.passes[0]


def test_every_bug_is_shown_here():
    assert list(SHOWN) == list(BUGS)
    assert all(bug.operation == SHOWN[name].operation.__name__ for name, bug in BUGS.items())


@each_bug
def test_each_bug_gives_the_expected_gradients(name):
    recorded = record_shown(name)
    wrong = run_with_bug(recorded, BUGS[name])
    found = {wrong.nodes[index].name: grad for index, grad in wrong.gradients().items()}
    for number, expected in enumerate(SHOWN[name].expected):
        np.testing.assert_allclose(found[f"input{number}"], expected, rtol=1e-12)


@each_bug
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)
def test_each_bug_shows_first_in_the_step_of_its_operation(name, dtype):
    recorded = record_shown(name, dtype)
    wrong = run_with_bug(recorded, BUGS[name])
    index = first_difference(recorded, wrong).step
    assert index == 1
    node = wrong.nodes[wrong.steps[index].node]
    assert node.operation == BUGS[name].operation
    assert node.backward is BUGS[name].backward
    assert node.rule == " ".join(BUGS[name].backward.__doc__.split())
    assert all(array.dtype in (dtype, bool, int) for array in arrays_of(wrong.steps))
    assert wrong.label == f"bug: {name}"


@each_bug
def test_a_bug_changes_no_names_operations_or_forward_values(name):
    recorded = record_shown(name)
    wrong = run_with_bug(recorded, BUGS[name])
    for then, now in zip(recorded.nodes, wrong.nodes, strict=True):
        assert (then.name, then.operation, then.parents, then.forward) == (
            now.name,
            now.operation,
            now.parents,
            now.forward,
        )
        assert same_bits(then.data, now.data)
        assert then.source_line == now.source_line
    assert len(wrong.steps) == len(recorded.steps)


@each_bug
def test_a_bug_changes_neither_the_recording_nor_the_generator(name):
    recorded = record_shown(name)
    then, state = [array.copy() for array in arrays_of(recorded)], generator_state()
    run_with_bug(recorded, BUGS[name])
    assert generator_state() == state
    assert all(same_bits(*pair) for pair in zip(then, arrays_of(recorded), strict=True))


LINEAR_BUGS = [name for name in BUGS if name not in ("upstream-ignored", "mask-from-the-gradient")]


@pytest.mark.parametrize("name", LINEAR_BUGS)
def test_the_derivatives_of_a_bug_add_up_to_its_wrong_gradients(name):
    wrong = run_with_bug(record_shown(name), BUGS[name])
    derivatives = Derivatives(wrong)
    assert derivatives.problem == ""
    for position, contribution in enumerate(wrong.steps[1].contributions):
        for entry, given in enumerate(contribution.value.reshape(-1)):
            total = sum(term.product for term in derivatives.sum(1, position, entry).terms)
            assert total == pytest.approx(given, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", ["upstream-ignored", "mask-from-the-gradient"])
def test_a_bug_that_is_not_linear_in_the_gradient_has_no_products(name):
    wrong = run_with_bug(record_shown(name), BUGS[name])
    derivatives = Derivatives(wrong)
    assert derivatives.sum(1, 0, 0) is None
    assert derivatives.sum(0, 0, 0) is not None


def test_a_bug_runs_in_every_operation_of_its_kind():
    x = tensor(np.array([-1.0, 2.0]), "x")
    recorded = record_loss(lambda: ((x.relu() - 1.0).relu() * -1.0).sum())
    wrong = run_with_bug(recorded, BUGS["relu-ignored"])
    assert [node.backward for node in wrong.nodes if node.operation == "relu"] == [BUGS["relu-ignored"].backward] * 2
    np.testing.assert_array_equal(wrong.gradients()[0], [-1, -1])
    np.testing.assert_array_equal(recorded.gradients()[0], [0, -1])


def test_at_p_0_and_1_no_bug_divides_by_0():
    for p in (0.0, 1.0):
        x = tensor(np.array([1.0, 2.0]), "x")
        recorded = record_loss(lambda: F.dropout(x, p).sum())  # noqa: B023 (called immediately)
        for bug in BUGS.values():
            if bug.operation == "dropout":
                wrong = run_with_bug(recorded, bug)
                assert np.isfinite(wrong.gradients()[0]).all()


@pytest.mark.parametrize("name", ["bias-gradient-averaged", "gradients-averaged-twice"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 4, 3), (0, 3)])
def test_the_bugs_of_linear_run_on_any_batch(name, bias, shape):
    layer = nn.Linear(3, 2, bias)
    x = td.Tensor(np.ones(shape, dtype=np.float32), requires_grad=True)
    recorded = record_loss(lambda: layer(x).sum())
    wrong = run_with_bug(recorded, BUGS[name])
    rows = int(np.prod(shape[:-1]))
    found = {wrong.nodes[index].name: grad for index, grad in wrong.gradients().items()}
    divided = layer.weight.grad / max(rows, 1) if name == "gradients-averaged-twice" else layer.weight.grad
    np.testing.assert_allclose(found["weight"], divided, rtol=1e-6)
    if bias:
        np.testing.assert_allclose(found["bias"], layer.bias.grad / max(rows, 1), rtol=1e-6)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("target", [np.array([0, 1]), P[::-1].copy()], ids=["labels", "probabilities"])
@pytest.mark.parametrize("name", [name for name, bug in BUGS.items() if bug.operation == "cross_entropy"])
def test_the_bugs_of_cross_entropy_run_with_any_reduction_and_target(name, target, reduction):
    logits = tensor(LOGITS, "logits")
    recorded = record_loss(lambda: F.cross_entropy(logits, target, reduction=reduction))
    wrong = run_with_bug(recorded, BUGS[name])
    right = target if target.ndim == 2 else ONE_HOT
    expected = {
        "mean-forgotten": P - right,
        "target-not-subtracted": P / (2 if reduction == "mean" else 1),
        "target-less-probabilities": (right - P) / (2 if reduction == "mean" else 1),
    }[name]
    np.testing.assert_allclose(wrong.gradients()[0], expected, rtol=1e-12)

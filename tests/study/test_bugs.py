"""Wrong backward functions: what each gives, where it shows first, and where it does not."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.graphs import arrays_of, generator_state, record_loss, same_bits
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, study
from tinygrad_dropout.recording import record
from tinygrad_dropout.study.bugs import BUGS, Bug, find_bug, first_difference, with_bug
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.recorded import Contribution, Pass, Step

MASK = np.array([[True, False, True, True]])
UPSTREAM = np.array([[1.0, 2.0, -4.0, 8.0]])
X = np.array([[3.0, 5.0, -7.0, 0.0]])


def dropout(x: td.Tensor) -> td.Tensor:
    return F.dropout(x, 0.2, mask=MASK)


def tensor(array: np.ndarray, name: str) -> td.Tensor:
    return td.Tensor(array, requires_grad=True, name=name)


@dataclass
class Shown:
    """One operation on these arrays, and what the bug makes of the gradients of its inputs, by hand."""

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
    "forget-rescale-in-backward": Shown(dropout, (X,), UPSTREAM, (UPSTREAM * MASK,)),
    "forget-mask-in-backward": Shown(dropout, (X,), UPSTREAM, (UPSTREAM * 1.25,)),
    "redraw-mask-in-backward": Shown(dropout, (X,), UPSTREAM, (UPSTREAM * OTHER_MASK * 1.25,)),
    "rescale-twice-in-backward": Shown(dropout, (X,), UPSTREAM, (UPSTREAM * MASK * 1.25**2,)),
    "divide-by-p-in-backward": Shown(dropout, (X,), UPSTREAM, (UPSTREAM * MASK * 5,)),
    "mask-from-output": Shown(dropout, (X,), UPSTREAM, (UPSTREAM * [1, 0, 1, 0] * 1.25,)),
    "invert-mask-in-backward": Shown(dropout, (X,), UPSTREAM, (UPSTREAM * ~MASK * 1.25,)),
    "ignore-relu": Shown(F.relu, (X,), UPSTREAM, (UPSTREAM,)),
    "relu-of-the-gradient": Shown(F.relu, (X,), UPSTREAM, (np.array([[1.0, 2.0, 0.0, 8.0]]),)),
    "average-bias-gradient": Shown(
        F.linear, LINEAR, np.array([[1.0], [-3.0]]), (DX, np.array([[-8.0, -10.0]]), np.array([-1.0]))
    ),
    "divide-by-batch-twice": Shown(
        F.linear, LINEAR, np.array([[1.0], [-3.0]]), (DX, np.array([[-4.0, -5.0]]), np.array([-1.0]))
    ),
    "forget-divide-by-batch": Shown(cross_entropy, (LOGITS,), np.array(2.0), (2 * (P - ONE_HOT),)),
    "forget-to-subtract-target": Shown(cross_entropy, (LOGITS,), np.array(2.0), (2 * P / 2,)),
    "target-minus-probabilities": Shown(cross_entropy, (LOGITS,), np.array(2.0), (2 * (ONE_HOT - P) / 2,)),
    "swap-factors": Shown(F.multiply, (X, UPSTREAM), np.ones((1, 4)) * 2, (2 * X, 2 * UPSTREAM)),
    "ignore-upstream": Shown(F.multiply, (X, UPSTREAM), np.ones((1, 4)) * 2, (UPSTREAM, X)),
}
each_bug = pytest.mark.parametrize("name", BUGS)


def record_shown(name: str, dtype: type = np.float64) -> Pass:
    """An operation before the one concerned and one after it, so that the first difference is neither end."""
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
def test_what_each_bug_gives(name):
    recorded = record_shown(name)
    wrong = with_bug(recorded, name, BUGS[name])
    found = {wrong.values[place].name: grad for place, grad in wrong.gradients().items()}
    for number, expected in enumerate(SHOWN[name].expected):
        np.testing.assert_allclose(found[f"input{number}"], expected, rtol=1e-12)


@each_bug
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=lambda dtype: dtype.__name__)
def test_each_bug_shows_first_in_the_step_of_its_operation(name, dtype):
    recorded = record_shown(name, dtype)
    wrong = with_bug(recorded, name, BUGS[name])
    index = first_difference(recorded, wrong)
    assert index == 1
    node = wrong.values[wrong.steps[index].value]
    assert node.operation == BUGS[name].operation
    assert node.backward is BUGS[name].backward
    assert node.rule == " ".join(BUGS[name].backward.__doc__.split())
    assert all(array.dtype in (dtype, bool, int) for array in arrays_of(wrong.steps))
    assert wrong.label == f"bug: {name}"


@each_bug
def test_a_bug_leaves_names_operations_and_forward_as_they_were(name):
    recorded = record_shown(name)
    wrong = with_bug(recorded, name, BUGS[name])
    for then, now in zip(recorded.values, wrong.values, strict=True):
        assert (then.name, then.operation, then.parents, then.forward) == (
            now.name,
            now.operation,
            now.parents,
            now.forward,
        )
        assert same_bits(then.data, now.data)
        assert then.place == now.place
    assert len(wrong.steps) == len(recorded.steps)


@each_bug
def test_a_bug_touches_neither_the_recording_nor_the_generator(name):
    recorded = record_shown(name)
    then, state = [array.copy() for array in arrays_of(recorded)], generator_state()
    with_bug(recorded, name, BUGS[name])
    assert generator_state() == state
    assert all(same_bits(*pair) for pair in zip(then, arrays_of(recorded), strict=True))


LINEAR_BUGS = [name for name in BUGS if name not in ("ignore-upstream", "relu-of-the-gradient")]


@pytest.mark.parametrize("name", LINEAR_BUGS)
def test_the_derivatives_beside_a_bug_are_those_that_it_believes_in(name):
    wrong = with_bug(record_shown(name), name, BUGS[name])
    derivatives = Derivatives(wrong)
    assert derivatives.problem == ""
    for position, contribution in enumerate(wrong.steps[1].contributions):
        for entry, given in enumerate(contribution.value.reshape(-1)):
            total = sum(term.product for term in derivatives.sum(1, position, entry).terms)
            assert total == pytest.approx(given, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", ["ignore-upstream", "relu-of-the-gradient"])
def test_a_bug_that_is_not_linear_in_the_gradient_is_not_taken_apart(name):
    wrong = with_bug(record_shown(name), name, BUGS[name])
    derivatives = Derivatives(wrong)
    assert derivatives.sum(1, 0, 0) is None
    assert derivatives.sum(0, 0, 0) is not None


def test_a_bug_runs_in_every_operation_of_its_kind():
    x = tensor(np.array([-1.0, 2.0]), "x")
    recorded = record_loss(lambda: ((x.relu() - 1.0).relu() * -1.0).sum())
    wrong = with_bug(recorded, "ignore-relu", BUGS["ignore-relu"])
    assert [value.backward for value in wrong.values if value.operation == "relu"] == [BUGS["ignore-relu"].backward] * 2
    np.testing.assert_array_equal(wrong.gradients()[0], [-1, -1])
    np.testing.assert_array_equal(recorded.gradients()[0], [0, -1])


def test_at_p_0_and_1_no_bug_divides_by_0():
    for p in (0.0, 1.0):
        x = tensor(np.array([1.0, 2.0]), "x")
        recorded = record_loss(lambda: F.dropout(x, p).sum())  # noqa: B023 (it is called at once)
        for name, bug in BUGS.items():
            if bug.operation == "dropout":
                wrong = with_bug(recorded, name, bug)
                assert np.isfinite(wrong.gradients()[0]).all()


@pytest.mark.parametrize("name", ["average-bias-gradient", "divide-by-batch-twice"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 4, 3), (0, 3)])
def test_the_bugs_of_linear_run_on_any_batch(name, bias, shape):
    layer = nn.Linear(3, 2, bias)
    x = td.Tensor(np.ones(shape, dtype=np.float32), requires_grad=True)
    recorded = record_loss(lambda: layer(x).sum())
    wrong = with_bug(recorded, name, BUGS[name])
    rows = int(np.prod(shape[:-1]))
    found = {wrong.values[place].name: grad for place, grad in wrong.gradients().items()}
    divided = layer.weight.grad / max(rows, 1) if name == "divide-by-batch-twice" else layer.weight.grad
    np.testing.assert_allclose(found["weight"], divided, rtol=1e-6)
    if bias:
        np.testing.assert_allclose(found["bias"], layer.bias.grad / max(rows, 1), rtol=1e-6)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("target", [np.array([0, 1]), P[::-1].copy()], ids=["labels", "probabilities"])
@pytest.mark.parametrize("name", [name for name, bug in BUGS.items() if bug.operation == "cross_entropy"])
def test_the_bugs_of_cross_entropy_run_with_any_reduction_and_target(name, target, reduction):
    logits = tensor(LOGITS, "logits")
    recorded = record_loss(lambda: F.cross_entropy(logits, target, reduction=reduction))
    wrong = with_bug(recorded, name, BUGS[name])
    right = target if target.ndim == 2 else ONE_HOT
    expected = {
        "forget-divide-by-batch": P - right,
        "forget-to-subtract-target": P / (2 if reduction == "mean" else 1),
        "target-minus-probabilities": (right - P) / (2 if reduction == "mean" else 1),
    }[name]
    np.testing.assert_allclose(wrong.gradients()[0], expected, rtol=1e-12)


# Which bug ------------------------------------------------------------------------------------------------------------


@each_bug
def test_a_bug_is_found_by_its_name_and_says_what_it_is(name):
    bug = find_bug(name)
    assert bug is BUGS[name]
    assert bug.backward.__name__ == name.replace("-", "_")
    assert bug.says
    assert bug.says[0].islower()
    assert not bug.says.endswith(".")
    assert bug.backward.__doc__.startswith("dL/d")


def test_an_unknown_bug_is_refused_with_the_names_of_all():
    with pytest.raises(StudyError, match=r'bug: expected one of forget-rescale.*ignore-upstream; got "typo"'):
        find_bug("typo")


def test_a_bug_in_an_operation_that_the_pass_does_not_have_is_refused():
    x = tensor(np.array([1.0, 2.0]), "x")
    recorded = record_loss(lambda: x.tanh().sum())
    words = r"bug ignore-relu: expected a pass with relu in it, got one of sum, tanh"
    with pytest.raises(StudyError, match=words):
        with_bug(recorded, "ignore-relu", BUGS["ignore-relu"])


def test_a_pass_that_cannot_be_done_again_cannot_have_a_bug():
    x = tensor(np.array([1.0, 2.0]), "x")
    recorded = record_loss(lambda: record(x.data * 2, (x.relu(),), lambda grad, x: (2 * grad,)))
    with pytest.raises(StudyError, match=r"expected a function <lambda> beside <lambda>"):
        with_bug(recorded, "ignore-relu", BUGS["ignore-relu"])


def test_a_bug_of_ones_own_can_be_any_function():
    def upside_down(grad, x, out):
        """dL/dx = -grad"""
        return (-grad,)

    x = tensor(np.array([-1.0, 2.0]), "x")
    recorded = record_loss(lambda: x.relu().sum())
    wrong = with_bug(recorded, "upside-down", Bug("relu", upside_down, "the sign is wrong"))
    np.testing.assert_array_equal(wrong.gradients()[0], [-1, -1])
    assert wrong.values[1].rule == "dL/dx = -grad"


def test_a_bug_that_stops_the_gradient_shows_in_that_step():
    def forgotten(grad, x, out):
        """dL/dx: forgotten"""
        return (None,)

    x = tensor(np.array([-1.0, 2.0]), "x")
    recorded = record_loss(lambda: (x * 2).relu().sum())
    wrong = with_bug(recorded, "forgotten", Bug("relu", forgotten, "no gradient at all"))
    assert [len(recorded.steps), len(wrong.steps)] == [3, 2]
    assert first_difference(recorded, wrong) == 1


# The first difference -------------------------------------------------------------------------------------------------


def a_pass(*steps: list[float | None]) -> Pass:
    """One step for each list, whose numbers are its contributions."""
    return Pass(1, "", [], [
        Step(0, np.array(1.0), [
            Contribution(0, None, (), None if given is None else np.array([given, 1.0]), None, None, 0)
            for given in contributions
        ])
        for contributions in steps
    ])  # fmt: skip


DIFFERENCES = [
    ("the same", [[1], [2, 3]], [[1], [2, 3]], None),
    ("rounded otherwise", [[1], [2, 3]], [[1 + 1e-7], [2, 3]], None),
    ("a little", [[1e-9], [2]], [[1.001e-9], [2]], 0),
    ("the second parent", [[1], [2, 3]], [[1], [2, 4]], 1),
    ("the sign", [[1], [2], [3]], [[1], [2], [-3]], 2),
    ("none where there was one", [[1], [2]], [[1], [None]], 1),
    ("one where there was none", [[None], [2]], [[1], [2]], 0),
    ("none in both", [[None, 2]], [[None, 2]], None),
    ("not a number in both", [[float("nan")]], [[float("nan")]], None),
    ("fewer steps", [[1], [2]], [[1]], 1),
    ("more steps", [[1]], [[1], [2]], 1),
    ("the first of two", [[1], [2], [3]], [[1], [0], [0]], 1),
]


@pytest.mark.parametrize(
    ("one", "other", "expected"), [row[1:] for row in DIFFERENCES], ids=[r[0] for r in DIFFERENCES]
)
def test_the_first_step_that_differs(one, other, expected):
    assert first_difference(a_pass(*one), a_pass(*other)) == expected

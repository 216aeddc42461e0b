"""detect_anomaly and gradcheck name a backward function that returns an array that something else holds."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.autograd.recording import record


def sum_of(backward):
    """Return x + y, whose backward is the given function of (grad, x, y, saved)."""

    def sum_backward(grad, x, y, factors):
        return backward(grad, x, y, factors)

    return lambda x, y: record(x.data + y.data, (x, y), sum_backward, saved=(np.ones(x.shape),))


def frozen(array: np.ndarray) -> np.ndarray:
    copy = array.copy()
    copy.setflags(write=False)
    return copy


NOT_GIVEN_AWAY = {
    "one array twice": (
        lambda grad, x, y, factors: (grad, grad),
        'input 1 .*shares its memory with .*input 0 .*"left"',
    ),
    "a view of the other": (lambda grad, x, y, factors: (grad, grad[:]), "input 1 .*shares its memory with .*input 0"),
    "read-only": (lambda grad, x, y, factors: (frozen(grad), grad), "input 0 .*is read-only"),
    "broadcast": (
        lambda grad, x, y, factors: (grad.copy(), np.broadcast_to(grad.dtype.type(1), grad.shape)),
        "input 1 .*is read-only",
    ),
    "a saved array": (
        lambda grad, x, y, factors: (grad, factors),
        "input 1 .*shares its memory with the saved factors",
    ),
    "an input's data": (lambda grad, x, y, factors: (y.data, grad), "input 0 .*shares its memory with input 1 .*data"),
}
each_fault = pytest.mark.parametrize(("backward", "words"), NOT_GIVEN_AWAY.values(), ids=NOT_GIVEN_AWAY.keys())

GIVEN_AWAY = {
    "the gradient and a copy": lambda grad, x, y, factors: (grad, grad.copy()),
    "two parts of one array": lambda grad, x, y, factors: tuple(np.stack([grad, grad], axis=-1).transpose(2, 0, 1)),
    "interleaved parts": lambda grad, x, y, factors: (
        (both := np.repeat(grad, 2, axis=-1))[:, ::2],
        both[:, 1::2],
    ),
}


def leaves() -> list[td.Tensor]:
    rng = np.random.default_rng(0)
    return [td.Tensor(rng.normal(size=(2, 3)), requires_grad=True, name=name) for name in ("left", "right")]


@each_fault
def test_detect_anomaly_names_it(backward, words):
    with td.detect_anomaly(), pytest.raises(td.AnomalyError, match=f"backward of sum at .*: .*{words}.*return a copy"):
        sum_of(backward)(*leaves()).sum().backward()


@each_fault
def test_gradcheck_names_it(backward, words):
    with pytest.raises(td.GradcheckError, match=f"gradcheck: backward of sum: .*{words}.*return a copy"):
        td.gradcheck(sum_of(backward), leaves())


@pytest.mark.parametrize("backward", GIVEN_AWAY.values(), ids=GIVEN_AWAY.keys())
def test_separate_arrays_pass(backward):
    assert td.gradcheck(sum_of(backward), leaves())
    with td.detect_anomaly():
        sum_of(backward)(*leaves()).sum().backward()


def test_the_gradient_of_an_input_that_needs_none_does_not_matter():
    x, y = leaves()
    y.requires_grad = False
    assert td.gradcheck(sum_of(lambda grad, x, y, factors: (grad, grad)), [x, y])


@pytest.mark.parametrize("shape", [(), (3,), (1, 3)], ids=str)
def test_arrays_that_the_engine_sums_or_converts_can_be_shared(shape):
    """The engine then makes a new array."""
    x, y = leaves()[0], td.Tensor(np.ones(shape), requires_grad=True)
    assert td.gradcheck(sum_of(lambda grad, x, y, factors: (grad, grad)), [x, y])

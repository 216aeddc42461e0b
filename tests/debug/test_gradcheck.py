"""gradcheck passes right gradients and catches every kind of wrong one."""

import contextlib
import re

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.debug._gradcheck import upstream

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])


def leaf(array: np.ndarray = X, name: str | None = None) -> td.Tensor:
    return td.Tensor(array.copy(), requires_grad=True, name=name)


def square_with(backward):
    """Return x * x, whose backward is the given function of (grad, x)."""
    return lambda x: record(x.data * x.data, (x,), lambda grad, x: (backward(grad, x.data),))


RIGHT = {
    "a square": (lambda x: x * x, [leaf()]),
    "a scalar": (lambda x: (x**3).sum(), [leaf()]),
    "two inputs that broadcast": (lambda x, y: x * y, [leaf(), leaf(np.array([1.0, 2.0, 3.0]))]),
    "one tensor twice": (lambda x, y: x * y, [leaf()] * 2),
    "a layer": (lambda x, w, b: F.linear(x, w, b), [leaf(), leaf(np.eye(4, 3)), leaf(np.ones(4))]),
    "dropout with a fixed mask": (lambda x: F.dropout(x, 0.5, mask=X > 0), [leaf()]),
    "a 0-d input": (lambda x: x.exp(), [leaf(np.array(0.5))]),
    "an empty input": (lambda x: x.exp(), [leaf(np.zeros((0, 3)))]),
    "a small gradient": (lambda x: x * 1e-6, [leaf()]),
    "a large gradient": (lambda x: x * 1e6, [leaf()]),
    "a constant as the second input": (lambda x, c: x * c, [leaf(), td.Tensor(X)]),
}


@pytest.mark.parametrize(("function", "inputs"), RIGHT.values(), ids=RIGHT.keys())
def test_right_gradients_pass(function, inputs):
    assert td.gradcheck(function, inputs) is True


def set_one(grad: np.ndarray, entry: tuple[int, int], value: float) -> np.ndarray:
    grad = grad.copy()
    grad[entry] = value
    return grad


WRONG = {
    "scaled": square_with(lambda grad, x: 2.001 * x * grad),
    "half": square_with(lambda grad, x: x * grad),
    "the wrong sign": square_with(lambda grad, x: -2 * x * grad),
    "zero": square_with(lambda grad, x: 0 * grad),
    "-999": square_with(lambda grad, x: np.full_like(x, -999.0)),  # SmallPebble's checker passed it
    "nan": square_with(lambda grad, x: np.full_like(x, np.nan)),
    "inf": square_with(lambda grad, x: np.full_like(x, np.inf)),
    "upstream forgotten": square_with(lambda grad, x: 2 * x),
    "one entry wrong": square_with(lambda grad, x: set_one(2 * x * grad, (1, 2), 0.0)),
    "two entries swapped": square_with(lambda grad, x: (2 * x * grad)[::-1]),
    "a mean for a sum": lambda x: record(
        x.data.sum(), (x,), lambda grad, x: (np.broadcast_to(grad / x.size, x.shape).copy(),)
    ),
    "the mask forgotten": lambda x: record(x.data * (X > 0) * 2, (x,), lambda grad, x: (grad * 2,)),
    "dropout unscaled in backward": lambda x: record(x.data * (X > 0) * 2, (x,), lambda grad, x: (grad * (X > 0),)),
    "cut off": lambda x: x.detach() * x.detach() + 0 * x,
    "no gradient at all": lambda x: record(x.data * 2, (x,), lambda grad, x: (None,)),
}


@pytest.mark.parametrize("function", WRONG.values(), ids=WRONG.keys())
def test_wrong_gradients_are_caught(function):
    with pytest.raises(td.GradcheckError):
        td.gradcheck(function, [leaf()])


def test_dropout_that_draws_a_new_mask_each_time_is_caught():
    with pytest.raises(td.GradcheckError):
        td.gradcheck(lambda x: F.dropout(x, 0.5), [leaf(np.ones((10, 10)))])


def test_the_error_names_the_input_the_entry_both_values_and_their_ratio():
    def product(x, y):
        def backward(grad, x, y):
            right = grad * x.data
            return grad * y.data, set_one(right, (1, 0), right[1, 0] / 2)

        return record(x.data * y.data, (x, y), backward)

    with pytest.raises(td.GradcheckError, match=r"input 1.*weights.*\D1, 0\D") as caught:
        td.gradcheck(product, [leaf(), leaf(name="weights")])
    by_backward, by_differences, ratio = map(float, re.findall(r"-?\d+\.\d+", str(caught.value)))
    assert by_backward / by_differences == pytest.approx(0.5, rel=1e-6)
    assert ratio == 0.5


def test_the_error_is_an_assertion_error():
    assert issubclass(td.GradcheckError, AssertionError)


@pytest.mark.parametrize(
    "function", [lambda x: x * x, WRONG["half"], lambda x: x["no such key"]], ids=["right", "wrong", "raises"]
)
def test_the_inputs_are_unchanged(function):
    x = leaf()
    array = x.data
    x.grad = np.full((2, 3), 7.0)
    with contextlib.suppress(td.GradcheckError, IndexError, TypeError):
        td.gradcheck(function, [x])
    assert x.data is array
    np.testing.assert_array_equal(x.data, X)
    np.testing.assert_array_equal(x.grad, np.full((2, 3), 7.0))


def test_every_input_and_every_output_entry_is_checked():
    """The fault is in the last entry of the last input, and shows in only one entry of the output."""

    def function(x, y):
        def backward(grad, x, y):
            return grad, set_one(grad.copy(), (1, 2), 0.0)

        return record(x.data + y.data, (x, y), backward)

    with pytest.raises(td.GradcheckError, match=r"input 1.*1, 2"):
        td.gradcheck(function, [leaf(), leaf()])


def test_the_tolerances_are_the_callers():
    slightly_wrong = square_with(lambda grad, x: 2.001 * x * grad)
    assert td.gradcheck(slightly_wrong, [leaf()], rtol=1e-2)
    assert td.gradcheck(slightly_wrong, [leaf()], atol=1e-1)


def test_the_gradients_of_a_model_are_unchanged():
    model = td.nn.Linear(3, 2).double()
    assert td.gradcheck(model, leaf())
    assert model.weight.grad is None
    model.weight.grad = kept = np.ones((2, 3))
    assert td.gradcheck(model, leaf())
    assert model.weight.grad is kept


def both_of_one_hidden_value(x):
    hidden = x.exp()
    return hidden * 2, hidden * x


SEVERAL_OUTPUTS = {
    "that share a graph": both_of_one_hidden_value,
    "one of which requires no gradients": lambda x: (x * x, td.Tensor(X)),
    "one of which is the input": lambda x: [x, x * 3],
}


@pytest.mark.parametrize("function", SEVERAL_OUTPUTS.values(), ids=SEVERAL_OUTPUTS.keys())
def test_right_gradients_of_several_outputs_pass(function):
    assert td.gradcheck(function, leaf()) is True


def test_a_wrong_gradient_of_one_output_among_several_is_caught():
    with pytest.raises(td.GradcheckError):
        td.gradcheck(lambda x: (x.exp(), WRONG["half"](x)), leaf())


def test_a_backward_can_compute_with_tensors():
    assert td.gradcheck(square_with(lambda grad, x: (td.Tensor(grad) * x * 2).data), leaf())


def test_the_upstream_gradients_have_both_signs_are_away_from_zero_and_all_differ():
    weights = upstream(td.Tensor(np.zeros((20, 20))), 0)
    assert (np.abs(weights) >= 0.5).all()
    assert (np.abs(weights) <= 1.5).all()
    assert len(np.unique(np.abs(weights))) == weights.size
    assert 0.3 < (weights > 0).mean() < 0.7

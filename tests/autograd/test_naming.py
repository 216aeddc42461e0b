"""The names of an operation's inputs and saved values in messages."""

import functools

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.autograd.naming import argument_names, input_name, saved_name, saved_names
from tinygrad_dropout.autograd.recording import record


def product_backward(grad, x, y, mask, scale):
    return grad, grad


def joined_backward(grad, *parents_and_axis_and_order):
    return tuple(grad for _ in parents_and_axis_and_order[:-2])


def keyword_backward(grad, *parents_and_axis, strict=True):
    return ()


def nameless_backward(grad, *parents):
    return ()


class Operation:
    def backward(self, grad, x, y, mask):
        return grad, grad


# A backward function of two parents, the number of the saved value, and its name.
SAVED = [
    (product_backward, 0, "the saved mask"),
    (product_backward, 1, "the saved scale"),
    (product_backward, 2, "saved value 2"),
    (joined_backward, 0, "the saved axis"),
    (joined_backward, 1, "the saved order"),
    (joined_backward, 2, "saved value 2"),
    (keyword_backward, 0, "the saved axis"),
    (nameless_backward, 0, "saved value 0"),
    (Operation().backward, 0, "the saved mask"),
    (functools.partial(product_backward), 0, "saved value 0"),
]


def shown(value) -> str:
    """A function's name, or its class's if it has none (its repr contains an address), or the value itself."""
    return getattr(value, "__name__", type(value).__name__ if callable(value) else str(value))


@pytest.mark.parametrize(("backward", "index", "name"), SAVED, ids=shown)
def test_a_saved_value_has_its_name_in_the_backward_function(backward, index, name):
    x, y = td.Tensor([1.0], requires_grad=True), td.Tensor([2.0])
    assert saved_name(record(np.zeros(1), (x, y), backward, saved=(1, 2, 3)), index) == name


@pytest.mark.parametrize(
    ("tensor", "name"),
    [
        (td.Tensor(np.zeros((4, 5)), name="weight"), 'input 2 ("weight", shape (4, 5))'),
        (td.Tensor(np.zeros((4, 5))), "input 2 (shape (4, 5))"),
        (td.Tensor(1.0, name=""), "input 2 (shape ())"),
    ],
)
def test_an_input_is_described_by_its_number_its_name_and_its_shape(tensor, name):
    assert input_name(tensor, 2) == name


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (product_backward, ("grad", "x", "y", "mask", "scale")),
        (Operation().backward, ("grad", "x", "y", "mask")),
        (Operation.backward, ("self", "grad", "x", "y", "mask")),
        (keyword_backward, ("grad",)),
        (np.add, ()),
    ],
    ids=["function", "method", "function of a class", "any number", "ufunc"],
)
def test_the_arguments_of_a_method_do_not_include_self(function, names):
    assert argument_names(function) == names


def test_values_saved_after_any_number_of_parents_are_named_despite_options():
    def join_backward(grad, *parents_and_axis_and_width, first=1, second=2): ...

    assert saved_names(join_backward, 3) == ("axis", "width")

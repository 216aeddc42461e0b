"""Operators and methods are the functions of td.functional under other names, and none of them is missing."""

import operator

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F

A = np.array([[0.5, 1.0], [1.5, 2.0]])
B = np.array([[2.0, 1.0], [0.5, 3.0]])

# A call on a Tensor, and the function that must do the same.
SPELLINGS = [
    ("a + b", lambda a, b: a + b, F.add),
    ("a - b", lambda a, b: a - b, F.subtract),
    ("a * b", lambda a, b: a * b, F.multiply),
    ("a / b", lambda a, b: a / b, F.divide),
    ("a ** b", lambda a, b: a**b, F.power),
    ("a @ b", lambda a, b: a @ b, F.matmul),
    ("-a", lambda a, b: -a, lambda a, b: F.negative(a)),
    ("abs(a)", lambda a, b: abs(a), lambda a, b: F.abs(a)),
    ("a[1]", lambda a, b: a[1], lambda a, b: F.getitem(a, 1)),
    ("T", lambda a, b: a.T, lambda a, b: F.transpose(a, 0, 1)),
    ("sum", lambda a, b: a.sum(axis=0), lambda a, b: F.sum(a, axis=0)),
    ("mean", lambda a, b: a.mean(axis=0), lambda a, b: F.mean(a, axis=0)),
    ("std", lambda a, b: a.std(axis=0), lambda a, b: F.std(a, axis=0)),
    ("clone", lambda a, b: a.clone(), lambda a, b: F.clone(a)),
    ("var", lambda a, b: a.var(axis=0), lambda a, b: F.var(a, axis=0)),
    ("max", lambda a, b: a.max(axis=0), lambda a, b: F.max(a, axis=0)),
    ("min", lambda a, b: a.min(axis=0), lambda a, b: F.min(a, axis=0)),
    ("reshape", lambda a, b: a.reshape(4, 1), lambda a, b: F.reshape(a, (4, 1))),
    ("permute", lambda a, b: a.permute(1, 0), lambda a, b: F.permute(a, (1, 0))),
    ("transpose", lambda a, b: a.transpose(0, 1), lambda a, b: F.transpose(a, 0, 1)),
    ("squeeze", lambda a, b: a[:1].squeeze(0), lambda a, b: F.squeeze(a[:1], 0)),
    ("unsqueeze", lambda a, b: a.unsqueeze(0), lambda a, b: F.unsqueeze(a, 0)),
    ("flatten", lambda a, b: a.flatten(), lambda a, b: F.flatten(a)),
    ("exp", lambda a, b: a.exp(), lambda a, b: F.exp(a)),
    ("log", lambda a, b: a.log(), lambda a, b: F.log(a)),
    ("sqrt", lambda a, b: a.sqrt(), lambda a, b: F.sqrt(a)),
    ("tanh", lambda a, b: a.tanh(), lambda a, b: F.tanh(a)),
    ("sigmoid", lambda a, b: a.sigmoid(), lambda a, b: F.sigmoid(a)),
    ("relu", lambda a, b: a.relu(), lambda a, b: F.relu(a)),
    ("clip", lambda a, b: a.clip(0.6, 1.7), lambda a, b: F.clip(a, 0.6, 1.7)),
    ("abs", lambda a, b: a.abs(), lambda a, b: F.abs(a)),
    ("softmax", lambda a, b: a.softmax(axis=0), lambda a, b: F.softmax(a, axis=0)),
    ("log_softmax", lambda a, b: a.log_softmax(axis=0), lambda a, b: F.log_softmax(a, axis=0)),
]


def value_and_gradients(apply):
    a, b = td.Tensor(A, requires_grad=True), td.Tensor(B, requires_grad=True)
    out = apply(a, b)
    out.backward(np.arange(1.0, out.size + 1).reshape(out.shape))
    return out.data, a.grad, b.grad


@pytest.mark.parametrize(("method", "function"), [row[1:] for row in SPELLINGS], ids=[row[0] for row in SPELLINGS])
def test_a_method_is_the_function_of_its_name(method, function):
    for ours, theirs in zip(value_and_gradients(method), value_and_gradients(function), strict=True):
        np.testing.assert_array_equal(ours, theirs)


WHAT_IT_IS = {"data", "grad", "requires_grad", "is_leaf", "shape", "ndim", "size", "dtype", "name"}
WHAT_ELSE_IT_DOES = {
    "item", "numpy", "detach", "backward", "zero_grad", "retain_grad", "requires_grad_", "argmax", "argmin"
}  # fmt: skip


def test_no_method_is_left_out():
    public = {name for name in dir(td.Tensor) if not name.startswith("_")}
    assert public - WHAT_IT_IS - WHAT_ELSE_IT_DOES <= {name for name, *_ in SPELLINGS}


OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.matmul]
each_operator = pytest.mark.parametrize("apply", OPERATORS, ids=lambda apply: apply.__name__)


@each_operator
def test_an_operator_takes_an_array_on_either_side_and_records(apply):
    both = value_and_gradients(apply)
    a, b = td.Tensor(A, requires_grad=True), td.Tensor(B, requires_grad=True)
    upstream = np.arange(1.0, 5.0).reshape(2, 2)
    for out in (apply(a, B), apply(A, b)):
        assert isinstance(out, td.Tensor)
        np.testing.assert_array_equal(out.data, both[0])
        out.backward(upstream)
    np.testing.assert_array_equal(a.grad, both[1])
    np.testing.assert_array_equal(b.grad, both[2])


@each_operator
@pytest.mark.parametrize("other", [None, "3", 1j, np.array([1j, 2.0]), {}], ids=repr)
def test_an_operator_takes_only_numbers(apply, other):
    with pytest.raises(TypeError):
        apply(td.Tensor(A), other)
    with pytest.raises(TypeError):
        apply(other, td.Tensor(A))

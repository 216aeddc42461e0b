"""A Tensor's repr: its numbers, then anything unusual about it."""

import numpy as np
import pytest

import tinygrad_dropout as td

WEIGHT = td.Tensor([1.0, 2.0], requires_grad=True, name="weight")

SHOWN = [
    (td.Tensor([1.0, 2.0]), "Tensor([1., 2.])"),
    (td.Tensor([1, 2]), "Tensor([1, 2])"),
    (td.Tensor([True]), "Tensor([ True])"),
    (td.Tensor(np.array([1.0])), "Tensor([1.], dtype=float64)"),
    (td.Tensor(np.array([1], dtype=np.int32)), "Tensor([1], dtype=int32)"),
    (td.Tensor([1.0], requires_grad=True), "Tensor([1.], requires_grad=True)"),
    (td.Tensor([1.0], name="x"), "Tensor([1.], name='x')"),
    (td.Tensor([1.0], name=""), "Tensor([1.], name='')"),
    (WEIGHT, "Tensor([1., 2.], requires_grad=True, name='weight')"),
    (WEIGHT * 2, "Tensor([2., 4.], from=multiply)"),
    (td.nn.Parameter([[1.0], [2.0]]), "Parameter([[1.],\n           [2.]], requires_grad=True)"),
    (td.Tensor(np.arange(101)), "Tensor([  0,   1,   2, ...,  98,  99, 100])"),
]


@pytest.mark.parametrize(("tensor", "text"), SHOWN, ids=[text for _, text in SHOWN])
def test_repr_shows_the_numbers_and_anything_unusual(tensor, text):
    assert repr(tensor) == text


def test_up_to_a_hundred_numbers_are_shown_one_by_one():
    assert "..." not in repr(td.Tensor(np.arange(100)))

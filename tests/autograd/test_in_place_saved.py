"""Backward notices a change of a saved array wherever it is stored, and only a change made after it was saved."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.autograd.recording import record

KEPT = {
    "by itself": lambda array: array,
    "a view of it": lambda array: array[::-1],
    "in a tuple": lambda array: (1, array),
    "in a list": lambda array: [array],
    "in a dict": lambda array: {"array": array},
    "in a list in a dict in a tuple": lambda array: ({"arrays": [None, array]},),
}
each_place = pytest.mark.parametrize("keep", KEPT.values(), ids=KEPT.keys())


def node_that_saves(value):
    x = td.Tensor(np.ones(2), requires_grad=True)
    return x, record(x.data * 2, (x,), lambda grad, x, kept: (grad * 2,), saved=(value,))


def change(tensor):
    with td.no_grad():
        tensor += 1


@each_place
def test_a_change_after_it_was_saved_is_refused(keep):
    kept = td.Tensor(np.array([3.0, 4.0]))
    _, out = node_that_saves(keep(kept.data))
    change(kept)
    with pytest.raises(RuntimeError, match=r"the saved kept .*changed since"):
        out.backward(np.ones(2))


@each_place
def test_a_change_before_saving_or_of_another_array_does_not_matter(keep):
    kept, other = td.Tensor(np.array([3.0, 4.0])), td.Tensor(np.zeros(2))
    change(kept)
    x, out = node_that_saves(keep(kept.data))
    change(other)
    out.backward(np.ones(2))
    np.testing.assert_array_equal(x.grad, [2, 2])


# Two parts of one array, as slices: the saved part and the changed part.
PARTS = [
    ((0, 3), (2, 4), True),
    ((2, 4), (0, 3), True),
    ((1, 3), (0, 5), True),
    ((0, 5), (1, 3), True),
    ((0, 2), (2, 4), False),
    ((2, 4), (0, 2), False),
    ((0, 1), (3, 5), False),
]


@pytest.mark.parametrize(("saved", "changed", "refused"), PARTS, ids=str)
def test_a_change_of_part_of_an_array_matters_if_it_overlaps_the_saved_part(saved, changed, refused):
    whole = np.zeros(5)
    _, out = node_that_saves(whole[slice(*saved)])
    change(td.Tensor(whole[slice(*changed)]))
    if refused:
        with pytest.raises(RuntimeError, match="changed since"):
            out.backward(np.ones(2))
    else:
        out.backward(np.ones(2))

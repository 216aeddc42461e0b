"""Patterns of matrix products in Jacobians: which row is multiplied by which column, checked for every entry."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.study.graphs import programs, record_program
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.product_pattern import ProductPattern, find_product_pattern

often = settings(max_examples=150)
SIZE = st.integers(1, 4)


def of_product(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the Jacobians of x @ y by x and by y: d(x @ y)[i, j] / dx[a, b] is y[b, j] if i = a, else 0."""
    rows, middle = x.shape
    columns = y.shape[1]
    by_x = np.einsum("ia,bj->ijab", np.eye(rows), y)
    by_y = np.einsum("ia,jb->ijab", x, np.eye(columns))
    return by_x.reshape(rows * columns, rows * middle), by_y.reshape(rows * columns, middle * columns)


def line(array: np.ndarray, words: str) -> np.ndarray:
    """Return `row 2` or `column 0` of an array."""
    what, index = words.split()
    return array[int(index)] if what == "row" else array[:, int(index)]


def is_true(pattern: ProductPattern, jacobian, upstream, parent, arrays) -> bool:
    """Check for each entry that all nonzero derivatives are in the upstream line and equal the other line."""
    for entry in range(jacobian.shape[1]):
        first, second = pattern.lines_in_words(parent, entry)
        entries = pattern.entries(upstream, parent, entry)
        np.testing.assert_array_equal(entries, line(np.arange(np.prod(upstream)).reshape(upstream), first))
        column = jacobian[:, entry]
        assert np.count_nonzero(column) == np.count_nonzero(column[entries])
        if second:
            words, _, name = second.partition(" of ")
            np.testing.assert_array_equal(column[entries], line(arrays[name], words))
    return True


def drawn(seed: int, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.choice([-2.0, -1.0, 0.0, 0.5, 1.0, 3.0], size=shape) for shape in shapes]


@often
@given(rows=SIZE, middle=SIZE, columns=SIZE, seed=st.integers(0, 999))
def test_both_patterns_of_a_matrix_product_are_found_and_correct(rows, middle, columns, seed):
    x, y = drawn(seed, (rows, middle), (middle, columns))
    arrays, upstream = {"x": x, "y": y}, (rows, columns)
    for jacobian, parent in zip(of_product(x, y), (x.shape, y.shape), strict=True):
        pattern = find_product_pattern(jacobian, upstream, parent, arrays)
        if upstream == parent == (1, 1):
            assert pattern is None
        else:
            assert is_true(pattern, jacobian, upstream, parent, arrays)


def test_a_product_of_different_sizes_has_one_pattern():
    x, y = drawn(1, (2, 3), (3, 4))
    by_x, by_y = of_product(x, y)
    arrays = {"x": x, "y": y}
    assert find_product_pattern(by_x, (2, 4), (2, 3), arrays) == ProductPattern(0, 0, "y", 0)
    assert find_product_pattern(by_y, (2, 4), (3, 4), arrays) == ProductPattern(1, 1, "x", 1)
    weight = {"x": x, "w": np.ascontiguousarray(y.T)}  # linear: x @ w.T
    assert find_product_pattern(by_x, (2, 4), (2, 3), weight) == ProductPattern(0, 0, "w", 1)
    by_w = by_y.reshape(8, 3, 4).transpose(0, 2, 1).reshape(8, 12)
    assert find_product_pattern(by_w, (2, 4), (4, 3), weight) == ProductPattern(1, 0, "x", 1)


def test_without_the_other_factor_no_pattern_is_found():
    x, y = drawn(1, (2, 3), (3, 4))
    by_x, _ = of_product(x, y)
    assert find_product_pattern(by_x, (2, 4), (2, 3), {"x": x, "mask": np.ones((2, 4))}) is None


def test_a_product_with_one_wrong_number_has_no_pattern():
    x, y = drawn(1, (2, 3), (3, 4))
    by_x, _ = of_product(x, y)
    by_x[5, 4] += 1
    assert find_product_pattern(by_x, (2, 4), (2, 3), {"x": x, "y": y}) is None
    by_x[5, 4] -= 1
    by_x[0, 5] = 1  # in another row
    assert find_product_pattern(by_x, (2, 4), (2, 3), {"x": x, "y": y}) is None


SUMS = [
    # the shape of a parent that is stretched to 2 x 3, and the line that is summed
    ((3,), ProductPattern(1, 0)),
    ((1, 3), ProductPattern(1, 1)),
    ((2, 1), ProductPattern(0, 0)),
]


@pytest.mark.parametrize(("parent", "pattern"), SUMS, ids=[str(parent) for parent, _ in SUMS])
def test_a_sum_over_rows_or_columns_is_a_line_of_the_upstream_gradient(parent, pattern):
    entries = np.broadcast_to(np.arange(np.prod(parent)).reshape(parent), (2, 3)).reshape(-1)
    jacobian = (entries[:, np.newaxis] == np.arange(np.prod(parent))).astype(float)
    found = find_product_pattern(jacobian, (2, 3), parent, {"x": np.full((2, 3), 7.0)})
    assert found == pattern
    assert is_true(found, jacobian, (2, 3), parent, {})


WITHOUT_PATTERN = {
    "elementwise": (np.diag(np.arange(1.0, 7)), (2, 3), (2, 3)),
    "three axes": (np.ones((6, 6)), (2, 3), (1, 2, 3)),
    "a number": (np.ones((6, 1)), (2, 3), ()),
    "everything by everything": (np.ones((6, 6)), (2, 3), (2, 3)),
    "no line of that length": (np.ones((6, 4)), (2, 3), (4,)),
    "one entry": (np.ones((1, 1)), (1, 1), (1, 1)),
}


@pytest.mark.parametrize(("jacobian", "upstream", "parent"), WITHOUT_PATTERN.values(), ids=WITHOUT_PATTERN.keys())
def test_other_jacobians_have_no_pattern(jacobian, upstream, parent):
    assert find_product_pattern(jacobian, upstream, parent, {"x": np.full((2, 3), 7.0)}) is None


@often
@given(program=programs())
def test_patterns_in_any_graph_are_correct(program):
    recorded, _ = record_program(program)
    derivatives = Derivatives(recorded)
    for number, step in enumerate(recorded.steps):
        node = recorded.nodes[step.node]
        arrays = {recorded.nodes[parent].name: recorded.nodes[parent].data for parent in node.parents} | node.saved
        for position, contribution in enumerate(step.contributions):
            for entry in range(0 if contribution.value is None else contribution.value.size):
                found = derivatives.sum(number, position, entry)
                if found.upstream_line:
                    expected = line(step.upstream, found.upstream_line)
                    np.testing.assert_array_equal([term.upstream for term in found.terms], expected)
                if found.local_line:
                    words, _, name = found.local_line.partition(" of ")
                    local = line(arrays[name], words)
                    np.testing.assert_array_equal([term.local for term in found.terms], local)

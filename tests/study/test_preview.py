"""The part of an array that is shown, and the format of numbers and shapes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from tinygrad_dropout.study.preview import MAX_COLUMNS, MAX_ROWS, ArrayPreview, number, shape_text

SHAPES = [
    # shape, the number of rows and columns shown, the part
    ((), (1, 1), ""),
    ((1,), (1, 1), ""),
    ((8,), (1, 8), ""),
    ((9,), (1, 8), "[0:8]"),
    ((8, 8), (8, 8), ""),
    ((9, 8), (8, 8), "[0:8, 0:8]"),
    ((8, 9), (8, 8), "[0:8, 0:8]"),
    ((3, 20), (3, 8), "[0:3, 0:8]"),
    ((20, 3), (8, 3), "[0:8, 0:3]"),
    ((1, 2, 3), (2, 3), ""),
    ((2, 2, 3), (2, 3), "[0, 0:2, 0:3]"),
    ((2, 10, 9), (8, 8), "[0, 0:8, 0:8]"),
    ((1, 10, 3), (8, 3), "[0, 0:8, 0:3]"),
    ((2, 3, 4, 5), (4, 5), "[0, 0, 0:4, 0:5]"),
    ((1, 1, 4, 5), (4, 5), ""),
    ((0,), (0, 0), ""),
    ((0, 3), (0, 0), ""),
    ((2, 0, 3), (0, 0), ""),
]


def numbered(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(np.prod(shape), dtype=float).reshape(shape)


@pytest.mark.parametrize(("shape", "extent", "part"), SHAPES, ids=[str(row[0]) for row in SHAPES])
def test_arrays_up_to_8_by_8_are_shown_whole_and_larger_ones_as_a_corner(shape, extent, part):
    shown = ArrayPreview(numbered(shape))
    assert shown.entries.shape == shown.table.shape == extent
    assert (shown.part, shown.whole) == (part, part == "")
    array = numbered(shape)
    expected = array[(0,) * (array.ndim - 2)] if array.ndim > 2 and array.size else array
    np.testing.assert_array_equal(shown.table.reshape(-1), np.atleast_2d(expected)[:8, :8].reshape(-1))


@given(shape=array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=11))
@settings(max_examples=100)
def test_the_entries_index_the_numbers_in_the_table(shape):
    array = numbered(shape)
    shown = ArrayPreview(array)
    np.testing.assert_array_equal(shown.entries, shown.table)  # each number is its own flat index
    rows, columns = shown.entries.shape
    assert rows <= MAX_ROWS == 8
    assert columns <= MAX_COLUMNS == 8
    assert shown.whole == (shown.entries.size == array.size)
    if shown.part:
        np.testing.assert_array_equal(np.atleast_2d(eval(f"array{shown.part}")), shown.table)


def test_the_table_does_not_depend_on_the_memory_order():
    array = numbered((3, 4))
    np.testing.assert_array_equal(ArrayPreview(np.asfortranarray(array)).table, array)
    np.testing.assert_array_equal(ArrayPreview(array.T).table, array.T)
    np.testing.assert_array_equal(ArrayPreview(np.broadcast_to(np.array([1.0, 2.0]), (3, 2))).table, [[1, 2]] * 3)


def test_the_range_covers_the_whole_array():
    shown = ArrayPreview(np.arange(-10.0, 20.0))
    assert shown.range == {"min": -10, "max": 19, "norm": pytest.approx(np.linalg.norm(np.arange(-10, 20)))}
    assert ArrayPreview(np.array([True, False])).range == {"min": 0, "max": 1, "norm": 1}
    assert ArrayPreview(np.array(-2)).range == {"min": -2, "max": -2, "norm": 2}
    assert ArrayPreview(np.zeros((0, 3))).range == {}


def test_the_norm_of_small_numbers_in_float16_does_not_overflow():
    assert ArrayPreview(np.full(100, 6e4, dtype=np.float16)).range["norm"] == pytest.approx(6e5, rel=1e-3)


INDICES = [((), 0, ""), ((5,), 3, "[3]"), ((3, 4), 7, "[1, 3]"), ((2, 3, 4), 23, "[1, 2, 3]"), ((3, 1), 2, "[2, 0]")]


@pytest.mark.parametrize(("shape", "entry", "index"), INDICES)
def test_an_entry_is_named_by_its_index(shape, entry, index):
    assert ArrayPreview(numbered(shape)).index(entry) == index


NUMBERS = [
    (0.0, "0"),
    (-0.0, "0"),
    (1, "1"),
    (True, "1"),
    (-1.5, "−1.5"),
    (1 / 3, "0.3333"),
    (2 / 3, "0.6667"),
    (-123.456, "−123.5"),
    (1234, "1234"),
    (12345, "1.234e4"),
    (123456789, "1.235e8"),
    (1.5e10, "1.5e10"),
    (1e100, "1e100"),
    (0.0001, "0.0001"),
    (0.00001234567, "1.235e−5"),
    (-0.00001, "−1e−5"),
    (1e-10, "1e−10"),
    (-2.5e-100, "−2.5e−100"),
    (float("inf"), "inf"),
    (float("-inf"), "−inf"),
    (float("nan"), "nan"),
    (np.float32(0.1), "0.1"),
    (np.float16(2.5), "2.5"),
    (np.array(3.0), "3"),
]


@pytest.mark.parametrize(("value", "text"), NUMBERS, ids=[repr(value) for value, _ in NUMBERS])
def test_a_number_is_written_with_four_digits_and_a_true_minus_sign(value, text):
    assert number(value) == text


@given(value=st.floats(-1e300, 1e300))
@settings(max_examples=200)
def test_a_number_can_be_read_back_to_four_digits(value):
    text = number(value)
    assert "-" not in text
    assert "+" not in text
    assert text != "−0"
    assert float(text.replace("−", "-")) == pytest.approx(value, rel=5.1e-4)


SIZES = [((), "a number"), ((3,), "3"), ((2, 3), "2 × 3"), ((4, 1, 0), "4 × 1 × 0")]


@pytest.mark.parametrize(("shape", "text"), SIZES)
def test_a_shape_is_written_with_times_signs(shape, text):
    assert shape_text(shape) == text

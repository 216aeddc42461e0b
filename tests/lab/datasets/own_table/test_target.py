"""The column to predict: classes or numbers, decided by its values or by an option, and columns that are neither."""

import numpy as np
import pytest

from tests.lab.datasets.own_table.tables import FLOWERS
from tinygrad_dropout.lab import LabError


@pytest.mark.parametrize(
    ("labels", "encoded"),
    [
        (["10", "-3", "9", "10", "-3", "9"], [2, 0, 1, 2, 0, 1]),  # as numbers: -3 < 9 < 10
        (["1.0", "0", "1", "0.0", "1", "0"], [1, 0, 1, 0, 1, 0]),
        (["b", "a", "10", "b", "a", "10"], [2, 1, 0, 2, 1, 0]),
    ],
)
def test_classes_can_be_texts_or_whole_numbers(read, labels, encoded):
    rows = "".join(f"{row},{label}\n" for row, label in enumerate(labels))
    assert read(f"x,species\n{rows}").y.tolist() == encoded


def test_a_measurement_is_not_a_class(read):
    with pytest.raises(LabError, match=r"a class \(a text or a whole number .* in line 2, column 'petal', got 1.5"):
        read(FLOWERS, target="petal", regression=False)


TWENTY_ONE = [*range(10, 20), *range(30, 41)]


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([3, 4, 5, 6, 7, 8], 6),
        ([1.5, 2, 3], None),
        ([*range(26)], 26),
        ([*range(1, 27)], 26),
        (TWENTY_ONE, None),
        (TWENTY_ONE[1:], 20),
        (["low", "high"], 2),
        (["2,5", "3,5"], None),
    ],
)
def test_the_values_of_the_target_decide_between_classes_and_numbers(read, values, classes):
    table = read("x;y\n" + "".join(f"{row % 5};{value}\n" for row, value in enumerate([*values, *values])), target="y")
    assert table.classes == classes
    assert table.y.dtype == (np.float64 if classes is None else np.int64)


@pytest.mark.parametrize(
    ("values", "classes"), [([70, 80, 90, 70], None), ([70, 80, 70, 80], 2), ([1, 2, 3, 1, 2, 3], 3)]
)
def test_a_target_with_mostly_distinct_numbers_is_not_classes(read, values, classes):
    assert read("x,y\n" + "".join(f"1,{value}\n" for value in values), target="y").classes == classes


def test_the_option_overrides_the_values(read):
    text = "x;y\n" + "".join(f"{row % 5};{value}\n" for row, value in enumerate([*TWENTY_ONE, *TWENTY_ONE]))
    assert read(text, target="y", regression=False).classes == 21
    numbers = read("x,y\n1,0\n2,1\n3,1\n4,0\n", target="y", regression=True)
    assert (numbers.classes, numbers.y.tolist()) == (None, [0, 1, 1, 0])


@pytest.mark.parametrize(
    ("values", "summary"),
    [
        ([1.5, 2, 3], "numbers from 1.5 to 3 (regression)"),
        (TWENTY_ONE, "numbers from 10 to 40 (regression; for classes: --no-regression)"),
        (range(26), "26 classes (for numbers: --regression)"),
    ],
)
def test_the_other_kind_of_target_is_offered_if_it_may_be_intended(read, values, summary):
    rows = "".join(f"{row % 5};{value}\n" for row, value in enumerate([*values, *values]))
    assert f"; {summary}; " in read(f"x;y\n{rows}", target="y").notes[0]


@pytest.mark.parametrize(
    ("regression", "summary"), [(True, "numbers from 10 to 40 (regression)"), (False, "21 classes")]
)
def test_the_other_kind_of_target_is_not_offered_if_the_kind_was_given(read, regression, summary):
    rows = "".join(f"{row % 5};{value}\n" for row, value in enumerate([*TWENTY_ONE, *TWENTY_ONE]))
    assert f"; {summary}; " in read(f"x;y\n{rows}", target="y", regression=regression).notes[0]


@pytest.mark.parametrize(
    ("target", "regression", "words"),
    [
        ("color", True, "a number to predict in line 2, column 'color', got 'red'"),
        ("huge", None, r"a whole number up to 2\^53"),
        ("same", True, "different numbers in column 'same', got only one"),
    ],
)
def test_a_target_of_the_wrong_kind_is_refused(read, target, regression, words):
    text = "x,color,huge,same\n" + "".join(f"{row},red,{10**17 + row % 2},7\n" for row in range(9))
    with pytest.raises(LabError, match=words):
        read(text, target=target, regression=regression)


@pytest.mark.parametrize("values", [["5.5 kg", "6 kg"], [f"2024-01-{day:02}" for day in range(1, 29)]])
def test_measurements_and_many_dates_are_not_classes(read, values):
    rows = "".join(f"{row % 5};{value}\n" for row, value in enumerate([*values, *values]))
    with pytest.raises(LabError, match=f"plain numbers without a unit .* in line 2, column 'y', got '{values[0]}'"):
        read(f"x;y\n{rows}", target="y")


def test_a_mistake_among_numbers_to_predict_is_found(read):
    with pytest.raises(LabError, match=r"a number \(as in 3 of 4 rows\) in line 4, column 'y', got 'x'"):
        read("x,y\n1,1.5\n2,2\n3,x\n4,7\n", target="y", regression=True)


@pytest.mark.parametrize(("values", "advice"), [(range(30), True), ([*"abcdefgh"], False)])
def test_if_every_class_has_one_row_the_message_suggests_regression_for_numbers(read, values, advice):
    rows = "".join(f"{row % 5},{value}\n" for row, value in enumerate(values))
    with pytest.raises(LabError, match="at least two rows of every class") as error:
        read(f"x,y\n{rows}", target="y")
    assert ("(to predict numbers: --regression)" in str(error.value)) == advice

"""A person's own table: what is understood, and how a mistake in it is pointed out."""

import numpy as np
import pytest

from tinygrad_dropout.lab import LabError
from tinygrad_dropout.lab.datasets.csv_table import load_csv

FLOWERS = "petal,colour,species\n1.5,red,rose\n2,blue,iris\n2.5,red,iris\n1,green,rose\n"


@pytest.fixture
def read(tmp_path):
    def read_text(text, target="species", encoding="utf-8"):
        path = tmp_path / "flowers.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return load_csv(path, target)

    return read_text


def test_numbers_stay_numbers_and_texts_become_one_hot(read):
    table = read(FLOWERS)
    assert table.x.tolist() == [[1.5, 0, 0, 1], [2, 1, 0, 0], [2.5, 0, 0, 1], [1, 0, 1, 0]]
    assert table.y.tolist() == [1, 0, 0, 1]
    assert (table.features, table.classes) == (4, 2)


@pytest.mark.parametrize(
    "text",
    [
        FLOWERS.replace(",", ";"),
        FLOWERS.replace(",", "\t"),
        FLOWERS.replace("\n", "\r\n"),
        FLOWERS.replace("\n", "\n\n"),
        FLOWERS.replace(",", " , "),
        FLOWERS.replace("red", '"red"'),
        "\ufeff" + FLOWERS,
    ],
)
def test_the_ways_in_which_a_table_is_written_do_not_matter(read, text):
    assert read(text).digest == read(FLOWERS).digest


@pytest.mark.parametrize(
    ("labels", "encoded"),
    [
        (["10", "-3", "9", "10", "-3", "9"], [2, 0, 1, 2, 0, 1]),  # as numbers: -3 < 9 < 10
        (["1.0", "0", "1", "0.0", "1", "0"], [1, 0, 1, 0, 1, 0]),
        (["b", "a", "10", "b", "a", "10"], [2, 1, 0, 2, 1, 0]),
    ],
)
def test_classes_may_be_texts_or_whole_numbers(read, labels, encoded):
    rows = "".join(f"{row},{label}\n" for row, label in enumerate(labels))
    assert read(f"x,species\n{rows}").y.tolist() == encoded


@pytest.mark.parametrize(("rows", "train_size"), [(100, 70), (10, 7), (5, 3), (4, 2)])
def test_seventy_percent_of_the_rows_are_for_training_but_each_side_has_every_class(read, rows, train_size):
    table = read("x,species\n" + "".join(f"{row},{row % 2}\n" for row in range(rows)))
    assert table.default_train_size == train_size
    table.check_train_size(train_size)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2.5,red", "2.5,", "expected a value in row 3 below the header, column 'colour', got none"),
        ("2.5,red", "NaN,red", "expected a value in row 3 below the header, column 'petal', got NaN"),
        (
            "2.5,red",
            "inf,red",
            "expected a finite number, none beyond 1e30 in row 3 below the header, column 'petal', got inf",
        ),
        ("2.5,red", "1e60,red", "expected a finite number, none beyond 1e30 in row 3 below the header, column 'petal'"),
        (
            "2.5,red",
            "?,red",
            "expected a number \\(as in most rows\\) in row 3 below the header, column 'petal', got '?'",
        ),
        ("2.5,red", "red", "expected 3 columns, as in the header, got 2 in row 3 below it"),
        ("green,rose", "green,lily", "a class that another row has too in row 4 below the header, column 'species'"),
        ("iris", "rose", "expected at least two classes in column 'species', got only 'rose'"),
        ("species", "kind", "expected one of the columns of .* got 'species'"),
        ("petal,colour", "petal,petal", "its own name, got 'petal' more than once"),
        (FLOWERS[20:], "", "rows under it, got 1 lines"),
        (FLOWERS, "", "rows under it, got 0 lines"),
        (FLOWERS, "species\na\na\nb\nb\n", "expected another column besides 'species'"),
    ],
)
def test_a_mistake_is_pointed_out_by_row_and_column(read, old, new, words):
    assert old in FLOWERS
    with pytest.raises(LabError, match=words):
        read(FLOWERS.replace(old, new))


def test_a_target_that_is_a_measurement_is_refused(read):
    with pytest.raises(LabError, match=r"a class \(a text or a whole number\) in row 1 .* column 'petal', got 1.5"):
        read(FLOWERS, target="petal")


def test_a_column_that_only_names_the_rows_is_refused(read):
    rows = "".join(f"name{row},{row % 2}\n" for row in range(40))
    with pytest.raises(LabError, match=r"column 'id' .* got 40 different texts in 40 rows"):
        read(f"id,species\n{rows}")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00broken", b'a,species\n"1,x\n2,y\n' + b"z" * 200_000])
def test_a_file_that_is_no_table_is_refused(read, content):
    with pytest.raises(LabError, match="cannot be read as CSV"):
        read(content)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LabError, match=r"nowhere\.csv: the file cannot be read: No such file"):
        load_csv(tmp_path / "nowhere.csv", "species")


def test_columns_are_standardised_by_the_training_rows(read):
    split = read(FLOWERS).split(2, np.random.default_rng(0))
    np.testing.assert_allclose(split.x_train[:, 0].mean(), 0, atol=1e-6)
    np.testing.assert_allclose(split.x_train[:, 0].std(), 1, atol=1e-6)

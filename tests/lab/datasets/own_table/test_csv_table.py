"""The user's own table: how it is read, and how a mistake in it is pointed out."""

import re

import numpy as np
import pytest

from tests.lab.datasets.own_table.tables import FLOWERS, a_column
from tinygrad_dropout.lab import LabError
from tinygrad_dropout.lab.datasets.own_table import csv_table
from tinygrad_dropout.lab.datasets.own_table.csv_table import load_csv


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
def test_the_way_a_table_is_written_does_not_matter(read, text):
    assert read(text).digest == read(FLOWERS).digest


@pytest.mark.parametrize(("rows", "train_size"), [(100, 70), (10, 7), (5, 3), (4, 2)])
def test_seventy_percent_of_the_rows_are_for_training_but_each_side_has_every_class(read, rows, train_size):
    table = read("x,species\n" + "".join(f"{row},{row % 2}\n" for row in range(rows)))
    assert table.default_train_size == train_size
    table.check_train_size(train_size)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2.5,red", "2.5,", "expected a value in line 4, column 'color', got nothing"),
        ("2.5,red", "NaN,red", "expected a value in line 4, column 'petal', got 'NaN'"),
        (
            "2.5,red",
            "inf,red",
            "expected a finite number from -1e30 to 1e30 in line 4, column 'petal', got inf",
        ),
        ("2.5,red", "1e60,red", "expected a finite number from -1e30 to 1e30 in line 4, column 'petal'"),
        (
            "2.5,red",
            "long,red",
            "expected a number \\(as in 3 of 4 rows\\) in line 4, column 'petal', got 'long'",
        ),
        ("2.5,red", "red", "expected 3 columns, as in the line of column names, got 2 in line 4"),
        ("green,rose", "green,lily", "at least two rows of every class, got one of 'lily' .line 5, column 'species'."),
        ("iris", "rose", "expected at least two classes in column 'species', got only 'rose'"),
        ("species", "kind", "expected one of the columns of .* got 'species'"),
        ("petal,color", "petal,petal", "its own name, got 'petal' more than once"),
        (FLOWERS[20:], "", "rows below it, got one line"),
        (FLOWERS, "", "rows below it, got nothing"),
        (FLOWERS, "species\na\na\nb\nb\n", "expected a column other than 'species'"),
    ],
)
def test_the_message_about_a_mistake_names_the_line_and_the_column(read, old, new, words):
    assert old in FLOWERS
    with pytest.raises(LabError, match=words):
        read(FLOWERS.replace(old, new))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00broken", b'a,species\n"1,x\n2,y\n' + b"z" * 200_000])
def test_a_file_that_is_not_a_table_is_refused(read, content):
    with pytest.raises(LabError, match="cannot be read as CSV"):
        read(content)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LabError, match=r"nowhere\.csv: the file cannot be read: No such file"):
        load_csv(tmp_path / "nowhere.csv", "species")


def test_columns_are_standardized_by_the_training_rows(read):
    split = read(FLOWERS).split(2, np.random.default_rng(0))
    np.testing.assert_allclose(split.x_train[:, 0].mean(), 0, atol=1e-6)
    np.testing.assert_allclose(split.x_train[:, 0].std(), 1, atol=1e-6)


@pytest.mark.parametrize("marker", ["", "NA", "n/a", "NaN", "null", "?", "#N/A", "-", "None", "unknown", "."])
def test_a_missing_number_is_an_error_that_says_what_you_can_do(read, marker):
    words = (
        rf"a value in line 4, column 'size', got {re.escape(repr(marker) if marker else 'nothing')} \(2 of 6 rows lack "
        r"one: --missing drop leaves them out, --missing mean fills in"
    )
    with pytest.raises(LabError, match=words):
        read(a_column(1, marker, 3))


@pytest.mark.parametrize("text", ["None", "-", "unknown", "no"])
def test_among_texts_a_word_for_nothing_is_an_ordinary_text(read, text):
    assert read(a_column("red", text)).features == 2


HOLES = "size,color,species\n1,red,rose\nNA,red,iris\n3,,rose\n5,blue,iris\n7,red,\n9,blue,rose\n6,blue,iris\n"


def test_rows_without_a_value_can_be_left_out(read):
    table = read(HOLES, missing="drop")
    assert table.x.tolist() == [[1, 0, 1], [5, 1, 0], [9, 1, 0], [6, 1, 0]]
    assert table.y.tolist() == [1, 0, 1, 0]
    assert table.notes[1] == "3 rows left out because a value is missing"


def test_missing_inputs_can_be_filled_in_and_rows_without_a_target_are_left_out(read):
    table = read(HOLES, missing="mean")
    nan = np.nan
    np.testing.assert_array_equal(table.x, [[1, 0, 1], [nan, 0, 1], [3, nan, nan], [5, 1, 0], [9, 1, 0], [6, 1, 0]])
    assert table.notes[1:] == (
        "1 row left out because a value is missing",
        "columns 'size', 'color': the mean of the training rows replaces 1 missing value",
    )


def test_a_text_that_occurs_only_in_rows_left_out_is_not_an_input(read):
    assert read("x,c,species\n1,a,r\n1,b,r\n,odd,r\n2,a,i\n2,b,i\n", missing="drop").features == 3


@pytest.mark.parametrize(
    ("text", "missing", "words"),
    [
        ("a,b,species\n1,,r\n2,,i\n", "mean", "expected values in column 'b', got none; leave it out with --ignore b"),
        ("a,b,species\n1,,r\n2,,i\n", "drop", "expected values in column 'b', got none"),
    ],
)
def test_a_column_without_any_value_is_refused(read, text, missing, words):
    with pytest.raises(LabError, match=words):
        read(text, missing=missing)


def test_other_columns_settle_what_a_point_or_a_comma_means(read):
    rows = "1.234;5,5;r\n2.500;1;r\n1.234;2;i\n2.500;3;i\n"
    assert read(f"a;b;species\n{rows}").x[:2].tolist() == [[1234, 5.5], [2500, 1]]
    assert read(f"a;b;species\n{rows.replace(',', '.')}").x[:2].tolist() == [[1.234, 5.5], [2.5, 1]]
    commas = "1,234;5.5;r\n2,500;1;r\n1,234;2;i\n2,500;3;i\n"
    assert read(f"a;b;species\n{commas}").x[:2].tolist() == [[1234, 5.5], [2500, 1]]


def test_too_many_inputs_for_the_memory_are_refused(read, monkeypatch):
    monkeypatch.setattr(csv_table, "MAX_NUMBERS", 15)
    with pytest.raises(
        LabError,
        match="at most 15 numbers in the table of inputs, got 4 rows of 4; 3 of these come from column 'color'",
    ):
        read(FLOWERS)


def test_a_test_file_is_read_like_the_training_file(read):
    test = "species,color,petal\niris,red,7\nrose,black,8.5\n"
    table = read(FLOWERS, test=test)
    assert table.default_train_size == 4
    assert table.x.tolist() == [[1.5, 0, 0, 0, 1], [2, 0, 1, 0, 0], [2.5, 0, 0, 0, 1], [1, 0, 0, 1, 0]]
    assert table.x_test.tolist() == [[7, 0, 0, 0, 1], [8.5, 1, 0, 0, 0]]
    assert (table.y.tolist(), table.y_test.tolist()) == ([1, 0, 0, 1], [0, 1])
    assert table.notes[0].endswith("; 4 rows and 2 for testing")
    assert table.digest != read(FLOWERS).digest


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (
            "petal,species\n1,rose\n",
            r"test_csv: expected the same columns in .*flowers.csv and .*test.csv, but .*test.csv has no 'color'$",
        ),
        (FLOWERS.replace("rose", "lily"), r"test.csv: expected a class that a row of .*flowers.csv has too in line 2"),
        (FLOWERS.replace("2.5", "NA"), "test.csv: expected a value in line 4, column 'petal'"),
        (FLOWERS.replace("2.5", "wide"), "test.csv: expected a number .* in line 4, column 'petal', got 'wide'"),
    ],
)
def test_a_test_file_that_does_not_fit_is_refused(read, test, words):
    with pytest.raises(LabError, match=words):
        read(FLOWERS, test=test)


def test_the_training_file_cannot_be_the_test_file(tmp_path):
    (tmp_path / "a.csv").write_text(FLOWERS)
    with pytest.raises(LabError, match="test_csv: expected a file other than the one to learn from"):
        load_csv(tmp_path / "a.csv", "species", test=tmp_path / "a.csv")


def test_a_first_line_of_values_is_recognized(read):
    with pytest.raises(LabError, match="if the first line of the file holds values, add a line of column names"):
        read("5.1,3.5,setosa\n4.9,3,setosa\n")


IDS = "id,x,species\n" + "".join(f"n{row},{row % 5},{'ab'[row % 2]}\n" for row in range(40))


def test_ignored_columns_are_not_inputs_and_are_not_checked(read):
    table = read(IDS.replace("n3,", ","), ignore=["id"])
    assert table.x.tolist() == [[row % 5] for row in range(40)]
    assert table.digest == read(IDS.replace("n", "m"), ignore=("id",)).digest


def test_a_column_without_a_name_can_be_ignored(read):
    assert read(IDS.removeprefix("id"), ignore=[""]).features == 1


def test_a_column_to_ignore_may_be_in_only_one_of_the_files(read):
    test = "id,x,species\nn7,1,a\nn8,2,b\n"
    bare = "x,species\n1,a\n2,b\n3,a\n4,b\n"
    assert read(IDS, test=bare, ignore=["id"]).features == 1
    assert read(bare, test=test, ignore=["id"]).features == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ignore": ["ID"]}, r"ignore: expected one of the columns .* got 'ID'; did you mean 'id'\?"),
        ({"ignore": ["id", "species"]}, "ignore: expected columns other than the target and the group, got 'species'"),
        ({"ignore": ["x"], "group": "x"}, "ignore: expected columns other than the target and the group, got 'x'"),
        ({"ignore": ["id", "x"]}, "expected a column other than 'species' to predict it from"),
        ({"ignore": ["id"], "group": "x"}, "expected a column other than 'species' and 'x'"),
        ({"target": " Species "}, r"got ' Species '; did you mean 'species'\?"),
    ],
)
def test_a_column_that_cannot_be_ignored_is_refused(read, options, words):
    with pytest.raises(LabError, match=words):
        read(IDS, **options)


def test_a_column_that_only_the_test_file_has_is_named_with_the_option_to_ignore_it(read):
    with pytest.raises(LabError, match=r"flowers.csv has no 'more, of it'; --ignore '\"more, of it\"' leaves it out"):
        read(FLOWERS, test='petal,color,species,"more, of it"\n1,red,rose,2\n2,red,iris,2\n')


@pytest.mark.parametrize(("full", "advised"), [(4, True), (6, False)])
def test_a_column_that_is_mostly_empty_can_be_left_out(read, full, advised):
    rows = "".join(f"{row},{row if row < full else ''},{'ab'[row % 2]}\n" for row in range(10))
    with pytest.raises(LabError) as error:
        read(f"x,cabin,species\n{rows}")
    assert ("--ignore cabin leaves out a column that is mostly empty" in str(error.value)) == advised

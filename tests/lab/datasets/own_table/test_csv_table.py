"""A person's own table: what is understood, and how a mistake in it is pointed out."""

import re

import numpy as np
import pytest

from tinygrad_dropout.lab import LabError
from tinygrad_dropout.lab.datasets.own_table import csv_table
from tinygrad_dropout.lab.datasets.own_table.csv_table import load_csv

FLOWERS = "petal,colour,species\n1.5,red,rose\n2,blue,iris\n2.5,red,iris\n1,green,rose\n"


@pytest.fixture
def read(tmp_path):
    def read_text(text, target="species", test=None, **options):
        path = tmp_path / "flowers.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        if test is not None:
            (tmp_path / "test.csv").write_text(test)
            options["test"] = tmp_path / "test.csv"
        return load_csv(path, target, **options)

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
        ("2.5,red", "2.5,", "expected a value in line 4, column 'colour', got nothing"),
        ("2.5,red", "NaN,red", "expected a value in line 4, column 'petal', got 'NaN'"),
        (
            "2.5,red",
            "inf,red",
            "expected a finite number, none beyond 1e30 in line 4, column 'petal', got inf",
        ),
        ("2.5,red", "1e60,red", "expected a finite number, none beyond 1e30 in line 4, column 'petal'"),
        (
            "2.5,red",
            "long,red",
            "expected a number \\(as in 3 of 4 rows\\) in line 4, column 'petal', got 'long'",
        ),
        ("2.5,red", "red", "expected 3 columns, as in the line of names, got 2 in line 4"),
        ("green,rose", "green,lily", "a class that another row has too in line 5, column 'species'"),
        ("iris", "rose", "expected at least two classes in column 'species', got only 'rose'"),
        ("species", "kind", "expected one of the columns of .* got 'species'"),
        ("petal,colour", "petal,petal", "its own name, got 'petal' more than once"),
        (FLOWERS[20:], "", "rows under it, got one line"),
        (FLOWERS, "", "rows under it, got nothing"),
        (FLOWERS, "species\na\na\nb\nb\n", "expected another column besides 'species'"),
    ],
)
def test_a_mistake_is_pointed_out_by_row_and_column(read, old, new, words):
    assert old in FLOWERS
    with pytest.raises(LabError, match=words):
        read(FLOWERS.replace(old, new))


def test_a_target_that_is_a_measurement_is_no_class(read):
    with pytest.raises(LabError, match=r"a class \(a text or a whole number .* in line 2, column 'petal', got 1.5"):
        read(FLOWERS, target="petal", regression=False)


def test_a_column_that_only_names_the_rows_is_refused(read):
    rows = "".join(f"name{row},{row % 2}\n" for row in range(40))
    with pytest.raises(LabError, match=r"got 40 different texts in 40 rows; .* leave it out with --ignore id"):
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


def a_column(*values, separator=";"):
    """A table with a column of these values, each in two rows, and two classes."""
    rows = "".join(f"{value}{separator}{label}\n" for value in values for label in ("rose", "iris"))
    return f"size{separator}species\n{rows}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FLOWERS, "1 numeric column, 1 text column as 3 inputs; 2 classes; 4 rows"),
        (a_column(1, 2), "1 numeric column; 2 classes; 4 rows"),
        (a_column("a", "b"), "1 text column as 2 inputs; 2 classes; 4 rows"),
        (a_column(*range(600)), "1 numeric column; 2 classes; 1,200 rows"),
    ],
)
def test_what_was_read_is_told_in_a_line(read, text, told):
    assert read(text).told[0] == told


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        (a_column("5,1", "4,9"), "column 'size': the decimal mark is a comma"),
        (
            a_column("01067", "80331"),
            "'01067' is read as the number 1067; if these are codes, leave them out with --ignore size",
        ),
        (a_column("Red", "red"), "'Red' and 'red' are different texts"),
        (a_column("18-25", "26-35"), "'18-25' and the like are read as texts"),
        (
            "n,x,species\n" + "".join(f"{row},{row % 3},{row % 2}\n" for row in range(30)),
            "'n': every row has a whole number of its own; if it only counts or names the rows, leave",
        ),
        (
            "n,x,species\n" + "".join(f"{-row},{row % 3},{row % 2}\n" for row in range(30)),
            "leave it out with --ignore n",
        ),
    ],
)
def test_what_may_not_be_meant_is_mentioned(read, text, mention):
    (sentence,) = read(text).told[1:]
    assert mention in sentence


def test_columns_of_which_the_same_is_said_share_a_sentence(read):
    assert read("a;b;species\n1,5;2,5;r\n1,5;2;r\n1;2;i\n1;2;i\n").told[1:] == (
        "columns 'a', 'b': the decimal mark is a comma",
    )


def test_nothing_is_mentioned_of_a_table_that_is_plain(read):
    assert len(read(FLOWERS).told) == 1


@pytest.mark.parametrize("marker", ["", "NA", "n/a", "NaN", "null", "?", "#N/A", "-", "None", "unknown", "."])
def test_a_missing_number_is_an_error_that_offers_what_to_do(read, marker):
    words = (
        rf"a value in line 4, column 'size', got {re.escape(repr(marker) if marker else 'nothing')} \(2 of 6 rows lack "
        r"one: --missing drop leaves them out, --missing mean fills in"
    )
    with pytest.raises(LabError, match=words):
        read(a_column(1, marker, 3))


@pytest.mark.parametrize("text", ["None", "-", "unknown", "no"])
def test_among_texts_a_word_for_nothing_is_a_text(read, text):
    assert read(a_column("red", text)).features == 2


HOLES = "size,colour,species\n1,red,rose\nNA,red,iris\n3,,rose\n5,blue,iris\n7,red,\n9,blue,rose\n6,blue,iris\n"


def test_rows_without_a_value_can_be_left_out(read):
    table = read(HOLES, missing="drop")
    assert table.x.tolist() == [[1, 0, 1], [5, 1, 0], [9, 1, 0], [6, 1, 0]]
    assert table.y.tolist() == [1, 0, 1, 0]
    assert table.told[1] == "left out because a value is missing: 3 rows"


def test_missing_inputs_can_be_filled_in_and_rows_without_a_target_are_left_out(read):
    table = read(HOLES, missing="mean")
    nan = np.nan
    np.testing.assert_array_equal(table.x, [[1, 0, 1], [nan, 0, 1], [3, nan, nan], [5, 1, 0], [9, 1, 0], [6, 1, 0]])
    assert table.told[1:] == (
        "left out because a value is missing: 1 row",
        "columns 'size', 'colour': the mean of the training rows stands in for 1 missing value",
    )


def test_a_text_that_only_rows_left_out_have_is_no_input(read):
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


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (a_column("5,100", "1,234"), "one way only, .* in line 2, .* got '5,100', which could be 5100 or 5.1"),
        (a_column("5,1", "5.1"), "written like '5,1', with the same decimal mark and .* in line 4, .* got '5.1'"),
        (a_column("$5", "€5"), r"written like '\$5', .* the same sign or none in line 4, column 'size', got '€5'"),
        (a_column("5%", "5%", "0.05"), "written like '5%', .* in line 6, column 'size', got '0.05'"),
        (a_column("5", "5,1", "6", "5.1"), "written like '5,1', .* in line 8, column 'size', got '5.1'"),
        (a_column("5", "~5"), r"a number \(as in 2 of 4 rows\) in line 4, column 'size', got '~5'"),
        (a_column("5", "6.5 kg", "7 kg"), "a number .* in line 4, column 'size', got '6.5 kg'"),
        (a_column("5.5 °C", "7 °C"), "without a unit"),
        (a_column("5.1 kg", "7 kg"), "plain numbers, without a unit .* in line 2, column 'size', got '5.1 kg'"),
        (a_column(1, 2, "x"), r"a number \(as in 4 of 6 rows\) in line 6, column 'size', got 'x'"),
        (a_column("x", "x", "x", 1, 2), r"a number \(as in 4 of 10 rows\) in line 2, column 'size', got 'x'"),
        (a_column(*(f"2024-{m:02}-{d:02}" for m in range(1, 5) for d in range(1, 9))), "of a date: year, month"),
        (a_column(*(f"{kg} kg" for kg in range(21))), "plain numbers, without a unit"),
        (
            a_column(*(f"u{row}" for row in range(1001))),
            "got 1,001 different texts in 2,002",
        ),
    ],
)
def test_texts_that_look_like_numbers_are_read_for_sure_or_refused(read, column, words):
    with pytest.raises(LabError, match=words):
        read(column)


def test_other_columns_settle_what_a_point_or_a_comma_means(read):
    rows = "1.234;5,5;r\n2.500;1;r\n1.234;2;i\n2.500;3;i\n"
    assert read(f"a;b;species\n{rows}").x[:2].tolist() == [[1234, 5.5], [2500, 1]]
    assert read(f"a;b;species\n{rows.replace(',', '.')}").x[:2].tolist() == [[1.234, 5.5], [2.5, 1]]
    commas = "1,234;5.5;r\n2,500;1;r\n1,234;2;i\n2,500;3;i\n"
    assert read(f"a;b;species\n{commas}").x[:2].tolist() == [[1234, 5.5], [2500, 1]]


def test_more_inputs_than_the_memory_should_hold_are_refused(read, monkeypatch):
    monkeypatch.setattr(csv_table, "MOST_NUMBERS", 15)
    with pytest.raises(
        LabError,
        match="at most 15 inputs in all rows together, got 4 in each of 4; 3 of them stand for column 'colour'",
    ):
        read(FLOWERS)


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


def test_the_option_decides_over_the_values(read):
    text = "x;y\n" + "".join(f"{row % 5};{value}\n" for row, value in enumerate([*TWENTY_ONE, *TWENTY_ONE]))
    assert read(text, target="y", regression=False).classes == 21
    numbers = read("x,y\n1,0\n2,1\n3,1\n4,0\n", target="y", regression=True)
    assert (numbers.classes, numbers.y.tolist()) == (None, [0, 1, 1, 0])


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([1.5, 2, 3], "numbers from 1.5 to 3 (regression)"),
        (TWENTY_ONE, "numbers from 10 to 40 (regression; for classes: --no-regression)"),
        (range(26), "26 classes (for numbers: --regression)"),
    ],
)
def test_the_other_kind_of_target_is_offered_where_it_may_be_meant(read, values, told):
    rows = "".join(f"{row % 5};{value}\n" for row, value in enumerate([*values, *values]))
    assert f"; {told}; " in read(f"x;y\n{rows}", target="y").told[0]


@pytest.mark.parametrize(
    ("target", "regression", "words"),
    [
        ("colour", True, r"a number \(for --regression\) in line 2, column 'colour', got 'red'"),
        ("huge", None, r"a whole number up to 2\^53"),
        ("same", True, "different numbers in column 'same', got only one"),
    ],
)
def test_a_target_of_the_wrong_kind_is_refused(read, target, regression, words):
    text = "x,colour,huge,same\n" + "".join(f"{row},red,{10**17 + row % 2},7\n" for row in range(9))
    with pytest.raises(LabError, match=words):
        read(text, target=target, regression=regression)


GROUPS = "person,x,species\n" + "".join(f"p{row // 3},{row},{'ab'[row % 2]}\n" for row in range(30))


def test_a_group_is_no_input_and_stays_whole(read):
    table = read(GROUPS, group="person")
    assert table.features == 1
    assert table.groups.tolist() == [row // 3 for row in range(30)]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"group": "species"}, "group: expected another column than the target, got 'species'"),
        ({"group": "Person"}, r"group: expected one of the columns of .* got 'Person'; did you mean 'person'\?"),
    ],
)
def test_a_group_that_is_no_group_is_refused(read, options, words):
    with pytest.raises(LabError, match=words):
        read(GROUPS, **options)


def test_one_group_cannot_be_split(read):
    with pytest.raises(LabError, match="at least two groups in column 'person', got 1"):
        read("person,x,species\np,1,a\np,2,b\np,3,a\np,4,b\n", group="person")


def test_a_test_file_is_read_as_the_first_file_is(read):
    test = "species,colour,petal\niris,red,7\nrose,black,8.5\n"
    table = read(FLOWERS, test=test)
    assert table.default_train_size == 4
    assert table.x.tolist() == [[1.5, 0, 0, 0, 1], [2, 0, 1, 0, 0], [2.5, 0, 0, 0, 1], [1, 0, 0, 1, 0]]
    assert table.x_test.tolist() == [[7, 0, 0, 0, 1], [8.5, 1, 0, 0, 0]]
    assert (table.y.tolist(), table.y_test.tolist()) == ([1, 0, 0, 1], [0, 1])
    assert table.told[0].endswith("; 4 rows and 2 for the test")
    assert table.digest != read(FLOWERS).digest


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ("petal,species\n1,rose\n", r"test_csv: expected the columns of .*flowers.csv in .*test.csv, got 'colour'"),
        (FLOWERS.replace("rose", "lily"), r"test.csv: expected a class that a row of .*flowers.csv has too in line 2"),
        (FLOWERS.replace("2.5", "NA"), "test.csv: expected a value in line 4, column 'petal'"),
        (FLOWERS.replace("2.5", "wide"), "test.csv: expected a number .* in line 4, column 'petal', got 'wide'"),
    ],
)
def test_a_test_file_that_does_not_fit_is_refused(read, test, words):
    with pytest.raises(LabError, match=words):
        read(FLOWERS, test=test)


def test_the_same_file_is_no_test_file(tmp_path):
    (tmp_path / "a.csv").write_text(FLOWERS)
    with pytest.raises(LabError, match="test_csv: expected another file than the one to learn from"):
        load_csv(tmp_path / "a.csv", "species", test=tmp_path / "a.csv")


def test_a_group_on_both_sides_is_refused(read):
    with pytest.raises(LabError, match=r"test.csv: expected a group that .* does not have in line 3, .* got 'p1'"):
        read(GROUPS, group="person", test="person,x,species\nnew,1,a\np1,2,b\n")


def test_a_first_line_of_values_is_recognised(read):
    with pytest.raises(LabError, match="if the first line of the file holds values, write a line of column names"):
        read("5.1,3.5,setosa\n4.9,3,setosa\n")

"""What is told of a table: the line that sums it up, and what may not have been meant."""

import pytest

from tests.lab.datasets.own_table.tables import FLOWERS, a_column


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


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("x;species\n1;A\n2;a\n3;A\n4;a\n", "column 'species': 'A' and 'a' are different texts"),
        (
            a_column("Red", "red", "Blue", "blue", "RED"),
            "'Blue' and 'blue' are different texts, and 1 more that differ by capital letters",
        ),
        ("x;species\n1;1\n2;a\n3;1\n4;a\n", "column 'species': '1' is read as a text, as the others are"),
        ("x;species\n1;1-2\n2;3-4\n3;1-2\n4;3-4\n", "column 'species': '1-2' and the like are read as texts"),
        (
            "5.1;2019;rose\n1;2;rose\n1;3;rose\n1;2;iris\n2;2;iris\n",
            "if '5.1' are values, write a line of names",
        ),
    ],
)
def test_what_may_not_be_meant_about_classes_and_names_is_mentioned(read, text, mention):
    (sentence,) = read(text, target="rose" if text.startswith("5.1") else "species").told[1:]
    assert mention in sentence


def test_a_text_that_no_training_row_has_is_mentioned(read):
    told = read(FLOWERS, test="species,color,petal\niris,black,7\nrose,red,8.5\n").told
    assert told[1:] == ("column 'color': no training row has 'black', so the network cannot learn what it means",)


@pytest.mark.parametrize("factor", [1, 7])
def test_whole_numbers_that_never_recur_may_name_the_rows(read, factor):
    rows = "".join(f"{factor * row * (-1) ** row},{row % 3},{row % 2}\n" for row in range(30))
    assert "'n': every row has a whole number of its own" in read(f"n,x,species\n{rows}").told[1]
    assert len(read(f"n,x,species\n{rows}0,0,1\n").told) == 1
    assert len(read(f"n,x,species\n{rows}0.5,0,1\n").told) == 1


def test_a_missing_value_in_the_test_file_is_no_text_of_its_own(read):
    told = read(FLOWERS, test="species,color,petal\niris,,7\nrose,red,8.5\n", missing="mean").told
    assert told[1:] == ("column 'color': the mean of the training rows stands in for 1 missing value",)


def test_texts_that_never_recur_may_name_the_rows(read):
    text = "n,species\na,r\nb,r\nc,i\nd,i\n"
    assert "'n': every row has a text of its own; if it only counts or names" in read(text).told[1]
    assert len(read(text + "d,i\n").told) == 1

"""The notes on a table: a summary, and anything that may not have been intended."""

import pytest

from tests.lab.datasets.own_table.tables import FLOWERS, a_column


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        (FLOWERS, "1 numeric column, 1 text column as 3 inputs; 2 classes; 4 rows"),
        (a_column(1, 2), "1 numeric column; 2 classes; 4 rows"),
        (a_column("a", "b"), "1 text column as 2 inputs; 2 classes; 4 rows"),
        (a_column(*range(600)), "1 numeric column; 2 classes; 1,200 rows"),
    ],
)
def test_the_first_note_summarizes_the_table(read, text, summary):
    assert read(text).notes[0] == summary


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (a_column("5,1", "4,9"), "column 'size': the decimal mark is a comma"),
        (
            a_column("01067", "80331"),
            "'01067' is read as the number 1067; if these are codes, leave them out with --ignore size",
        ),
        (a_column("Red", "red"), "'Red' and 'red' are read as different texts"),
        (a_column("18-25", "26-35"), "'18-25' and similar values are read as texts"),
        (
            "n,x,species\n" + "".join(f"{row},{row % 3},{row % 2}\n" for row in range(30)),
            "'n': every row has a different whole number; if the column only numbers or names the rows, leave",
        ),
        (
            "n,x,species\n" + "".join(f"{-row},{row % 3},{row % 2}\n" for row in range(30)),
            "leave it out with --ignore n",
        ),
    ],
)
def test_a_note_says_what_may_not_be_intended(read, text, note):
    (sentence,) = read(text).notes[1:]
    assert note in sentence


def test_columns_with_the_same_note_share_a_sentence(read):
    assert read("a;b;species\n1,5;2,5;r\n1,5;2;r\n1;2;i\n1;2;i\n").notes[1:] == (
        "columns 'a', 'b': the decimal mark is a comma",
    )


def test_a_plain_table_gets_only_the_summary(read):
    assert len(read(FLOWERS).notes) == 1


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("x;species\n1;A\n2;a\n3;A\n4;a\n", "column 'species': 'A' and 'a' are read as different texts"),
        (
            a_column("Red", "red", "Blue", "blue", "RED"),
            "'Blue' and 'blue' are read as different texts (and 1 more case like this)",
        ),
        ("x;species\n1;1\n2;a\n3;1\n4;a\n", "column 'species': '1' is read as a text, like the other values"),
        ("x;species\n1;1-2\n2;3-4\n3;1-2\n4;3-4\n", "column 'species': '1-2' and similar values are read as texts"),
        (
            "5.1;2019;rose\n1;2;rose\n1;3;rose\n1;2;iris\n2;2;iris\n",
            "if '5.1' are values, add a line of names",
        ),
    ],
)
def test_a_note_says_what_may_not_be_intended_about_classes_and_names(read, text, note):
    (sentence,) = read(text, target="rose" if text.startswith("5.1") else "species").notes[1:]
    assert note in sentence


def test_a_note_names_a_text_that_no_training_row_has(read):
    notes = read(FLOWERS, test="species,color,petal\niris,black,7\nrose,red,8.5\n").notes
    assert notes[1:] == ("column 'color': no training row has 'black', so the network cannot learn what it means",)


@pytest.mark.parametrize("factor", [1, 7])
def test_whole_numbers_that_never_recur_may_name_the_rows(read, factor):
    rows = "".join(f"{factor * row * (-1) ** row},{row % 3},{row % 2}\n" for row in range(30))
    assert "'n': every row has a different whole number" in read(f"n,x,species\n{rows}").notes[1]
    assert len(read(f"n,x,species\n{rows}0,0,1\n").notes) == 1
    assert len(read(f"n,x,species\n{rows}0.5,0,1\n").notes) == 1


def test_a_missing_value_in_the_test_file_is_not_a_new_text(read):
    notes = read(FLOWERS, test="species,color,petal\niris,,7\nrose,red,8.5\n", missing="mean").notes
    assert notes[1:] == ("column 'color': the mean of the training rows replaces 1 missing value",)


def test_texts_that_never_recur_may_name_the_rows(read):
    text = "n,species\na,r\nb,r\nc,i\nd,i\n"
    assert "'n': every row has a different text; if the column only numbers or names" in read(text).notes[1]
    assert len(read(text + "d,i\n").notes) == 1

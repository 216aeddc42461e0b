"""The group column, whose equal values stay together: its requirements, and the groups that the split gets."""

import pytest

from tinygrad_dropout.lab import LabError

WHOLE = (
    "every row has a different whole number; if the column only numbers or names the rows, leave it out with --ignore x"
)
GROUPS = "person,x,species\n" + "".join(f"p{row // 3},{row},{'ab'[row % 2]}\n" for row in range(30))


def test_the_group_column_is_not_an_input(read):
    table = read(GROUPS, group="person")
    assert table.features == 1
    assert table.groups.tolist() == [row // 3 for row in range(30)]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"group": "species"}, "group: expected a column other than the target, got 'species'"),
        ({"group": "Person"}, r"group: expected one of the columns of .* got 'Person'; did you mean 'person'\?"),
    ],
)
def test_a_group_column_that_cannot_be_used_is_refused(read, options, words):
    with pytest.raises(LabError, match=words):
        read(GROUPS, **options)


def test_one_group_cannot_be_split(read):
    with pytest.raises(LabError, match="at least two groups in column 'person', got 1"):
        read("person,x,species\np,1,a\np,2,b\np,3,a\np,4,b\n", group="person")


def test_a_group_on_both_sides_is_refused(read):
    with pytest.raises(LabError, match=r"test.csv: expected a group that .* does not have in line 3, .* got 'p1'"):
        read(GROUPS, group="person", test="person,x,species\nnew,1,a\np1,2,b\n")


def test_groups_can_be_written_as_whole_numbers_or_as_fractions(read):
    text = "person,x,species\n7,1,a\n7.0,2,b\n8,3,a\n8,4,b\n"
    assert read(text, group="person").groups.tolist() == [0, 0, 1, 1]
    with pytest.raises(LabError, match=r"a group that .*flowers.csv does not have in line 2, .* got '8.00'"):
        read(text, group="person", test="person,x,species\n8.00,1,a\n9,2,b\n")


def test_numbers_too_large_to_tell_apart_stay_separate_groups(read):
    rows = "".join(f"{10**17 + row // 2},{row},{'ab'[row % 2]}\n" for row in range(8))
    assert read(f"person,x,species\n{rows}", group="person").groups.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_class_in_only_one_group_is_refused(read):
    text = "person,x,species\np,1,a\np,2,b\nq,3,a\nq,4,b\n"
    assert read(text, group="person").classes == 2
    words = "rows of class 'b' in at least two groups, so that both sides .* only group 'q' of column 'person'"
    with pytest.raises(LabError, match=words):
        read(text.replace("p,2,b", "q,2,b"), group="person")


def test_a_class_that_is_written_in_two_ways_counts_once(read):
    assert read("person,x,species\np,1,1\np,2,0\nq,3,1.0\nq,4,0.0\n", group="person").classes == 2


def test_groups_of_numbers_to_predict_need_no_classes(read):
    text = "person,x,y\np,1,1.5\np,2,2.5\nq,3,3.5\nq,4,4.5\n"
    table = read(text, target="y", group="person")
    assert (table.classes, table.groups.tolist()) == (None, [0, 0, 1, 1])
    test = read(text, target="y", group="person", test="y,person,x\n9.5,r,3\n")
    assert (test.y_test.tolist(), test.groups, test.default_train_size) == ([9.5], None, 4)


def test_groups_that_differ_by_capital_letters_are_mentioned_and_numbers_are_not(read):
    assert read(GROUPS, group="person").notes[1:] == ("column 'x': " + WHOLE,)
    notes = read(GROUPS.replace("p3", "P2"), group="person").notes
    assert "column 'person': 'P2' and 'p2' are read as different texts" in notes
    notes = read(GROUPS.replace("\np", "\n"), group="person").notes
    assert notes[1:] == ("column 'x': " + WHOLE,)

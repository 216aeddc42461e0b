"""The column whose equal values stay together: what it must be, and what reaches the split."""

import pytest

from tinygrad_dropout.lab import LabError

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


def test_a_group_on_both_sides_is_refused(read):
    with pytest.raises(LabError, match=r"test.csv: expected a group that .* does not have in line 3, .* got 'p1'"):
        read(GROUPS, group="person", test="person,x,species\nnew,1,a\np1,2,b\n")

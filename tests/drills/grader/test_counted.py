"""Nodes that count what is done with them."""

import pytest

from tinygrad_dropout.drills.grader.counted import CountedNode, TooMuchWork, Work


def test_reads_of_parents_are_counted():
    work = Work(2, 0)
    node = CountedNode(work, ("a",))
    assert (node.parents, node.parents) == (("a",), ("a",))
    with pytest.raises(TooMuchWork, match="parents was read more than 2 times"):
        _ = node.parents


@pytest.mark.parametrize("look_up", [hash, lambda node: node == 1, lambda node: node in [1], lambda node: {node}])
def test_lookups_are_counted(look_up):
    node = CountedNode(Work(0, 1))
    look_up(node)
    with pytest.raises(TooMuchWork, match="nodes were looked up more than 1 times"):
        look_up(node)


def test_a_node_equals_only_itself():
    work = Work(0, 10)
    one, other = CountedNode(work), CountedNode(work)
    assert one == one
    assert one != other

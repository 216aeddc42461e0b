"""Exercise 5: the order in which backward visits a graph. The task: tasks/05_topological_order.md"""


class Node:
    """A node of a graph, to try things with: Node("b", a, a) is made from a and a."""

    def __init__(self, name, *parents):
        self.name, self.parents = name, parents

    def __repr__(self):
        return self.name


def backward_order(result):
    """The result and all that it depends on: each node once, after all the nodes that use it."""
    raise NotImplementedError

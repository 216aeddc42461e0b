"""The order of the backward pass: depth first, each node added to the list on the way back, and the list reversed.

A gradient is the sum of the shares that a node gets from all its users. If it is passed on before the last share has
arrived, too little is passed on; if it is passed on again afterward, the first share counts twice. So each node is
visited once, after all its users.

Go down to the parents first, and add a node to the list only when all its parents are in it. In that list each node
comes after everything it was computed from: "parents first". Reversed, it is "users first". The set of visited nodes
limits every node to one visit, so the work is one step for each edge. Without it, there is one step for each path, and
a chain of 20 diamonds has 2^20 paths. (Tarjan 1976: reversed postorder is a topological order.)
"""


class Node:
    """A node of a graph, to try things with: Node("b", a, a) is made from a and a."""

    def __init__(self, name, *parents):
        self.name, self.parents = name, parents

    def __repr__(self):
        return self.name


def backward_order(result):
    parents_first, met = [], set()

    def visit(node):
        if node in met:
            return
        met.add(node)
        for parent in node.parents:
            visit(parent)
        parents_first.append(node)

    visit(result)
    return parents_first[::-1]

"""The order of the backward pass: depth first, each node added to the list on the way back, and the list reversed.

A gradient is the sum of the shares that a node gets from all its users. Passing it on before the last of them has given
its share passes on too little; passing it on again afterwards counts the first share twice. So each node is visited
once, after all its users.

Go down to the parents first, and add a node to the list only when all its parents are in it. In that list each node
comes after everything it was computed from: "parents first". Reversed, it is "users first". The set of nodes that were
met limits every node to one visit, so the work is one step for each edge. Without it there is one for each path, and a
chain of 20 diamonds has 2^20 paths. (Tarjan 1976: reversed postorder is a topological order.)
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

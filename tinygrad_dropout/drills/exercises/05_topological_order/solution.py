"""The order of the backward pass: depth first, entered in the list on the way back, and turned round.

A gradient is the sum of what all users of a node hand it. Handing it on before the last of them has given its share
hands on too little; handing it on again afterwards counts the first share twice. So: each node once, all users before
it.

Go down to the parents first, and enter a node in the list only when all its parents are in it. In that list each node
comes after everything it was computed from: "parents first". Backwards it is "users first". The set of nodes that were
met keeps every node to one visit, so the work is one step for each edge. Without it there is one for each path, and a
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

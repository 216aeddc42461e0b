"""Backward without recursion.

Recursion keeps its unfinished work on Python's call stack, which is limited to about 1,000 calls. You can keep the same
work in a list, which is limited only by memory. If you count the uses, two passes are enough:

    1. visit all values once, and count how often each is used as a parent;
    2. begin with the result. A value gives each parent upstream times slope and subtracts one from its count.
       At a count of 0, all shares have arrived, so the parent is complete and is next in line.

Each pass looks at each value and each use once, so the time grows with their number. A parent that is named twice is
counted twice and gets two shares. (Kahn 1962, "Topological sorting of large networks".)
"""


class Value:
    """A value of a graph, to try things with: b = Value((a, a), (2.0, 3.0)) is 2 a + 3 a."""

    def __init__(self, parents=(), slopes=()):
        self.parents, self.slopes, self.grad = parents, slopes, 0.0


def backward(result):
    uses, unvisited = {result: 0}, [result]
    while unvisited:
        for parent in unvisited.pop().parents:
            if parent not in uses:
                uses[parent] = 0
                unvisited.append(parent)
            uses[parent] += 1

    result.grad = 1.0
    complete = [result]
    while complete:
        value = complete.pop()
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += value.grad * slope
            uses[parent] -= 1
            if uses[parent] == 0:
                complete.append(parent)

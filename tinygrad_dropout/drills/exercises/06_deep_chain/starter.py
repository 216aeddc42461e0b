"""Exercise 6: backward through a chain of 50,000 values. The task: tasks/06_deep_chain.md"""


class Value:
    """A value of a graph, to try things with: b = Value((a, a), (2.0, 3.0)) is 2 a + 3 a."""

    def __init__(self, parents=(), slopes=()):
        self.parents, self.slopes, self.grad = parents, slopes, 0.0


def backward(result):
    """Leave in every value's grad how much the result moves when the value moves."""
    raise NotImplementedError

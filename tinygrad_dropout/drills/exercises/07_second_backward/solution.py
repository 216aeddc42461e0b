"""A backward that can be called again.

grad has two meanings. For a value in the middle it is scratch space for one call: d result/d value of THIS result. For
an input it accumulates over all calls: the sum of d result/d input, until the caller sets it to 0. A call passes on
grad times slope from each value in the middle. Old numbers that are still in that grad would be passed on once more:

    y = m x, m = x x:  first call  m.grad = x,          second call  m.grad = x + x, and its share is counted double

So the scratch space is reset before each call, and the sums of the inputs are not. The result begins with 1, unless it
is an input itself: then its grad grows by 1.
"""


class Value:
    """A number that remembers what it was computed from."""

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes, self.grad = data, parents, slopes, 0.0

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))


def users_first(result):
    """All values that the result depends on, each after the values that use it."""
    found, seen = [], set()

    def visit(value):
        if value not in seen:
            seen.add(value)
            for parent in value.parents:
                visit(parent)
            found.append(value)

    visit(result)
    return found[::-1]


def zero_grad(inputs):
    """Start over."""
    for value in inputs:
        value.grad = 0.0


def backward(result):
    order = users_first(result)
    for value in order:
        if value.parents:
            value.grad = 0.0
    result.grad += 1.0
    for value in order:
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += value.grad * slope

"""How a gradient is passed on.

If x changes a little, every value computed from x changes, and all these changes affect the result. To first order, the
effects add up (the chain rule for several variables): with the uses u of x,

    d result/dx = sum over the uses u of  d result/du * du/dx

so each use ADDS its share, upstream times slope, to the shares of the others; `=` would keep only the last one. In x *
x the value is a parent twice, with slope x each time, so its two shares add up to x + x = 2x. The code goes through the
pairs of parents and slopes one by one: a set or a dictionary of the parents would hold x only once.
"""


class Value:
    """A number that remembers what it was computed from."""

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes, self.grad = data, parents, slopes, 0.0

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))


def pass_on(value):
    for parent, slope in zip(value.parents, value.slopes, strict=True):
        parent.grad += value.grad * slope


def backward(result):
    """Leave in every value's grad how much the result changes when the value changes."""
    result.grad = 1.0
    for value in users_first(result):
        pass_on(value)


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

"""Exercise 4: a value that is used several times. The task: tasks/04_fan_out.md"""


class Value:
    """A number that remembers what it was computed from."""

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes, self.grad = data, parents, slopes, 0.0

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))


def pass_on(value):
    """Give each parent of the value its share of the value's gradient."""
    raise NotImplementedError


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

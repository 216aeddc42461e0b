"""Right answers, written differently: none may be rejected."""


# %% pull: every value keeps a list of those that use it, and its gradient is summed from them
class Value:
    __slots__ = ("data", "grad", "uses", "parents")

    def __init__(self, data, parents=()):
        self.data, self.grad, self.uses, self.parents = data, 0.0, [], parents

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))
        self.uses.append((out, 1.0))
        other.uses.append((out, 1.0))
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))
        self.uses.append((out, other.data))
        other.uses.append((out, self.data))
        return out


def backward(result):
    order = []

    def visit(value):
        if value not in order:
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(result)
    for value in reversed(order):
        value.grad = float(value is result) + sum(use.grad * slope for use, slope in value.uses if use in order)


# %% paths: the sum over all paths, by recursion from each result down
class Value:
    def __init__(self, data, edges=()):
        self.data, self.edges, self.grad = data, edges, 0.0

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])


def backward(result, upstream=1.0):
    result.grad += upstream
    for parent, slope in result.edges:
        backward(parent, upstream * slope)


# %% indices: the starter's class, with a loop over positions
class Value:
    """A number that remembers what it was computed from."""

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.parents, self.slopes, self.grad = data, parents, slopes, 0.0

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))


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


def pass_on(value):
    for i in range(len(value.parents)):
        share = value.slopes[i] * value.grad
        value.parents[i].grad = value.parents[i].grad + share

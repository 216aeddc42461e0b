"""Answers that the grader must reject, each under the name of its mistake."""


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


# %% overwrites-the-gradient: = for +=
def pass_on(value):
    for parent, slope in zip(value.parents, value.slopes):
        parent.grad = value.grad * slope


# %% inputs-get-nothing: a local name is changed, and the parent is not
def pass_on(value):
    for parent, slope in zip(value.parents, value.slopes):
        grad = parent.grad
        grad += value.grad * slope


# %% wrong-values: two values with the same number are treated as one
def pass_on(value):
    shares = {}
    for parent, slope in zip(value.parents, value.slopes):
        shares.setdefault(parent.data, [parent, 0.0])[1] += value.grad * slope
    for parent, share in shares.values():
        parent.grad += share


# %% second-call-differs: a repeated share is treated as one that was already given
GIVEN = set()


def pass_on(value):
    for place, (parent, slope) in enumerate(zip(value.parents, value.slopes)):
        share = value.grad * slope
        if (value.data, place, share) not in GIVEN:
            parent.grad += share
        GIVEN.add((value.data, place, share))

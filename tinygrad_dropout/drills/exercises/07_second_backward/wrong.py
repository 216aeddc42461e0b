"""Answers that the grader must reject, each under the name of its mistake."""


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


def pass_on(value):
    for parent, slope in zip(value.parents, value.slopes):
        parent.grad += value.grad * slope


# %% stale-intermediates: nothing is reset
def backward(result):
    result.grad = 1.0
    for value in users_first(result):
        pass_on(value)


# %% second-call-does-nothing: values are marked as done
def backward(result):
    for value in users_first(result):
        if value is result:
            value.grad = 1.0
        if not hasattr(value, "done"):
            value.done = True
            pass_on(value)


# %% second-call-differs: the order of a result is cached, and another result with the same number gets it
ORDERS = {}


def backward(result):
    """Results are looked up by their numbers."""
    order = ORDERS.setdefault(result.data, users_first(result))
    for value in order:
        if value.parents:
            value.grad = 0.0
    order[0].grad += 1.0
    for value in order:
        pass_on(value)


# %% keeps-its-own-account: the sums are kept in a dictionary, and overwrite what the caller sets
SUMS = {}


def backward(result):
    order = users_first(result)
    grads = dict.fromkeys(order, 0.0)
    grads[result] = 1.0
    for value in order:
        for parent, slope in zip(value.parents, value.slopes):
            grads[parent] += grads[value] * slope
    for value in order:
        if not value.parents:
            value.grad = SUMS[value] = SUMS.get(value, 0.0) + grads[value]

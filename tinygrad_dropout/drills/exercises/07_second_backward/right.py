"""Right answers, written differently: none may be rejected."""


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


# %% dictionary: the gradients of one call are kept in a dictionary
def backward(result):
    order = users_first(result)
    grads = dict.fromkeys(order, 0.0) | {result: 1.0}
    for value in order:
        for parent, slope in zip(value.parents, value.slopes):
            grads[parent] += grads[value] * slope
    for value in order:
        value.grad += grads[value]


# %% afterward: a value in the middle is reset once it has passed its gradient on
def backward(result):
    result.grad += 1.0
    for value in users_first(result):
        for parent, slope in zip(value.parents, value.slopes):
            parent.grad += value.grad * slope
        if value.parents:
            value.grad = 0.0


# %% set-aside: inputs' old gradients are saved, all are reset, and the old ones are added again
def backward(result):
    order = users_first(result)
    before = [(value, value.grad) for value in order if not value.parents]
    for value in order:
        value.grad = 0.0
    result.grad = 1.0
    for value in order:
        for i, parent in enumerate(value.parents):
            parent.grad += value.slopes[i] * value.grad
    for value, old in before:
        value.grad += old


# %% closures: another class, whose values know their own rule
class Value:
    __slots__ = ("data", "grad", "backward_step", "inputs")

    def __init__(self, data, inputs=(), backward_step=None):
        self.data, self.grad, self.inputs, self.backward_step = data, 0.0, inputs, backward_step

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), lambda grad: (grad, grad))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), lambda grad: (grad * other.data, grad * self.data))


def backward(result):
    order = []

    def visit(value):
        if value not in order:
            for one in value.inputs:
                visit(one)
            order.append(value)

    visit(result)
    fresh = {value: 0.0 for value in order}
    fresh[result] = 1.0
    for value in reversed(order):
        if value.backward_step is None:
            value.grad += fresh[value]
        else:
            for one, share in zip(value.inputs, value.backward_step(fresh[value])):
                fresh[one] += share

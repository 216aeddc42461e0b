"""A number that remembers how it was computed."""

# stage 1
import math

# stage 2
from framework.graph import users_first


# stage 1
class Value:
    """A number, the Values it was computed from, and its derivative with respect to each of them.

    If x changes by 1, x * y changes by y, so the slopes of x * y are (y, x); the slopes of a sum are 1. Everything else
    follows from four rules: x ** n has the slope n x ** (n - 1), exp has exp, tanh has 1 - tanh ** 2, and x - y is x +
    (-1) * y.
    """

    def __init__(self, data, parents=(), slopes=()):
        self.data = float(data)
        self.parents, self.slopes = parents, slopes
        # stage 2
        self.grad = 0.0

    # stage 1
    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, exponent):
        slope = exponent * self.data ** (exponent - 1) if exponent else 0.0  # 0 * 0 ** -1 would raise
        return Value(self.data**exponent, (self,), (slope,))

    def exp(self):
        result = math.exp(self.data)
        return Value(result, (self,), (result,))

    def tanh(self):
        result = math.tanh(self.data)
        return Value(result, (self,), (1 - result**2,))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -as_value(other)

    def __truediv__(self, other):
        return self * as_value(other) ** -1

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other):
        return as_value(other) - self

    def __rtruediv__(self, other):
        return as_value(other) / self

    # stage 2
    def backward(self):
        """Add d self / d leaf to the grad of every leaf. All other grads belong only to this call."""
        order = users_first(self)
        for value in order:
            if value.parents:
                value.grad = 0.0
        self.grad += 1.0
        for value in order:
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


# stage 1
def as_value(other):
    return other if isinstance(other, Value) else Value(other)

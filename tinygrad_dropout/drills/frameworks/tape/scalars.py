# stage 1
"""Numbers. Every Value has its own serial number, which is higher than those of its operands."""

import math
from itertools import count

# stage 2
from heapq import heappop, heappush


# stage 1
class Value:
    """A number that knows its operands and its place in the order."""

    births = count()

    def __init__(self, data):
        self.data = float(data)
        self.parents = self.slopes = ()
        self.born = next(self.births)
        # stage 2
        self.grad = 0.0

    # stage 1
    def __add__(self, other):
        return Add.apply(self, other)

    def __radd__(self, other):
        return Add.apply(other, self)

    def __sub__(self, other):
        return Subtract.apply(self, other)

    def __rsub__(self, other):
        return Subtract.apply(other, self)

    def __mul__(self, other):
        return Multiply.apply(self, other)

    def __rmul__(self, other):
        return Multiply.apply(other, self)

    def __truediv__(self, other):
        return Divide.apply(self, other)

    def __rtruediv__(self, other):
        return Divide.apply(other, self)

    def __pow__(self, exponent):
        return Power.apply(self, exponent)

    def __neg__(self):
        return Subtract.apply(0.0, self)

    def exp(self):
        return Exp.apply(self)

    def tanh(self):
        return Tanh.apply(self)

    # stage 2
    def backward(self):
        """The newest Value with a gradient is always next: all its users are newer, and done."""
        shares, waiting = {self: 1.0}, [(-self.born, self)]
        while waiting:
            _, value = heappop(waiting)
            share = shares.pop(value)
            value.grad = share if value.parents else value.grad + share
            for parent, slope in zip(value.parents, value.slopes):
                if parent not in shares:
                    shares[parent] = 0.0
                    heappush(waiting, (-parent.born, parent))
                shares[parent] += slope * share


# stage 1
class Operation:
    """A forward on numbers, and the slope for each operand; plain numbers are not parents."""

    @classmethod
    def apply(cls, *operands):
        numbers = [one.data if isinstance(one, Value) else one for one in operands]
        result = Value(cls.forward(*numbers))
        kept = [pair for pair in zip(operands, cls.slopes(*numbers)) if isinstance(pair[0], Value)]
        result.parents, result.slopes = zip(*kept)
        return result


class Add(Operation):
    @staticmethod
    def forward(x, y):
        return x + y

    @staticmethod
    def slopes(x, y):
        return 1.0, 1.0


class Subtract(Operation):
    @staticmethod
    def forward(x, y):
        return x - y

    @staticmethod
    def slopes(x, y):
        return 1.0, -1.0


class Multiply(Operation):
    @staticmethod
    def forward(x, y):
        return x * y

    @staticmethod
    def slopes(x, y):
        return y, x


class Divide(Operation):
    @staticmethod
    def forward(x, y):
        return x / y

    @staticmethod
    def slopes(x, y):
        return 1 / y, -x / (y * y)


class Power(Operation):
    @staticmethod
    def forward(x, n):
        return x**n

    @staticmethod
    def slopes(x, n):
        return (0.0 if n == 0 else n * x ** (n - 1)), None


class Exp(Operation):
    @staticmethod
    def forward(x):
        return math.exp(x)

    @staticmethod
    def slopes(x):
        return (math.exp(x),)


class Tanh(Operation):
    @staticmethod
    def forward(x):
        return math.tanh(x)

    @staticmethod
    def slopes(x):
        return ((1 + math.tanh(x)) * (1 - math.tanh(x)),)

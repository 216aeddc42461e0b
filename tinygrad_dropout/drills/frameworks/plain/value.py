# stage 1
import math


class Value:
    """A number, the name of the operation that computed it, and the operands, which are Values or numbers."""

    def __init__(self, data, operation=None, operands=()):
        self.data = float(data)
        self.operation = operation
        self.operands = operands
        # stage 2
        self.grad = 0.0

    # stage 1
    @property
    def parents(self):
        found = []
        for operand in self.operands:
            if isinstance(operand, Value):
                found.append(operand)
        return tuple(found)

    @property
    def slopes(self):
        numbers = [operand.data if isinstance(operand, Value) else operand for operand in self.operands]
        if self.operation is None:
            every = []
        elif self.operation == "+":
            every = [1.0, 1.0]
        elif self.operation == "-":
            every = [1.0, -1.0]
        elif self.operation == "*":
            every = [numbers[1], numbers[0]]
        elif self.operation == "/":
            every = [1.0 / numbers[1], -numbers[0] / numbers[1] ** 2]
        elif self.operation == "**":
            if numbers[1] == 0:
                every = [0.0, None]
            else:
                every = [numbers[1] * numbers[0] ** (numbers[1] - 1), None]
        elif self.operation == "negative":
            every = [-1.0]
        elif self.operation == "exp":
            every = [self.data]
        else:
            every = [1.0 - self.data * self.data]
        kept = []
        for operand, slope in zip(self.operands, every):
            if isinstance(operand, Value):
                kept.append(float(slope))
        return tuple(kept)

    def __add__(self, other):
        if isinstance(other, Value):
            return Value(self.data + other.data, "+", (self, other))
        return Value(self.data + other, "+", (self, other))

    def __radd__(self, other):
        return Value(other + self.data, "+", (other, self))

    def __sub__(self, other):
        if isinstance(other, Value):
            return Value(self.data - other.data, "-", (self, other))
        return Value(self.data - other, "-", (self, other))

    def __rsub__(self, other):
        return Value(other - self.data, "-", (other, self))

    def __mul__(self, other):
        if isinstance(other, Value):
            return Value(self.data * other.data, "*", (self, other))
        return Value(self.data * other, "*", (self, other))

    def __rmul__(self, other):
        return Value(other * self.data, "*", (other, self))

    def __truediv__(self, other):
        if isinstance(other, Value):
            return Value(self.data / other.data, "/", (self, other))
        return Value(self.data / other, "/", (self, other))

    def __rtruediv__(self, other):
        return Value(other / self.data, "/", (other, self))

    def __pow__(self, n):
        return Value(self.data**n, "**", (self, n))

    def __neg__(self):
        return Value(-self.data, "negative", (self,))

    def exp(self):
        return Value(math.exp(self.data), "exp", (self,))

    def tanh(self):
        return Value(math.tanh(self.data), "tanh", (self,))

    # stage 2
    def backward(self):
        gradients = {}
        for value in parents_first(self):
            gradients[id(value)] = 0.0
        gradients[id(self)] = 1.0
        for value in reversed(parents_first(self)):
            for parent, slope in zip(value.parents, value.slopes):
                gradients[id(parent)] = gradients[id(parent)] + gradients[id(value)] * slope
            if value.operation is None:
                value.grad = value.grad + gradients[id(value)]
            else:
                value.grad = gradients[id(value)]


def parents_first(last):
    """Does what a recursion would do: a node is open while its parents are visited, and then done."""
    order = []
    state = {}
    stack = [last]
    while len(stack) > 0:
        node = stack[-1]
        if id(node) not in state:
            state[id(node)] = "open"
            for parent in node.parents:
                if id(parent) not in state:
                    stack.append(parent)
        else:
            stack.pop()
            if state[id(node)] == "open":
                state[id(node)] = "done"
                order.append(node)
    return order

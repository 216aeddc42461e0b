# stage 3
import numpy as np

from framework.value import parents_first


class Tensor:
    """An array; `how` is a dictionary that says how it was computed, and None if it was not."""

    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data)
        if self.data.dtype not in (np.float16, np.float32, np.float64):
            self.data = self.data.astype("float64")
        self.requires_grad = requires_grad
        self.grad = None
        self.how = None

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        """NumPy asks here what to do with array + tensor, and so on."""
        if ufunc is np.add:
            return calculate("add", inputs[0], inputs[1])
        if ufunc is np.subtract:
            return calculate("subtract", inputs[0], inputs[1])
        if ufunc is np.multiply:
            return calculate("multiply", inputs[0], inputs[1])
        if ufunc is np.divide:
            return calculate("divide", inputs[0], inputs[1])
        # stage 4
        if ufunc is np.matmul:
            return calculate("matmul", inputs[0], inputs[1])
        # stage 3
        return NotImplemented

    @property
    def shape(self):
        return self.data.shape

    @property
    def parents(self):
        if self.how is None:
            return []
        return [one for one in self.how["inputs"] if one.requires_grad]

    def backward(self, gradient=None):
        if gradient is None:
            assert self.data.size == 1, "backward needs a gradient: the result is not one number"
            gradient = np.ones(self.shape)
        gradients = {id(self): np.array(gradient, dtype=self.data.dtype)}
        for tensor in reversed(parents_first(self)):
            mine = gradients[id(tensor)]
            if tensor.how is not None:
                rule = RULES[tensor.how["name"]]
                for one, part in zip(tensor.how["inputs"], rule(tensor.how, mine)):
                    if one.requires_grad:
                        part = shrunk(np.asarray(part), one.shape)
                        if id(one) in gradients:
                            gradients[id(one)] = gradients[id(one)] + part
                        else:
                            gradients[id(one)] = part
            elif tensor.requires_grad:
                if tensor.grad is None:
                    tensor.grad = np.zeros(tensor.shape, tensor.data.dtype)
                tensor.grad = np.asarray(tensor.grad + mine, tensor.data.dtype)

    def __add__(self, other):
        return calculate("add", self, other)

    def __radd__(self, other):
        return calculate("add", other, self)

    def __sub__(self, other):
        return calculate("subtract", self, other)

    def __rsub__(self, other):
        return calculate("subtract", other, self)

    def __mul__(self, other):
        return calculate("multiply", self, other)

    def __rmul__(self, other):
        return calculate("multiply", other, self)

    def __truediv__(self, other):
        return calculate("divide", self, other)

    def __rtruediv__(self, other):
        return calculate("divide", other, self)

    def __pow__(self, n):
        return made("power", [self], self.data**n, n=n)

    def __neg__(self):
        return made("multiply", [self, Tensor(self.data.dtype.type(-1))], -self.data)

    def exp(self):
        return made("exp", [self], np.exp(self.data))

    def log(self):
        return made("log", [self], np.log(self.data))

    def tanh(self):
        return made("tanh", [self], np.tanh(self.data))

    # stage 4
    def sum(self, axis=None, keepdims=False):
        return made("sum", [self], self.data.sum(axis=axis, keepdims=keepdims), axes=as_list(axis, self.data.ndim))

    def mean(self, axis=None, keepdims=False):
        total = self.sum(axis, keepdims)
        count = 1
        for one in as_list(axis, self.data.ndim):
            count = count * self.shape[one]
        return total / count

    def reshape(self, *shape):
        return made("reshape", [self], self.data.reshape(*shape))

    @property
    def T(self):
        return made("T", [self], self.data.T)

    def __matmul__(self, other):
        return calculate("matmul", self, other)

    def __rmatmul__(self, other):
        return calculate("matmul", other, self)


# stage 3
def made(name, inputs, data, **more):
    """A Tensor with an entry for everything that its rule needs."""
    result = Tensor(data)
    how = {"name": name, "inputs": inputs, "arrays": [one.data for one in inputs], "result": result.data}
    how.update(more)
    for one in inputs:
        if one.requires_grad:
            result.requires_grad = True
    if result.requires_grad:
        result.how = how
    return result


def calculate(name, left, right):
    """An operation with two operands, one of which may be a number or an array."""
    if not isinstance(left, Tensor):
        left = Tensor(left) if isinstance(left, np.ndarray) else Tensor(np.array(left, dtype=right.data.dtype))
    if not isinstance(right, Tensor):
        right = Tensor(right) if isinstance(right, np.ndarray) else Tensor(np.array(right, dtype=left.data.dtype))
    x = left.data
    y = right.data
    if name == "add":
        result = x + y
    # stage 4
    elif name == "matmul":
        result = np.dot(x, y)
    # stage 3
    elif name == "subtract":
        result = x - y
    elif name == "multiply":
        result = x * y
    else:
        result = x / y
    return made(name, [left, right], result)


def shrunk(gradient, shape):
    """Add up the gradients of the same entry."""
    while gradient.ndim > len(shape):
        total = np.zeros(gradient.shape[1:])
        for piece in gradient:
            total = total + piece
        gradient = total
    for axis in range(len(shape)):
        if shape[axis] == 1 and gradient.shape[axis] > 1:
            total = np.zeros(gradient.shape[:axis] + gradient.shape[axis + 1 :])
            for place in range(gradient.shape[axis]):
                total = total + np.take(gradient, place, axis)
            gradient = np.expand_dims(total, axis)
    return gradient


def power_rule(how, g):
    x = how["arrays"][0]
    n = how["n"]
    if n == 0:
        return [np.zeros(x.shape)]
    return [g * n * x ** (n - 1)]


# name of an operation -> the gradients of its inputs
RULES = {}
RULES["add"] = lambda how, g: [g, g]
RULES["subtract"] = lambda how, g: [g, -g]
RULES["multiply"] = lambda how, g: [g * how["arrays"][1], g * how["arrays"][0]]
RULES["divide"] = lambda how, g: [g / how["arrays"][1], -g * how["result"] / how["arrays"][1]]
RULES["power"] = power_rule
RULES["exp"] = lambda how, g: [g * how["result"]]
RULES["log"] = lambda how, g: [g / how["arrays"][0]]
RULES["tanh"] = lambda how, g: [g * (1 - how["result"]) * (1 + how["result"])]


# stage 4
def as_list(axis, ndim):
    """The axes, counted from the front."""
    if axis is None:
        return list(range(ndim))
    if isinstance(axis, int):
        axis = [axis]
    return [one % ndim for one in axis]


def sum_rule(how, g):
    x = how["arrays"][0]
    shape = []
    for axis in range(x.ndim):
        if axis in how["axes"]:
            shape.append(1)
        else:
            shape.append(x.shape[axis])
    return [np.zeros(x.shape) + g.reshape(shape)]


RULES["sum"] = sum_rule
RULES["reshape"] = lambda how, g: [g.reshape(how["arrays"][0].shape)]
RULES["T"] = lambda how, g: [g.T]
RULES["matmul"] = lambda how, g: [np.dot(g, how["arrays"][1].T), np.dot(how["arrays"][0].T, g)]

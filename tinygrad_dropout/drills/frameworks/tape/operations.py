# stage 3
"""The operations: forward stores in its memory what backward needs."""

import numpy as np


class Memory:
    """What a forward stores for its backward."""


class Add:
    @staticmethod
    def forward(memory, x, y):
        return x + y

    @staticmethod
    def backward(memory, g):
        return g, g


class Subtract:
    @staticmethod
    def forward(memory, x, y):
        return x - y

    @staticmethod
    def backward(memory, g):
        return g, -g


class Multiply:
    @staticmethod
    def forward(memory, x, y):
        memory.x, memory.y = x, y
        return x * y

    @staticmethod
    def backward(memory, g):
        return memory.y * g, memory.x * g


class Divide:
    @staticmethod
    def forward(memory, x, y):
        memory.quotient, memory.y = x / y, y
        return memory.quotient

    @staticmethod
    def backward(memory, g):
        return g / memory.y, -memory.quotient * g / memory.y


class Power:
    @staticmethod
    def forward(memory, x, exponent):
        memory.x, memory.exponent = x, exponent
        return x**exponent

    @staticmethod
    def backward(memory, g):
        if memory.exponent == 0:
            return (0 * g,)
        return (g * memory.exponent * memory.x ** (memory.exponent - 1),)


class Negate:
    @staticmethod
    def forward(memory, x):
        return -x

    @staticmethod
    def backward(memory, g):
        return (-g,)


class Exp:
    @staticmethod
    def forward(memory, x):
        memory.y = np.exp(x)
        return memory.y

    @staticmethod
    def backward(memory, g):
        return (memory.y * g,)


class Log:
    @staticmethod
    def forward(memory, x):
        memory.x = x
        return np.log(x)

    @staticmethod
    def backward(memory, g):
        return (1 / memory.x * g,)


class Tanh:
    @staticmethod
    def forward(memory, x):
        memory.y = np.tanh(x)
        return memory.y

    @staticmethod
    def backward(memory, g):
        return (g - g * memory.y * memory.y,)


# stage 4
class Sum:
    @staticmethod
    def forward(memory, x, axis, keepdims):
        memory.x, memory.axis, memory.keepdims = x, axis, keepdims
        return np.sum(x, axis, keepdims=keepdims)

    @staticmethod
    def backward(memory, g):
        if memory.axis is not None and not memory.keepdims:
            g = np.expand_dims(g, memory.axis)
        return (np.ones_like(memory.x) * g,)


class Mean:
    @staticmethod
    def forward(memory, x, axis, keepdims):
        memory.count = x.size / np.sum(x, axis).size
        return Sum.forward(memory, x, axis, keepdims) / x.dtype.type(memory.count)

    @staticmethod
    def backward(memory, g):
        return (Sum.backward(memory, g)[0] / memory.count,)


class Reshape:
    @staticmethod
    def forward(memory, x, shape):
        memory.before = x.shape
        return np.reshape(x, shape[0] if isinstance(shape[0], (tuple, list)) else shape)

    @staticmethod
    def backward(memory, g):
        return (np.reshape(g, memory.before),)


class Transpose:
    @staticmethod
    def forward(memory, x):
        return np.transpose(x)

    @staticmethod
    def backward(memory, g):
        return (np.transpose(g),)


class MatMul:
    @staticmethod
    def forward(memory, x, y):
        memory.x, memory.y = x, y
        return np.matmul(x, y)

    @staticmethod
    def backward(memory, g):
        return np.einsum("no,io->ni", g, memory.y), np.einsum("ni,no->io", memory.x, g)

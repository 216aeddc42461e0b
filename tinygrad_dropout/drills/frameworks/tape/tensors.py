# stage 3
"""Arrays that are put on the tape when they are computed."""

import numpy as np

from . import operations as op
from .tape import TAPE


class Tensor:
    """An array and, if it was computed, its operation, the operands, and the operation's memory."""

    __array_priority__ = 100  # NumPy's own operators leave array + Tensor to us

    def __init__(self, data, requires_grad=False):
        array = np.asarray(data)
        self.data = array if np.issubdtype(array.dtype, np.floating) else array.astype(float)
        self.requires_grad, self.grad = requires_grad, None
        self.operation, self.inputs, self.memory = None, (), None

    @property
    def shape(self):
        return self.data.shape

    def backward(self, gradient=None):
        if gradient is None and self.data.size > 1:
            raise RuntimeError(f"a gradient of shape {self.shape} is needed: this is not one number")
        start = np.ones(self.shape) if gradient is None else np.array(gradient, float)
        pending = {self: start.astype(self.data.dtype)}
        for tensor in [self] if self.operation is None else TAPE.rewind():
            if tensor in pending and tensor.operation is not None:
                shares = tensor.operation.backward(tensor.memory, pending.pop(tensor))
                for one, share in zip(tensor.inputs, shares):
                    if one.requires_grad:
                        share = fitted(share, one.data)
                        pending[one] = share if one not in pending else pending[one] + share
        for leaf, share in pending.items():
            if leaf.requires_grad:
                leaf.grad = np.array(share if leaf.grad is None else leaf.grad + share)

    def __add__(self, other):
        return compute(op.Add, self, other)

    def __radd__(self, other):
        return compute(op.Add, other, self)

    def __sub__(self, other):
        return compute(op.Subtract, self, other)

    def __rsub__(self, other):
        return compute(op.Subtract, other, self)

    def __mul__(self, other):
        return compute(op.Multiply, self, other)

    def __rmul__(self, other):
        return compute(op.Multiply, other, self)

    def __truediv__(self, other):
        return compute(op.Divide, self, other)

    def __rtruediv__(self, other):
        return compute(op.Divide, other, self)

    def __pow__(self, exponent):
        return compute(op.Power, self, exponent=exponent)

    def __neg__(self):
        return compute(op.Negate, self)

    def exp(self):
        return compute(op.Exp, self)

    def log(self):
        return compute(op.Log, self)

    def tanh(self):
        return compute(op.Tanh, self)

    # stage 4
    def sum(self, axis=None, keepdims=False):
        return compute(op.Sum, self, axis=axis, keepdims=keepdims)

    def mean(self, axis=None, keepdims=False):
        return compute(op.Mean, self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape):
        return compute(op.Reshape, self, shape=shape)

    @property
    def T(self):
        return compute(op.Transpose, self)

    def __matmul__(self, other):
        return compute(op.MatMul, self, other)

    def __rmatmul__(self, other):
        return compute(op.MatMul, other, self)


# stage 3
def compute(operation, *operands, **options):
    """Run an operation's forward, and put the result on the tape if it needs a gradient."""
    dtype = next(one.data.dtype for one in operands if isinstance(one, Tensor))
    inputs = []
    for one in operands:
        if not isinstance(one, Tensor):
            one = Tensor(one if isinstance(one, np.ndarray) else np.asarray(one, dtype))
        inputs.append(one)
    memory = op.Memory()
    result = Tensor(operation.forward(memory, *(one.data for one in inputs), **options))
    if any(one.requires_grad for one in inputs):
        result.requires_grad = True
        result.operation, result.inputs, result.memory = operation, inputs, memory
        TAPE.add(result)
    return result


def fitted(share, array):
    """The gradient for each entry of an array that may have been repeated to the shape of this gradient."""
    while share.ndim > array.ndim:
        share = share.sum(axis=0)
    for axis in range(array.ndim):
        if array.shape[axis] < share.shape[axis]:
            share = share.sum(axis=axis, keepdims=True)
    return np.asarray(share, array.dtype)

# stage 3
"""An array that remembers how it was computed."""

import numpy as np

from framework.graph import users_first


class Tensor:
    """An array, the Tensors it was computed from, and the rule that turns its gradient into theirs."""

    __array_ufunc__ = None  # so that array + tensor calls our __radd__

    def __init__(self, data, requires_grad=False, parents=(), rule=None):
        data = np.asarray(data)
        self.data = data if data.dtype.kind == "f" else data.astype(np.float64)
        self.requires_grad = requires_grad or any(parent.requires_grad for parent in parents)
        self.parents, self.rule, self.grad = parents, rule, None

    @property
    def shape(self):
        return self.data.shape

    def backward(self, gradient=None):
        """Add dL/d leaf to the grad of every leaf that requires one; gradient is dL/d self, 1 for the loss itself."""
        if gradient is None:
            if self.data.size != 1:
                raise ValueError(f"backward of shape {self.shape} needs a gradient; only one number does not")
            gradient = np.ones(self.shape)
        gradients = {self: unbroadcast(np.asarray(gradient), self.data)}
        for tensor in users_first(self):
            gradient = gradients.pop(tensor, None)
            if gradient is None:
                continue
            if not tensor.parents and tensor.requires_grad:
                tensor.grad = np.array(gradient if tensor.grad is None else tensor.grad + gradient)
            for parent, share in zip(tensor.parents, tensor.rule(gradient) if tensor.parents else ()):
                if parent.requires_grad:
                    share = unbroadcast(share, parent.data)
                    gradients[parent] = gradients[parent] + share if parent in gradients else share

    def __add__(self, other):
        other = as_tensor(other, self)
        return Tensor(self.data + other.data, parents=(self, other), rule=lambda g: (g, g))

    def __mul__(self, other):
        other = as_tensor(other, self)
        x, y = self.data, other.data
        return Tensor(x * y, parents=(self, other), rule=lambda g: (g * y, g * x))

    def __truediv__(self, other):
        other = as_tensor(other, self)
        x, y = self.data, other.data
        return Tensor(x / y, parents=(self, other), rule=lambda g: (g / y, -g * x / y**2))

    def __pow__(self, exponent):
        x = self.data
        slope = exponent * x ** (exponent - 1) if exponent else np.zeros_like(x)
        return Tensor(x**exponent, parents=(self,), rule=lambda g: (g * slope,))

    def exp(self):
        result = np.exp(self.data)
        return Tensor(result, parents=(self,), rule=lambda g: (g * result,))

    def log(self):
        x = self.data
        return Tensor(np.log(x), parents=(self,), rule=lambda g: (g / x,))

    def tanh(self):
        result = np.tanh(self.data)
        return Tensor(result, parents=(self,), rule=lambda g: (g * (1 - result**2),))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -as_tensor(other, self)

    def __rsub__(self, other):
        return as_tensor(other, self) - self

    def __rtruediv__(self, other):
        return as_tensor(other, self) / self

    __radd__, __rmul__ = __add__, __mul__

    # stage 4
    def sum(self, axis=None, keepdims=False):
        x = self.data
        kept = x.sum(axis=axis, keepdims=True).shape
        rule = lambda g: (np.broadcast_to(g.reshape(kept), x.shape),)  # every element occurs once in the sum
        return Tensor(x.sum(axis=axis, keepdims=keepdims), parents=(self,), rule=rule)

    def mean(self, axis=None, keepdims=False):
        total = self.sum(axis, keepdims)
        return total * (total.data.size / self.data.size)

    def reshape(self, *shape):
        x = self.data
        return Tensor(x.reshape(*shape), parents=(self,), rule=lambda g: (g.reshape(x.shape),))

    @property
    def T(self):
        return Tensor(self.data.T, parents=(self,), rule=lambda g: (g.T,))

    def __matmul__(self, other):
        other = as_tensor(other, self)
        x, y = self.data, other.data
        return Tensor(x @ y, parents=(self, other), rule=lambda g: (g @ y.T, x.T @ g))

    def __rmatmul__(self, other):
        return as_tensor(other, self) @ self


# stage 3
def as_tensor(other, like):
    """A number takes the dtype of the other operand: float32 stays float32."""
    if isinstance(other, Tensor):
        return other
    return Tensor(np.asarray(other, like.data.dtype) if np.isscalar(other) else other)


def unbroadcast(gradient, like):
    """Sum over the axes along which NumPy repeated an array: every copy contributed."""
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - like.ndim)))
    repeated = tuple(axis for axis, length in enumerate(like.shape) if length == 1 != gradient.shape[axis])
    return gradient.sum(axis=repeated, keepdims=True).astype(like.dtype, copy=False)

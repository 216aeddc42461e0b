"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


# %% operands-swapped: each factor gets itself
def multiply_add_backward(grad, a, b, c):
    return grad * a, grad * b, grad.copy()


# %% first-factor-ignores-upstream: the local slopes alone
def multiply_add_backward(grad, a, b, c):
    return b.copy(), a.copy(), np.ones_like(c)


# %% second-factor-ignores-upstream: in db alone
def multiply_add_backward(grad, a, b, c):
    return grad * b, a, grad


# %% sum-ignores-upstream: ones for c
def multiply_add_backward(grad, a, b, c):
    return grad * b, grad * a, np.ones_like(c)


# %% sum-multiplies-by-its-term: grad * c
def multiply_add_backward(grad, a, b, c):
    return grad * b, grad * a, grad * c


# %% sum-multiplies-by-the-product: the chain goes on through the product
def multiply_add_backward(grad, a, b, c):
    return grad * b, grad * a, grad * a * b


# %% first-factor-adds: upstream + local
def multiply_add_backward(grad, a, b, c):
    return grad + b, grad + a, grad


# %% changes-its-input: grad is multiplied in place, so that db is wrong as well
def multiply_add_backward(grad, a, b, c):
    dc = grad.copy()
    grad *= b
    return grad, grad * a, dc


# %% wrong-number-of-values: c is forgotten
def multiply_add_backward(grad, a, b, c):
    return grad * b, grad * a

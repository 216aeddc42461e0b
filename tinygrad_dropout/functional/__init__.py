"""Every differentiable operation, each with its backward right below it."""

from tinygrad_dropout.functional.arithmetic import add, divide, multiply, negative, power, subtract
from tinygrad_dropout.functional.dropout import dropout
from tinygrad_dropout.functional.elementwise import (
    abs,
    clip,
    exp,
    log,
    maximum,
    minimum,
    relu,
    sigmoid,
    sqrt,
    tanh,
    where,
)
from tinygrad_dropout.functional.gaussian_dropout import gaussian_dropout
from tinygrad_dropout.functional.losses import binary_cross_entropy_with_logits, cross_entropy, mse_loss, nll_loss
from tinygrad_dropout.functional.products import linear, matmul
from tinygrad_dropout.functional.reductions import max, mean, min, sum, var
from tinygrad_dropout.functional.shapes import (
    concatenate,
    flatten,
    getitem,
    permute,
    reshape,
    squeeze,
    stack,
    transpose,
    unsqueeze,
)
from tinygrad_dropout.functional.softmax import log_softmax, softmax

__all__ = [
    "abs", "add", "binary_cross_entropy_with_logits", "clip", "concatenate", "cross_entropy", "divide", "dropout",
    "exp", "flatten", "gaussian_dropout", "getitem", "linear", "log", "log_softmax", "matmul", "max", "maximum",
    "mean", "min", "minimum", "mse_loss", "multiply", "negative", "nll_loss", "permute", "power", "relu", "reshape",
    "sigmoid", "softmax", "sqrt", "squeeze", "stack", "subtract", "sum", "tanh", "transpose", "unsqueeze", "var",
    "where",
]  # fmt: skip

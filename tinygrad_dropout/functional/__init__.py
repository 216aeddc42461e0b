"""Every differentiable operation, each with its backward right below it."""

from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.functional._activations import leaky_relu, relu, sigmoid, tanh
from tinygrad_dropout.functional._arithmetic import add, divide, multiply, negative, power, subtract
from tinygrad_dropout.functional._comparisons import argmax, argmin
from tinygrad_dropout.functional._cross_entropy import cross_entropy
from tinygrad_dropout.functional._dropout import dropout
from tinygrad_dropout.functional._elementwise import abs, clip, exp, log, maximum, minimum, sqrt, where
from tinygrad_dropout.functional._embedding import embedding
from tinygrad_dropout.functional._gaussian_dropout import gaussian_dropout
from tinygrad_dropout.functional._gelu import gelu
from tinygrad_dropout.functional._losses import binary_cross_entropy_with_logits, l1_loss, mse_loss, nll_loss
from tinygrad_dropout.functional._normalization import batch_norm, layer_norm
from tinygrad_dropout.functional._products import linear, matmul
from tinygrad_dropout.functional._reductions import max, mean, min, std, sum, var
from tinygrad_dropout.functional._shapes import (
    clone,
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
from tinygrad_dropout.functional._softmax import log_softmax, softmax

__all__ = [
    "abs", "add", "argmax", "argmin", "batch_norm", "binary_cross_entropy_with_logits", "clip", "clone", "concatenate",
    "cross_entropy", "divide", "dropout", "embedding", "exp", "flatten", "gaussian_dropout", "gelu", "getitem",
    "l1_loss", "layer_norm", "leaky_relu", "linear", "log", "log_softmax", "matmul", "max", "maximum", "mean", "min",
    "minimum", "mse_loss", "multiply", "negative", "nll_loss", "permute", "power", "relu", "reshape", "sigmoid",
    "softmax", "sqrt", "squeeze", "stack", "std", "subtract", "sum", "tanh", "transpose", "unsqueeze", "var", "where",
]  # fmt: skip

for name in __all__:  # help(Tensor.sum) says what help(td.functional.sum) says
    if name in vars(Tensor):
        vars(Tensor)[name].__doc__ = globals()[name].__doc__
del name

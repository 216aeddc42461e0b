"""Layers, containers and losses: the parts that networks are built from."""

from tinygrad_dropout.nn import init
from tinygrad_dropout.nn.activations import GELU, Flatten, Identity, LeakyReLU, LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from tinygrad_dropout.nn.containers import ModuleList, Sequential
from tinygrad_dropout.nn.drop_connect import DropConnect
from tinygrad_dropout.nn.dropout import Dropout
from tinygrad_dropout.nn.embedding import Embedding
from tinygrad_dropout.nn.gaussian_dropout import GaussianDropout
from tinygrad_dropout.nn.linear import Linear
from tinygrad_dropout.nn.losses import BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss
from tinygrad_dropout.nn.module import Buffer, Module, Parameter
from tinygrad_dropout.nn.normalization import BatchNorm1d, LayerNorm
from tinygrad_dropout.nn.random_layer import RandomLayer

__all__ = [
    "GELU",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "Buffer",
    "CrossEntropyLoss",
    "DropConnect",
    "Dropout",
    "Embedding",
    "Flatten",
    "GaussianDropout",
    "Identity",
    "L1Loss",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "Module",
    "ModuleList",
    "NLLLoss",
    "Parameter",
    "RandomLayer",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "init",
]

"""Layers, containers and losses: the parts that networks are built from."""

from tinygrad_dropout.nn.activations import Flatten, ReLU, Sigmoid, Tanh
from tinygrad_dropout.nn.containers import ModuleList, Sequential
from tinygrad_dropout.nn.drop_connect import DropConnect
from tinygrad_dropout.nn.dropout import Dropout
from tinygrad_dropout.nn.gaussian_dropout import GaussianDropout
from tinygrad_dropout.nn.linear import Linear
from tinygrad_dropout.nn.losses import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss
from tinygrad_dropout.nn.module import Buffer, Module, Parameter
from tinygrad_dropout.nn.random_layer import RandomLayer

__all__ = [
    "BCEWithLogitsLoss",
    "Buffer",
    "CrossEntropyLoss",
    "DropConnect",
    "Dropout",
    "Flatten",
    "GaussianDropout",
    "Linear",
    "MSELoss",
    "Module",
    "ModuleList",
    "Parameter",
    "RandomLayer",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
]

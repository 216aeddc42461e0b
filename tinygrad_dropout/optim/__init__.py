"""Optimisers: how a step goes down the gradient. SGD, Adam, AdamW; and max_norm, dropout's usual companion."""

from tinygrad_dropout.optim._adam import Adam, AdamW
from tinygrad_dropout.optim._max_norm import max_norm
from tinygrad_dropout.optim._optimizer import Optimizer
from tinygrad_dropout.optim._sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "max_norm"]

"""Optimizers, which step down the gradient: SGD, Adam and AdamW; also max_norm, clipping and schedules."""

from tinygrad_dropout.optim import lr_scheduler
from tinygrad_dropout.optim._adam import Adam, AdamW
from tinygrad_dropout.optim._clip_grad import clip_grad_norm_
from tinygrad_dropout.optim._max_norm import max_norm
from tinygrad_dropout.optim._optimizer import Optimizer
from tinygrad_dropout.optim._sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "clip_grad_norm_", "lr_scheduler", "max_norm"]

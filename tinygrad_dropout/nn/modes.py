"""modes_restored: change modules between training and evaluation mode, and leave them as they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tinygrad_dropout.nn.module import Module


@contextmanager
def modes_restored(model: Module) -> Iterator[None]:
    """After this context every module is in the mode it was in before, even after an error or Ctrl-C."""
    before = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, training in before:
            module.training = training

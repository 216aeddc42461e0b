"""restore_modes: put modules back into training or evaluation mode, as they were before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tinygrad_dropout.nn.module import Module


@contextmanager
def restore_modes(model: Module) -> Iterator[None]:
    """Put every module back into its previous mode at the end of this context, even after an error or Ctrl-C."""
    before = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, training in before:
            module.training = training

"""What an adapter must know about a framework: how to make tensors and how to get a gradient."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from tinygrad_dropout.conformance.guarded import Array

#: tensor -> y, and anything else that was returned
TensorCall = Callable[[Any], tuple[Any, Any]]


class Tape(ABC):
    """A framework.

    Attributes:
        dtypes: the dtypes it accepts; empty for float64 and float32.
        keeps_forwards_apart: whether several forwards can wait for their backwards.
        replays: whether a backward calls the layer again.
        has_mode: whether it has a single mode for all layers, which `mode` switches.
    """

    dtypes: tuple[str, ...] = ()
    keeps_forwards_apart = True
    replays = False
    has_mode = False

    @abstractmethod
    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        """y, anything else that was returned, and the backward of this call."""

    def mode(self, training: bool) -> AbstractContextManager[Any]:
        """A context in which the framework is in this mode."""
        return nullcontext()

    @abstractmethod
    def tensor(self, x: Array) -> Any:
        """A tensor made from an array, which needs no gradient."""

    @abstractmethod
    def array(self, y: Any) -> Any:
        """The array that a tensor holds."""


def contiguous(x: Array) -> Array:
    """The array, or a copy if it has negative strides, which some frameworks refuse."""
    return x if all(stride >= 0 for stride in x.strides) else x.copy()


def as_array(value: Any) -> Any:
    """Copy what a framework returned into an array."""
    return np.array(value)

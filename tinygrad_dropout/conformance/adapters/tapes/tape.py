"""What an adapter must know of a framework: its tensors, and how they give a gradient."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from tinygrad_dropout.conformance.guarded import Array

#: tensor -> y, and what was returned beside it
TensorCall = Callable[[Any], tuple[Any, Any]]


class Tape(ABC):
    """A framework.

    Attributes:
        dtypes: of the arrays that it takes, where it does not take float64 and float32.
        keeps_forwards_apart: whether several forwards can wait for their backwards.
        replays: whether a backward calls the layer again.
        has_mode: whether it has one mode for all its layers, which `mode` switches.
    """

    dtypes: tuple[str, ...] = ()
    keeps_forwards_apart = True
    replays = False
    has_mode = False

    @abstractmethod
    def record(self, call: TensorCall, x: Array) -> tuple[Any, Any, Callable[[Array], Any]]:
        """y, what was returned beside it, and the backward of this very call."""

    def mode(self, training: bool) -> AbstractContextManager[Any]:
        """Inside, the framework's own mode is this one."""
        return nullcontext()

    @abstractmethod
    def tensor(self, x: Array) -> Any:
        """A tensor of an array, which asks for no gradient."""

    @abstractmethod
    def array(self, y: Any) -> Any:
        """The array that a tensor holds."""


def contiguous(x: Array) -> Array:
    """The array, or a copy where it runs backwards through memory, which some frameworks refuse."""
    return x if all(stride >= 0 for stride in x.strides) else x.copy()


def as_array(value: Any) -> Any:
    """An array of what a framework returned."""
    return np.array(value)

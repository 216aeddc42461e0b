"""Is the graph being recorded here and now? Each thread and each asyncio task has an answer of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Protocol


class Watcher(Protocol):
    """Somebody who is told of every operation as it runs: `detect_anomaly` is one."""

    def after_forward(self, result: Any, parents: tuple[Any, ...], operation: str) -> None:
        """`result`, a Tensor, has just been computed from `parents` by the operation of that name."""

    def before_backward(self, node: Any, grad: Any) -> None:
        """`node`'s backward function is about to get `grad`, which it may overwrite."""

    def after_backward(self, node: Any, contributions: tuple[Any, ...]) -> None:
        """`node`'s backward function has returned one contribution (or None) for each of its parents."""


@dataclass(frozen=True, slots=True)
class Mode:
    """What an operation has to do besides computing its result."""

    grad: bool = True
    watchers: tuple[Watcher, ...] = ()


RECORDING = Mode()
current_mode: ContextVar[Mode] = ContextVar("current_mode", default=RECORDING)


@contextmanager
def changed_mode(**changes: Any) -> Iterator[None]:
    """Replace fields of the current mode; on the way out, also by an exception, put back what was there."""
    token = current_mode.set(replace(current_mode.get(), **changes))
    try:
        yield
    finally:
        current_mode.reset(token)


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside, results remember nothing: no graph, no memory held for a backward pass.

    A context (`with td.no_grad():`) and a decorator (`@td.no_grad()`). It belongs to the thread or asyncio task
    that enters it.
    """
    with changed_mode(grad=False):
        yield


@contextmanager
def enable_grad() -> Iterator[None]:
    """Inside, results remember how they were made again, also within `no_grad`. A context and a decorator."""
    with changed_mode(grad=True):
        yield


def is_grad_enabled() -> bool:
    """True where operations on Tensors that require gradients are recorded."""
    return current_mode.get().grad

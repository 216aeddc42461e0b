"""Is the graph being recorded here and now? Each thread and each asyncio task has an answer of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


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


class changed_mode:
    """Replace fields of the current mode; on the way out, also by an exception, put back what was there.

    A context, which can be entered again, and a decorator.
    """

    def __init__(self, **changes: Any) -> None:
        self.changes = changes
        self.tokens: list[Token[Mode]] = []

    def __enter__(self) -> None:
        self.tokens.append(current_mode.set(replace(current_mode.get(), **self.changes)))

    def __exit__(self, *_: object) -> None:
        current_mode.reset(self.tokens.pop())

    def __call__(self, function: F) -> F:
        """Decorate: every call of the function gets a context of its own, in whichever thread it runs."""

        @wraps(function)
        def wrapper(*args: Any, **options: Any) -> Any:
            with changed_mode(**self.changes):
                return function(*args, **options)

        return cast(F, wrapper)


def no_grad() -> changed_mode:
    """Inside, results remember nothing: no graph, no memory held for a backward pass.

    A context (`with td.no_grad():`) and a decorator (`@td.no_grad()`). It belongs to the thread or asyncio task
    that enters it.
    """
    return changed_mode(grad=False)


def enable_grad() -> changed_mode:
    """Inside, results remember how they were made again, also within `no_grad`. A context and a decorator."""
    return changed_mode(grad=True)


def is_grad_enabled() -> bool:
    """True where operations on Tensors that require gradients are recorded."""
    return current_mode.get().grad

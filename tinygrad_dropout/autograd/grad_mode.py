"""Whether operations are being recorded. Each thread and each asyncio task has its own setting."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any, Protocol, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])


class Watcher(Protocol):
    """An observer whose methods are called as operations run. `detect_anomaly` uses one."""

    def after_forward(self, result: Any, parents: tuple[Any, ...], operation: str) -> None:
        """Called when the named operation has computed `result`, a Tensor, from `parents`."""

    def before_backward(self, node: Any, grad: Any) -> None:
        """Called before `node`'s backward function gets `grad`, which it may overwrite."""

    def after_backward(self, node: Any, contributions: tuple[Any, ...]) -> None:
        """Called when `node`'s backward function has returned one contribution, or None, for each parent."""


@dataclass(frozen=True, slots=True)
class Mode:
    """What an operation does in addition to computing its result, and the mode to return to."""

    recording: bool = True
    watchers: tuple[Watcher, ...] = ()
    outer: Mode | None = None


RECORDING = Mode()
current_mode: ContextVar[Mode] = ContextVar("current_mode", default=RECORDING)


class ModeContext:
    """A context manager and decorator that changes the current mode. It holds no state, so you can reuse it.

    Args:
        grad: whether operations are recorded; None leaves that unchanged.
        watcher: an observer to add.
    """

    def __init__(self, *, grad: bool | None = None, watcher: Watcher | None = None) -> None:
        self.grad = grad
        self.watcher = watcher

    def __enter__(self) -> None:
        outer = current_mode.get()
        recording = outer.recording if self.grad is None else self.grad
        watchers = outer.watchers if self.watcher is None else (*outer.watchers, self.watcher)
        current_mode.set(Mode(recording, watchers, outer))

    def __exit__(self, *_: object) -> None:
        current_mode.set(current_mode.get().outer or RECORDING)

    def __call__(self, function: Function) -> Function:
        """Decorate a function, so that its body runs in this mode."""
        if iscoroutinefunction(function) or isgeneratorfunction(function) or isasyncgenfunction(function):
            raise TypeError(
                f"expected a plain function to decorate, got {function.__qualname__}, whose body runs after the call "
                "has returned; use `with` inside its body instead"
            )

        @wraps(function)
        def wrapper(*args: Any, **options: Any) -> Any:
            with self:
                return function(*args, **options)

        return cast(Function, wrapper)


def no_grad() -> ModeContext:
    """Record no operations inside this context: results have no graph, and nothing is kept for a backward pass.

    Use it as a context manager (`with td.no_grad():`) or as a decorator (`@td.no_grad()`). It affects only the thread
    or asyncio task that enters it.
    """
    return ModeContext(grad=False)


def enable_grad() -> ModeContext:
    """Record operations inside this context, even within `no_grad`. It also works as a decorator."""
    return ModeContext(grad=True)


def is_grad_enabled() -> bool:
    """Return whether operations on Tensors that require gradients are being recorded."""
    return current_mode.get().recording

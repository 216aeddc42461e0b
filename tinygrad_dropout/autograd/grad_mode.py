"""Is the graph being recorded here and now? Each thread and each asyncio task has its own answer."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any, Protocol, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])


class Watcher(Protocol):
    """An observer that is told about every operation as it runs; `detect_anomaly` is one."""

    def after_forward(self, result: Any, parents: tuple[Any, ...], operation: str) -> None:
        """`result`, a Tensor, has just been computed from `parents` by the operation of that name."""

    def before_backward(self, node: Any, grad: Any) -> None:
        """`node`'s backward function is about to get `grad`, which it may overwrite."""

    def after_backward(self, node: Any, contributions: tuple[Any, ...]) -> None:
        """`node`'s backward function has returned one contribution (or None) for each of its parents."""


@dataclass(frozen=True, slots=True)
class Mode:
    """What an operation has to do in addition to computing its result, and the mode to go back to."""

    recording: bool = True
    watchers: tuple[Watcher, ...] = ()
    outer: Mode | None = None


RECORDING = Mode()
current_mode: ContextVar[Mode] = ContextVar("current_mode", default=RECORDING)


class ModeContext:
    """A change of the current mode, as a context and as a decorator. It holds no state, so it can be used again.

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
        """Decorate: the body of every call runs in this mode."""
        if iscoroutinefunction(function) or isgeneratorfunction(function) or isasyncgenfunction(function):
            raise TypeError(
                f"expected a plain function to decorate, got {function.__qualname__}, whose body runs after the call "
                "has returned; write the context inside it, with `with`"
            )

        @wraps(function)
        def wrapper(*args: Any, **options: Any) -> Any:
            with self:
                return function(*args, **options)

        return cast(Function, wrapper)


def no_grad() -> ModeContext:
    """Record nothing inside this context: results remember no graph, and no memory is held for a backward pass.

    It is a context (`with td.no_grad():`) and a decorator (`@td.no_grad()`). It belongs to the thread or asyncio task
    that enters it.
    """
    return ModeContext(grad=False)


def enable_grad() -> ModeContext:
    """Record operations inside this context even within `no_grad`. It is a context and a decorator."""
    return ModeContext(grad=True)


def is_grad_enabled() -> bool:
    """Return whether operations on Tensors that require gradients are being recorded."""
    return current_mode.get().recording

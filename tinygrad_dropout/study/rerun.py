"""Do a recorded pass again, from the recording alone: as it was, or with something changed.

An operation `name` has its backward, `name_backward`, beside it, and what it saves is named as its own arguments are
(`axis`, `mask`, `target`). So the forward can be found and called from what the graph remembers, without a list of
operations here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from inspect import Parameter, signature
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.autograd.grad_mode import RECORDING, ModeContext, current_mode
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.recorder import Recorder
from tinygrad_dropout.study.trace import Node, Pass

#: What to change of an operation: argument -> value.
Changes = Mapping[str, Any]


@contextmanager
def unwatched() -> Iterator[None]:
    """Inside, operations are recorded as at the start of a program: nobody who watches outside is told of them.

    NumPy is silent about divisions by 0 and the like, too: it spoke of them the first time.
    """
    token = current_mode.set(RECORDING)
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        current_mode.reset(token)


def do_again(value: Node, parents: Sequence[Tensor], changes: Changes | None = None) -> Tensor:
    """The value's operation once more.

    Args:
        value: what the operation made.
        parents: what to use as its parents.
        changes: arguments that are to be other than they were.

    Raises:
        StudyError: there is no such function beside the backward function, or its arguments cannot be told.
    """
    forward = value.forward
    if forward is None:
        name = getattr(value.backward, "__name__", "backward")
        raise StudyError(f"{value.name}: expected a function {value.operation} beside {name}, to be done again")
    wanted = signature(forward).parameters
    arguments: dict[str, Any] = {"shape": value.data.shape, **value.saved, **(changes or {})}
    if not value.arguments:  # it takes any number of parents, as a list
        arguments[next(iter(wanted))] = list(parents)
    elif set(value.arguments) <= set(wanted):
        arguments |= dict(zip(value.arguments, parents, strict=True))
    else:
        arguments |= dict(zip(wanted, parents, strict=False))
    in_order: list[Any] = []
    by_name: dict[str, Any] = {}
    spread = any(parameter.kind is Parameter.VAR_POSITIONAL for parameter in wanted.values())
    for name, parameter in wanted.items():
        if name not in arguments:
            if parameter.default is Parameter.empty:
                raise StudyError(f"{value.name}: the argument {name} of {value.operation} is not among what was saved")
        elif parameter.kind is Parameter.VAR_POSITIONAL:
            in_order += arguments[name]
        elif parameter.kind is Parameter.POSITIONAL_ONLY or (spread and parameter.kind is not Parameter.KEYWORD_ONLY):
            in_order.append(arguments[name])
        else:
            by_name[name] = arguments[name]
    result = forward(*in_order, **by_name)
    if not isinstance(result, Tensor):
        raise StudyError(f"{value.name}: expected {value.operation} to return a Tensor, got {type(result).__name__}")
    return result


def rebuild(
    recorded: Pass, *, dtype: npt.DTypeLike | None = None, changes: Mapping[int, Changes] | None = None
) -> list[Tensor]:
    """The tensors of a recorded pass, made again from its leaves.

    Args:
        recorded: the pass.
        dtype: of the leaves; their own if None.
        changes: for a value's place, what to change of its operation.

    Returns:
        A Tensor for each value. They are nobody else's.

    Raises:
        StudyError: an operation cannot be done again, or must not: one whose backward function calls backward() would
            add to the gradients of tensors that are not in this graph.
    """
    if recorded.rerun_problem:
        raise StudyError(f"{recorded.rerun_problem}, so the pass is not done again")
    tensors: list[Tensor] = []
    with unwatched():
        for index, value in enumerate(recorded.nodes):
            if value.backward is None:
                kept = dtype is None or value.data.dtype.kind != "f"
                tensor = Tensor(value.data.astype(value.data.dtype if kept else dtype), value.requires_grad)
                tensor.grad = None if value.grad_before is None else value.grad_before.astype(tensor.dtype)
            else:
                parents = [tensors[parent] for parent in value.parents]
                tensor = do_again(value, parents, (changes or {}).get(index))
            tensors.append(tensor)
    return tensors


def rebuilt_exactly(recorded: Pass) -> list[Tensor]:
    """The tensors of a recorded pass, made again, each with the same bits as it had.

    Raises:
        StudyError: it cannot be done again, or comes out otherwise.
    """
    try:
        tensors = rebuild(recorded)
    except StudyError:
        raise
    except Exception as error:
        raise StudyError(f"the forward pass cannot be done again: {type(error).__name__}: {error}") from error
    for value, tensor in zip(recorded.nodes, tensors, strict=True):
        if tensor.shape != value.data.shape or not np.array_equal(tensor.data, value.data, equal_nan=True):
            raise StudyError(
                f"{value.name}: done again, {value.operation} gives other numbers; was an input changed after it was "
                "used, or is it random?"
            )
    return tensors


def record_again(recorded: Pass, tensors: list[Tensor], label: str) -> Pass:
    """Run backward() on tensors that were made again, and record it under the names and places of the first time."""
    names: dict[Tensor, str] = {}
    for tensor, value in zip(tensors, recorded.nodes, strict=True):
        names.setdefault(tensor, value.name)  # where an operation passed its input through, that one's name
    recorder = Recorder(max_nodes=len(tensors), names=lambda: names)
    root = tensors[-1]
    if root.requires_grad:
        with unwatched(), ModeContext(watcher=recorder):
            root.backward(recorded.steps[0].upstream if root.shape == recorded.loss.shape else None)
    if not recorder.passes:
        raise StudyError(f"{label}: nothing is left that a gradient could flow through")
    (run,) = recorder.passes
    run.number, run.label, run.source_line = recorded.number, label, recorded.source_line
    places = {value.name: value.source_line for value in recorded.nodes}
    layers = {value.name: value.layer for value in recorded.nodes}
    for value in run.nodes:
        value.source_line, value.layer = places.get(value.name), layers.get(value.name, "")
    return run

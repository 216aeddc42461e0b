"""Rerun a recorded pass from the recording only: as it was, or with something changed.

The backward function of an operation `name` is `name_backward`, in the same file, and saved values have the names of
the operation's arguments (`axis`, `mask`, `target`). So the forward function can be found and called without a list of
all operations.
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

#: The arguments of an operation that change: name -> new value.
Changes = Mapping[str, Any]


@contextmanager
def unwatched() -> Iterator[None]:
    """Inside this context, operations are recorded, but outer watchers do not see them.

    NumPy does not warn about divisions by 0 or similar either, since it did so when the pass first ran.
    """
    token = current_mode.set(RECORDING)
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        current_mode.reset(token)


def run_again(node: Node, parents: Sequence[Tensor], changes: Changes | None = None) -> Tensor:
    """Rerun a node's operation.

    Args:
        node: the result of the operation.
        parents: the inputs to use.
        changes: arguments that differ from the recorded ones.

    Raises:
        StudyError: the forward function was not found, needs an argument that was not saved, or returned no Tensor.
    """
    forward = node.forward
    if forward is None:
        name = getattr(node.backward, "__name__", "backward")
        raise StudyError(f"{node.name}: expected a function {node.operation} next to {name}, to rerun the operation")
    wanted = signature(forward).parameters
    arguments: dict[str, Any] = {"shape": node.data.shape, **node.saved, **(changes or {})}
    if not node.arguments:  # the forward takes any number of parents, as a list
        arguments[next(iter(wanted))] = list(parents)
    elif set(node.arguments) <= set(wanted):
        arguments |= dict(zip(node.arguments, parents, strict=True))
    else:
        arguments |= dict(zip(wanted, parents, strict=False))
    in_order: list[Any] = []
    by_name: dict[str, Any] = {}
    spread = any(parameter.kind is Parameter.VAR_POSITIONAL for parameter in wanted.values())
    for name, parameter in wanted.items():
        if name not in arguments:
            if parameter.default is Parameter.empty:
                raise StudyError(f"{node.name}: {node.operation} needs its argument {name} to rerun; it was not saved")
        elif parameter.kind is Parameter.VAR_POSITIONAL:
            in_order += arguments[name]
        elif parameter.kind is Parameter.POSITIONAL_ONLY or (spread and parameter.kind is not Parameter.KEYWORD_ONLY):
            in_order.append(arguments[name])
        else:
            by_name[name] = arguments[name]
    result = forward(*in_order, **by_name)
    if not isinstance(result, Tensor):
        raise StudyError(f"{node.name}: expected {node.operation} to return a Tensor, got {type(result).__name__}")
    return result


def rebuild(
    recorded: Pass, *, dtype: npt.DTypeLike | None = None, changes: Mapping[int, Changes] | None = None
) -> list[Tensor]:
    """Recompute the tensors of a recorded pass from its leaves.

    Args:
        recorded: the pass.
        dtype: the dtype of the floating leaves; None keeps their own.
        changes: a node's index in the pass -> the arguments of its operation that change.

    Returns:
        A new Tensor for each node.

    Raises:
        StudyError: an operation can't be rerun, or must not be: if its backward function calls backward(), a rerun
            would add to the gradients of tensors outside this graph.
    """
    if recorded.rerun_problem:
        raise StudyError(f"{recorded.rerun_problem}, so the pass is not rerun")
    tensors: list[Tensor] = []
    with unwatched():
        for index, node in enumerate(recorded.nodes):
            if node.backward is None:
                kept = dtype is None or node.data.dtype.kind != "f"
                tensor = Tensor(node.data.astype(node.data.dtype if kept else dtype), node.requires_grad)
                tensor.grad = None if node.grad_before is None else node.grad_before.astype(tensor.dtype)
            else:
                parents = [tensors[parent] for parent in node.parents]
                tensor = run_again(node, parents, (changes or {}).get(index))
            tensors.append(tensor)
    return tensors


def rebuild_exactly(recorded: Pass) -> list[Tensor]:
    """Recompute the tensors of a recorded pass, and make sure that every bit is the same.

    Raises:
        StudyError: the pass can't be rerun, or gives different numbers.
    """
    try:
        tensors = rebuild(recorded)
    except StudyError:
        raise
    except Exception as error:
        raise StudyError(f"the forward pass cannot be rerun: {type(error).__name__}: {error}") from error
    for node, tensor in zip(recorded.nodes, tensors, strict=True):
        if tensor.shape != node.data.shape or not np.array_equal(tensor.data, node.data, equal_nan=True):
            raise StudyError(
                f"{node.name}: when rerun, {node.operation} gives different numbers; was an input changed after use, "
                "or is the operation random?"
            )
    return tensors


def record_again(recorded: Pass, tensors: list[Tensor], label: str) -> Pass:
    """Run backward() on rebuilt tensors, and record it under the names and source lines of the first run."""
    names: dict[Tensor, str] = {}
    for tensor, node in zip(tensors, recorded.nodes, strict=True):
        names.setdefault(tensor, node.name)  # if an operation returned its input, the input's name
    recorder = Recorder(max_nodes=len(tensors), names=lambda: names)
    root = tensors[-1]
    if root.requires_grad:
        with unwatched(), ModeContext(watcher=recorder):
            root.backward(recorded.steps[0].upstream if root.shape == recorded.loss.shape else None)
    if not recorder.passes:
        raise StudyError(f"{label}: no tensor in this run requires a gradient")
    (run,) = recorder.passes
    run.number, run.label, run.source_line = recorded.number, label, recorded.source_line
    source_lines = {node.name: node.source_line for node in recorded.nodes}
    layers = {node.name: node.layer for node in recorded.nodes}
    for node in run.nodes:
        node.source_line, node.layer = source_lines.get(node.name), layers.get(node.name, "")
    return run

"""summary: list a model's layers, the shapes of their outputs, and their numbers of parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.autograd.grad_mode import no_grad
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.nn.modes import restore_modes
from tinygrad_dropout.nn.module import Module

HEADS = ("layer", "output", "parameters")


@dataclass(frozen=True)
class Row:
    """One module of a summary.

    Attributes:
        key: its place in the model, such as "0" or "encoder.2"; "" for the model itself.
        layer: its repr, or only its class's name if it contains other modules.
        output: the shape of its output; "not used" if it was not called.
        parameters: how many numbers its own parameters hold. A parameter shared with an earlier row is not counted.
    """

    key: str
    layer: str
    output: str
    parameters: int


@dataclass(frozen=True)
class Summary:
    """The result of `summary`: `print` shows it as text, a notebook as a table.

    Attributes:
        rows: one for each module, in the order of `named_modules()`.
        parameters: how many numbers the model's parameters hold.
        trained: how many of these require gradients.
        buffers: how many numbers the model's buffers hold. They are not trained.
        bytes: the memory of parameters and buffers.
    """

    rows: tuple[Row, ...]
    parameters: int
    trained: int
    buffers: int
    bytes: int

    def cells(self) -> list[tuple[str, str, str]]:
        """Return the rows as text. The key and the indentation show a layer's place in the model."""
        return [
            (
                f"{'  ' * (row.key.count('.') + 1)}{row.key.rpartition('.')[2]}: {row.layer}" if row.key else row.layer,
                row.output,
                f"{row.parameters:,}" if row.parameters else "",
            )
            for row in self.rows
        ]

    def total(self) -> str:
        """Return the last line: the number of parameters, how many are frozen, and the total memory."""
        frozen = f", {self.parameters - self.trained:,} of them frozen" if self.trained < self.parameters else ""
        buffers = f"; {self.buffers:,} numbers in buffers" if self.buffers else ""
        return f"{self.parameters:,} parameters{frozen}{buffers}; {format_bytes(self.bytes)}"

    def __str__(self) -> str:
        table = [HEADS, *self.cells()]
        layer, output, parameters = (max(len(row[column]) for row in table) for column in range(3))
        lines = [f"{row[0]:{layer}}  {row[1]:{output}}  {row[2]:>{parameters}}".rstrip() for row in table]
        rule = "-" * (layer + output + parameters + 4)
        return "\n".join([lines[0], rule, *lines[1:], rule, self.total()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def row(tag: str, cells: Sequence[str]) -> str:
            sides = ("left", "left", "right")
            style = "white-space: pre; padding: 2px 8px; text-align:"
            filled = [
                f"<{tag} style='{style} {side}'>{escape(cell)}</{tag}>" for side, cell in zip(sides, cells, strict=True)
            ]
            return f"<tr>{''.join(filled)}</tr>"

        rows = [row("th", HEADS), *(row("td", cells) for cells in self.cells())]
        return f"<table>{''.join(rows)}</table><p>{self.total()}</p>"


def summary(model: Module, input_shape: Sequence[int], *, dtype: npt.DTypeLike = np.float32) -> Summary:
    """List a model's layers, with the shapes of their outputs and how many parameters each has.

    The model is run once on zeros, in evaluation mode and without a graph. Its modes are restored afterwards.

    Args:
        model: any Module whose `forward` takes one array.
        input_shape: the shape of the input, including the batch axis: `(1, 64)`.
        dtype: the input's dtype. Use an integer dtype if the first layer is an Embedding.

    Returns:
        Summary: `print` it, or let a notebook show it.

    Raises:
        ShapeError: a layer cannot take such an input; the error names the layer.
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary: expected a model that is a Module, got {type(model).__name__}")
    zeros = np.zeros(tuple(input_shape), dtype)
    modules = list(model.named_modules())
    with restore_modes(model), no_grad(), watch_outputs([module for _, module in modules]) as outputs:
        model.eval()
        model(zeros)
    rows, counted = [], set[Tensor]()
    for key, module in modules:
        own = {*module.parameters()} - {parameter for child in module.children() for parameter in child.parameters()}
        own -= counted
        counted |= own
        layer = type(module).__name__ if any(module.children()) else repr(module)
        rows.append(Row(key, layer, outputs[id(module)], count_numbers(own)))
    parameters, buffers = list(model.parameters()), list(model.buffers())
    return Summary(
        rows=tuple(rows),
        parameters=count_numbers(parameters),
        trained=count_numbers(parameter for parameter in parameters if parameter.requires_grad),
        buffers=count_numbers(buffers),
        bytes=sum(tensor.data.nbytes for tensor in (*parameters, *buffers)),
    )


@contextmanager
def watch_outputs(modules: Sequence[Module]) -> Iterator[dict[int, str]]:
    """Record each module's output by its id inside this context: the first shape and the number of calls."""
    calls: dict[int, list[str]] = {id(module): [] for module in modules}
    outputs: dict[int, str] = {}

    def noting(module: Module) -> Callable[..., Any]:
        forward = module.forward

        def noted(*inputs: Any, **options: Any) -> Any:
            out = forward(*inputs, **options)
            calls[id(module)].append(shapes_of(out))
            first, times = calls[id(module)][0], len(calls[id(module)])
            outputs[id(module)] = first if times == 1 else f"{first}, {times} calls"
            return out

        return noted

    outputs.update(dict.fromkeys(calls, "not used"))
    before = [vars(module).get("forward") for module in modules]
    for module in modules:
        object.__setattr__(module, "forward", noting(module))
    try:
        yield outputs
    finally:
        for module, own in zip(modules, before, strict=True):
            if own is None:
                object.__delattr__(module, "forward")
            else:
                object.__setattr__(module, "forward", own)


def shapes_of(out: Any) -> str:
    """Return the shape of an output; for a tuple or a list, all shapes; for anything else, its type."""
    if isinstance(out, tuple | list):
        return ", ".join(map(shapes_of, out))
    return str(tuple(out.shape)) if hasattr(out, "shape") else type(out).__name__


def count_numbers(tensors: Iterable[Tensor]) -> int:
    """Return how many numbers the tensors hold in total."""
    return sum(tensor.size for tensor in tensors)


def format_bytes(size: int) -> str:
    """Format a number of bytes in a readable unit: 900 bytes, 1.2 kB, 3.4 MB."""
    if size < 1000:
        return f"{size} bytes"
    unit, letter = (1e9, "G") if size >= 1e9 else (1e6, "M") if size >= 1e6 else (1e3, "k")
    return f"{size / unit:.1f} {letter}B"

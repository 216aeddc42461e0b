"""Rules for operations that only move entries: which entry of the result this one became."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.functional import _embedding, _shapes
from tinygrad_dropout.study.preview import times
from tinygrad_dropout.study.trace import Node
from tinygrad_dropout.study.worked.formula import Formula, Quantity
from tinygrad_dropout.study.worked.rules import (
    MAX_SUMMED,
    Entry,
    Index,
    Saved,
    TooLong,
    index_text,
    presents_saved,
    rule,
)
from tinygrad_dropout.study.worked.total import Total


def from_results(entry: Entry, results: list[Index], remark: str) -> Formula:
    """Sum the upstream gradient over the entries of the result that this one became."""
    if len(results) > MAX_SUMMED:
        raise TooLong
    if not results:
        return Quantity("0", 0, remark=remark)
    return Total([entry.grad(result) for result in results], remark=remark)


def moved(entry: Entry, result: Index) -> Formula:
    """The upstream gradient at the only entry of the result that this one became."""
    became = f"entry {index_text(result)} of the result" if result else "the result"
    return from_results(entry, [result], f"this entry became {became}" if entry.index else f"it became {became}")


def picked(entry: Entry, results: list[Index], what: str, verb: str) -> Formula:
    """Sum the upstream gradient over all the times that an entry was picked."""
    if not results:
        return from_results(entry, results, f"{what} was not {verb}")
    why = "" if len(results) == 1 else ", so its gradients add up"
    return from_results(entry, results, f"{what} was {verb} {times(len(results))}{why}")


@rule(_shapes.reshape_backward)
def reshape(entry: Entry) -> Formula:
    """The entries keep their order."""
    flat = np.ravel_multi_index(entry.index, entry.parent.shape) if entry.index else 0
    return moved(entry, tuple(map(int, np.unravel_index(flat, entry.node.data.shape))))


@rule(_shapes.permute_backward)
def permute(entry: Entry) -> Formula:
    """The index is permuted."""
    return moved(entry, tuple(entry.index[axis] for axis in entry.node.saved["axes"]))


@rule(_shapes.getitem_backward)
def getitem(entry: Entry) -> Formula:
    """The sum over all entries of the result that the index picked from here."""
    flat = np.arange(entry.parent.size).reshape(entry.parent.shape)
    taken = np.asarray(flat[entry.node.saved["index"]])
    return picked(entry, indices(taken == flat[entry.index]), "this entry", "picked")


@presents_saved(_shapes.getitem_backward)
def saved_by_getitem(node: Node, x: Node) -> Saved:
    """The index as you write it in brackets."""
    index = node.saved["index"]
    return {"index": Code(", ".join(map(as_code, index if isinstance(index, tuple) else (index,))))}


class Code(str):
    """Python code, which is shown without quotes."""

    def __repr__(self) -> str:
        return str(self)


def as_code(part: Any) -> str:
    """Format a part of an index: `1:4`, `...`, `[0, 2]`."""
    if isinstance(part, slice):
        start, stop, step = ("" if bound is None else str(bound) for bound in (part.start, part.stop, part.step))
        return f"{start}:{stop}" + (f":{step}" if step else "")
    if part is ...:
        return "..."
    return str(part.tolist() if isinstance(part, np.ndarray) else part)


def indices(where: np.ndarray) -> list[Index]:
    """Return the indices at which a mask is True."""
    return [tuple(map(int, index)) for index in np.argwhere(where)]


@rule(_shapes.concatenate_backward)
def concatenate(entry: Entry) -> Formula:
    """The entry comes after all entries of the tensors before it."""
    (axis,) = entry.axes(entry.node.saved["axis"])
    before = sum(parent.data.shape[axis] for parent in entry.parents[: entry.position])
    return moved(entry, (*entry.index[:axis], entry.index[axis] + before, *entry.index[axis + 1 :]))


@rule(_shapes.stack_backward)
def stack(entry: Entry) -> Formula:
    """The entry is in its own tensor's slice of the result."""
    axis = entry.node.saved["axis"] % entry.node.data.ndim
    return moved(entry, (*entry.index[:axis], entry.position, *entry.index[axis:]))


@rule(_embedding.embedding_backward)
def embedding(entry: Entry) -> Formula:
    """The sum over all positions that looked up the entry's row."""
    row, column = entry.index
    if entry.node.saved["padding_idx"] == row:
        return Quantity("0", 0, remark=f"row {row} is the padding row, which gets no gradient")
    found = indices(entry.node.saved["indices"] == row)
    return picked(entry, [(*index, column) for index in found], f"row {row}", "looked up")

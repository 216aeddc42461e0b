"""How operations that only move entries are worked out: which entry of the result was made of this one."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_dropout.functional import _embedding, _shapes
from tinygrad_dropout.study.preview import times
from tinygrad_dropout.study.trace import Node
from tinygrad_dropout.study.worked.formula import Formula, Quantity
from tinygrad_dropout.study.worked.rules import MOST_SUMMED, Entry, Index, Saved, TooLong, presents_saved, rule, written
from tinygrad_dropout.study.worked.total import Total


def from_results(entry: Entry, results: list[Index], remark: str) -> Formula:
    """The sum of the upstream gradient at the entries of the result that this one went to."""
    if len(results) > MOST_SUMMED:
        raise TooLong
    if not results:
        return Quantity("0", 0, remark=remark)
    return Total([entry.grad(result) for result in results], remark=remark)


def moved(entry: Entry, result: Index) -> Formula:
    """The upstream gradient at the only entry of the result that this one went to."""
    became = f"entry {written(result)} of the result" if result else "the result"
    return from_results(entry, [result], f"this entry became {became}" if entry.index else f"it became {became}")


def picked(entry: Entry, results: list[Index], what: str, verb: str) -> Formula:
    """The sum over all times that an entry was picked."""
    if not results:
        return from_results(entry, results, f"{what} was not {verb}")
    why = "" if len(results) == 1 else ", so its gradients add up"
    return from_results(entry, results, f"{what} was {verb} {times(len(results))}{why}")


@rule(_shapes.reshape_backward)
def reshape(entry: Entry) -> Formula:
    """The entries keep their order."""
    place = np.ravel_multi_index(entry.index, entry.parent.shape) if entry.index else 0
    return moved(entry, tuple(map(int, np.unravel_index(place, entry.node.data.shape))))


@rule(_shapes.permute_backward)
def permute(entry: Entry) -> Formula:
    """The numbers of the index change their order."""
    return moved(entry, tuple(entry.index[axis] for axis in entry.node.saved["axes"]))


@rule(_shapes.getitem_backward)
def getitem(entry: Entry) -> Formula:
    """Wherever the index picked it."""
    places = np.arange(entry.parent.size).reshape(entry.parent.shape)
    taken = np.asarray(places[entry.node.saved["index"]])
    return picked(entry, indices(taken == places[entry.index]), "this entry", "picked")


@presents_saved(_shapes.getitem_backward)
def saved_by_getitem(node: Node, x: Node) -> Saved:
    """The index as it is written in brackets."""
    index = node.saved["index"]
    return {"index": Code(", ".join(map(as_code, index if isinstance(index, tuple) else (index,))))}


class Code(str):
    """Python code, which is shown without quotes."""

    def __repr__(self) -> str:
        return str(self)


def as_code(part: Any) -> str:
    """A part of an index: `1:4`, `...`, `[0, 2]`."""
    if isinstance(part, slice):
        start, stop, step = ("" if bound is None else str(bound) for bound in (part.start, part.stop, part.step))
        return f"{start}:{stop}" + (f":{step}" if step else "")
    if part is ...:
        return "..."
    return str(part.tolist() if isinstance(part, np.ndarray) else part)


def indices(where: np.ndarray) -> list[Index]:
    """The indices at which a mask is True."""
    return [tuple(map(int, index)) for index in np.argwhere(where)]


@rule(_shapes.concatenate_backward)
def concatenate(entry: Entry) -> Formula:
    """Behind all entries of the tensors before it."""
    (axis,) = entry.axes(entry.node.saved["axis"])
    before = sum(parent.data.shape[axis] for parent in entry.parents[: entry.position])
    return moved(entry, (*entry.index[:axis], entry.index[axis] + before, *entry.index[axis + 1 :]))


@rule(_shapes.stack_backward)
def stack(entry: Entry) -> Formula:
    """In the slice of its own tensor."""
    axis = entry.node.saved["axis"] % entry.node.data.ndim
    return moved(entry, (*entry.index[:axis], entry.position, *entry.index[axis:]))


@rule(_embedding.embedding_backward)
def embedding(entry: Entry) -> Formula:
    """At every position whose index is its row."""
    row, column = entry.index
    if entry.node.saved["padding_idx"] == row:
        return Quantity("0", 0, remark=f"row {row} is the padding, which gets no gradient")
    found = indices(entry.node.saved["indices"] == row)
    return picked(entry, [(*index, column) for index in found], f"row {row}", "looked up")

"""Parameters side by side in one flat array, so that an update rule runs once for many of them.

A step of a small network would be many calls on tiny arrays; side by side, they take one call. A step of a large
network is slow because its arrays do not fit into the processor's cache; blocks of them do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, groupby, pairwise
from math import prod
from typing import Any, TypeAlias

import numpy as np

from tinygrad_dropout.autograd.tensor import Array, Tensor

Shape: TypeAlias = tuple[int, ...]

BLOCK = 131_072  # elements, 512 KiB of float32


class State(dict[str, Array]):
    """The arrays that an optimizer remembers, by name. Assignment copies into the existing array."""

    def __setitem__(self, slot: str, values: Any) -> None:
        self[slot][...] = values


class FlatGroup:
    """Neighboring parameters that are updated together: their data lie in one flat array.

    A parameter's `.data` is then a view of that array. The caller's own array is never written to: its numbers are
    copied.

    Args:
        params: Tensors of one dtype.
        shapes: the shape of each.
        step: how many steps they have made.
        memory: what the optimizer remembers about them, as flat arrays by name.
        number: the number of their parameter group, whose settings they share.
    """

    def __init__(
        self, params: Sequence[Tensor], shapes: Sequence[Shape], step: int, memory: Mapping[str, Array], number: int
    ) -> None:
        self.params = params
        self.shapes = shapes
        self.step = step
        self.memory = dict(memory)
        self.number = number
        self.data: Array = np.empty(0)  # set by `take_over`, like the views
        self.views: list[Array | None] = [None] * len(params)
        self.last_blocks: list[tuple[slice, Array, State]] = []  # those of the last step

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy or pickle without the flat array: in a copy, the parameters' data are not parts of it."""
        return FlatGroup, (self.params, self.shapes, self.step, self.memory, self.number)

    def slices(self) -> list[slice]:
        """Return where each parameter lies in the flat arrays."""
        return [slice(*ends) for ends in pairwise(accumulate(map(prod, self.shapes), initial=0))]

    def states(self) -> list[State]:
        """Return what is remembered about each parameter, as views in its shape; nothing before the first step."""
        return [
            State({slot: array[place].reshape(shape) for slot, array in self.memory.items()})
            for place, shape in zip(self.slices(), self.shapes, strict=True)
        ]

    def gradients(self) -> list[Array] | None:
        """Return each parameter's gradient; [] if none has one; None if they can't step as a group this time.

        They can't if only some have a gradient, or if a parameter's data is not its part of the flat array.
        """
        grads = []
        for parameter, view in zip(self.params, self.views, strict=True):
            if parameter._grad is None or parameter.data is not view:
                return [] if all(other._grad is None for other in self.params) else None
            grads.append(parameter._grad)
        return grads

    def split(self) -> Iterator[FlatGroup]:
        """Split the group where neighbors differ in dtype, in having a gradient, or in having new data."""
        slices = self.slices()
        kinds = [
            (parameter._grad is None, parameter.data.dtype, parameter.data is view)
            for parameter, view in zip(self.params, self.views, strict=True)
        ]
        for _, run in groupby(range(len(kinds)), key=kinds.__getitem__):
            first, *others = run
            members = slice(first, first + 1 + len(others))
            place = slice(slices[first].start, slices[members.stop - 1].stop)
            memory = {slot: array[place] for slot, array in self.memory.items()}
            part = FlatGroup(self.params[members], self.shapes[members], self.step, memory, self.number)
            part.data, part.views = self.data[place], self.views[members]
            yield part

    def take_over(self) -> None:
        """Copy the parameters' data into a new flat array, and make each parameter's `.data` a view of its part."""
        self.shapes = [parameter.data.shape for parameter in self.params]
        self.data = np.concatenate([parameter.data for parameter in self.params], axis=None)
        self.memory = {slot: array.astype(self.data.dtype, copy=False) for slot, array in self.memory.items()}
        for index, (parameter, place) in enumerate(zip(self.params, self.slices(), strict=True)):
            parameter.data = self.views[index] = self.data[place].reshape(parameter.data.shape)
        self.last_blocks = []

    def blocks(self, grads: list[Array], slots: tuple[str, ...]) -> Iterator[tuple[Array, Array, State]]:
        """Begin a step: yield (data, grad, state), 1-D arrays of equal length, for each call of the update rule."""
        self.step += 1
        grad = np.concatenate(grads, axis=None) if len(grads) > 1 else grads[0].ravel()
        if not self.last_blocks or tuple(self.last_blocks[0][2]) != slots:
            self.last_blocks = [*self.cut_into_blocks(slots)]
        for place, data, state in self.last_blocks:
            yield data, grad[place], state

    def cut_into_blocks(self, slots: tuple[str, ...]) -> Iterator[tuple[slice, Array, State]]:
        """Yield the blocks of the flat arrays: where each lies, its data, and what is remembered, zeros at first."""
        for slot in slots:
            if slot not in self.memory:
                self.memory[slot] = np.zeros_like(self.data)
        for start in range(0, self.data.size, BLOCK):
            place = slice(start, start + BLOCK)
            yield place, self.data[place], State({slot: self.memory[slot][place] for slot in slots})


def group_parameters(
    params: Sequence[Tensor], steps: Sequence[int], states: Sequence[Mapping[str, Array]], number: int = 0
) -> list[FlatGroup]:
    """Put the parameters into groups: neighbors of one kind share a group, up to the length of a block.

    Args:
        params: the Tensors of one parameter group.
        steps: how many steps each has made.
        states: the arrays remembered about each, in its shape.
        number: the number of the parameter group.
    """
    kinds = [
        (parameter.data.dtype, step, tuple(state)) for parameter, step, state in zip(params, steps, states, strict=True)
    ]
    groups: list[FlatGroup] = []
    first, size = 0, 0
    for last, parameter in enumerate(params, start=1):
        size += parameter.size
        if last == len(params) or kinds[last] != kinds[first] or size + params[last].size > BLOCK:
            members = slice(first, last)
            memory = {
                slot: np.concatenate([state[slot] for state in states[members]], axis=None) for slot in states[first]
            }
            shapes = [parameter.shape for parameter in params[members]]
            groups.append(FlatGroup(params[members], shapes, steps[first], memory, number))
            first, size = last, 0
    return groups

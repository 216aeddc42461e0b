"""Parameters side by side in one flat array, so that an update rule runs once for many of them.

A step of a small network is many calls on tiny arrays; side by side they are one call. A step of a large one is slow
because its arrays do not fit into the processor's cache; in blocks they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from operator import attrgetter, is_
from typing import Any, TypeAlias

import numpy as np

from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.tensor import Array, Tensor

#: The arrays that an optimiser remembers, by name.
State: TypeAlias = Mapping[str, Array]
#: (data, grad, state, number of the step from 1): 1-D arrays of one length, and an integer.
Stretch: TypeAlias = tuple[Array, Array, dict[str, Array], int]

BLOCK = 131_072  # elements, 512 KiB of float32

data_of = attrgetter("data")


class FlatGroup:
    """Some parameters of one dtype: their data lie side by side, and so does what an optimiser remembers of each.

    A parameter's `.data` is then a view of the flat array. An array that came from outside is never written to: its
    numbers are copied, and whoever holds it keeps it as it was.

    Args:
        params: Tensors of one dtype.
        steps: how many steps each has made.
        states: the arrays remembered of each, in its shape; what is missing is zero.
    """

    def __init__(self, params: Sequence[Tensor], steps: Sequence[int], states: Sequence[State]) -> None:
        self.params = params
        self.step = max(steps)
        self.missed = [self.step - step for step in steps]  # how many steps each has sat out, without a gradient
        self.dtype = params[0].data.dtype
        self.shapes = [parameter.data.shape for parameter in params]
        ends = list(accumulate(parameter.data.size for parameter in params))
        self.slices = [slice(*pair) for pair in pairwise([0, *ends])]
        self.data: Array = np.empty(0)  # these two until the first step
        self.views: list[Array | None] = [None] * len(params)
        self.memory: dict[str, Array] = {}
        for index, state in enumerate(states):
            for slot, array in state.items():
                self.remembered(slot)[self.slices[index]] = array.ravel()

    def __getstate__(self) -> dict[str, Any]:
        """For copy and pickle: in a copy, the parameters' data are no longer parts of the flat array."""
        return {**self.__dict__, "data": np.empty(0), "views": [None] * len(self.params)}

    def steps(self) -> list[int]:
        """How many steps each parameter has made."""
        return [self.step - missed for missed in self.missed]

    def states(self) -> list[dict[str, Array]]:
        """What is remembered of each parameter, as views in its shape; nothing before its first step."""
        return [
            {slot: array[part].reshape(shape) for slot, array in self.memory.items()} if step else {}
            for step, part, shape in zip(self.steps(), self.slices, self.shapes, strict=True)
        ]

    def remembered(self, slot: str) -> Array:
        """The flat array of that name, zero at first."""
        if slot not in self.memory:
            self.memory[slot] = np.zeros(self.slices[-1].stop, self.dtype)
        return self.memory[slot]

    def stretches(self, slots: Iterable[str]) -> Iterator[Stretch]:
        """Begin a step: what an update rule is to be called with, for every parameter that has a gradient.

        For all of them at once if none is without, and all have made as many steps; else for one after the other.
        """
        grads = [parameter._grad for parameter in self.params if parameter._grad is not None]
        if not grads:
            return
        self.step += 1
        if len(grads) == len(self.params) and len(set(self.missed)) == 1:
            all_grads = np.concatenate(grads, axis=None) if len(grads) > 1 else grads[0].ravel()
            runs = [(0, all_grads, self.step - self.missed[0])]
        else:
            runs = self.runs_one_by_one()
        memory = [(slot, self.remembered(slot)) for slot in slots]
        for start, grad, step in runs:
            for begin in range(0, grad.size, BLOCK):
                part = grad[begin : begin + BLOCK]
                place = slice(start + begin, start + begin + part.size)
                yield self.data[place], part, {slot: array[place] for slot, array in memory}, step

    def runs_one_by_one(self) -> list[tuple[int, Array, int]]:
        """(where it starts, gradient, number of the step) of each parameter with a gradient; the others miss one."""
        runs = []
        for index, parameter in enumerate(self.params):
            if parameter._grad is None:
                self.missed[index] += 1
            else:
                runs.append((self.slices[index].start, parameter._grad.ravel(), self.step - self.missed[index]))
        return runs

    def owns_its_data(self) -> bool:
        """Whether every parameter's `.data` is its part of the flat array."""
        return all(map(is_, map(data_of, self.params), self.views))

    def has_gradients(self) -> bool:
        """Whether a step changes any of the parameters."""
        return any(parameter._grad is not None for parameter in self.params)

    def check_shapes(self) -> None:
        """Refuse data of another shape than the parameter had before."""
        for parameter, shape in zip(self.params, self.shapes, strict=True):
            if parameter.data.shape != shape:
                problem = f"expected a parameter's data to keep its shape {shape}, got shape {parameter.data.shape}"
                raise ShapeError("step", problem)

    def take_over(self) -> None:
        """Copy the parameters' data into a new flat array, and make each parameter's `.data` its part of it."""
        self.data = np.concatenate([parameter.data for parameter in self.params], axis=None)
        for index, parameter in enumerate(self.params):
            parameter.data = self.views[index] = self.data[self.slices[index]].reshape(self.shapes[index])


def grouped(params: Sequence[Tensor], steps: Sequence[int], states: Sequence[State]) -> list[FlatGroup]:
    """The parameters in groups: neighbours of one dtype share one, as long as it is no longer than a block."""
    groups: list[FlatGroup] = []
    first, size = 0, 0
    for index, parameter in enumerate(params):
        size += parameter.data.size
        last = index + 1
        if last == len(params) or params[last].data.dtype != parameter.data.dtype or size + params[last].size > BLOCK:
            groups.append(FlatGroup(params[first:last], steps[first:last], states[first:last]))
            first, size = last, 0
    return groups

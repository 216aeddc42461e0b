"""What the optimisers share: the parameters, what is remembered about each, and the walk over both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.in_place import note_change
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError, StateDictError
from tinygrad_dropout.optim._flat import FlatGroup, State, grouped


class Optimizer:
    """Keep the parameters and walk over them; a subclass says how one step changes some of their numbers.

    A subclass names in `slots` the arrays that it remembers for a parameter, and defines `update`, a rule for single
    numbers. How the numbers of several parameters are put side by side is decided here (see `FlatGroup`). A rule that
    must see a whole parameter, for example its norm, defines `step` instead.
    """

    slots: tuple[str, ...]
    lr: float

    def __init__(self, params: Iterable[Tensor], lr: float, **settings: Any) -> None:
        name = type(self).__name__
        self.params = list_of_tensors(name, params)
        if not self.params:
            raise ValueError(f"{name}: expected one or more Tensors to optimise, got nothing")
        if results := [index for index, parameter in enumerate(self.params) if not parameter.is_leaf]:
            problem = f"expected leaves, got the result of an operation at index {results[0]}"
            raise ValueError(f"{name}: {problem}: only leaves get a gradient in .grad")
        if len(set(self.params)) < len(self.params):
            raise ValueError(f"{name}: expected each parameter once, got one of them twice")
        self.settings = ("lr", *settings)
        self._set({"lr": lr, **settings})
        count = len(self.params)
        self._groups = grouped(self.params, [0] * count, [{}] * count)

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        """Raise a ValueError if a setting makes no sense: here, if it is not a number of at least 0."""
        for key, value in settings.items():
            numbers = value if isinstance(value, tuple | list) else (value,)
            if not all(isinstance(number, int | float | np.number) and number >= 0 for number in numbers):
                raise ValueError(f"{type(self).__name__}: expected {key} to be at least 0, got {value!r}")

    def _set(self, settings: Mapping[str, Any]) -> None:
        self.check_settings(settings)
        for key, value in settings.items():
            setattr(self, key, tuple(value) if isinstance(value, list) else value)

    def __repr__(self) -> str:
        settings = ", ".join(f"{key}={getattr(self, key)}" for key in self.settings)
        return f"{type(self).__name__}({len(self.params)} parameters, {settings})"

    def step(self) -> None:
        """Update every parameter that has a gradient. One whose `.grad` is None is skipped: no decay, no momentum.

        Raises:
            ShapeError: a parameter's `.data` was assigned an array whose shape differs from that of its gradient, or
                of what is remembered about it. Nothing has been changed then.
        """
        gradients = [group.gradients() for group in self._groups]
        if None in gradients:
            self._regroup()
            gradients = [group.gradients() for group in self._groups]
        slots = self.slots
        for group, grads in zip(self._groups, gradients, strict=True):
            if grads:
                for data, grad, state in group.blocks(grads, slots):
                    self.update(data, grad, state, group.step)
                note_change(group.data)

    def _regroup(self) -> None:
        """Split groups that no longer step together, and take over what was assigned to `.data` since the last step."""
        groups = [part for group in self._groups for part in group.parts()]
        self._check_shapes(groups)
        for group in groups:
            if group.params[0]._grad is not None and group.params[0].data is not group.views[0]:
                group.take_over()
        self._groups = groups

    def _check_shapes(self, groups: Iterable[FlatGroup]) -> None:
        """Refuse data whose shape differs from the gradient's, or from that of what is remembered."""
        remembered = [shape if group.memory else None for group in groups for shape in group.shapes]
        for index, (parameter, shape) in enumerate(zip(self.params, remembered, strict=True)):
            grad = parameter._grad
            if grad is not None and not parameter.data.shape == grad.shape == (shape or grad.shape):
                name = f' ("{parameter.name}")' if parameter.name else ""
                fitting = (
                    f"{grad.shape} of its gradient"
                    if shape in (None, parameter.data.shape)
                    else f"{shape} of its memory"
                )
                problem = f"expected parameter {index}{name} to have the shape {fitting}, got {parameter.data.shape}"
                raise ShapeError(f"{type(self).__name__}.step", problem)

    def update(self, data: Array, grad: Array, state: dict[str, Array], step: int) -> None:
        """Change `data` in place, number by number. All arrays are 1-D and have the same length.

        Args:
            data: the numbers of one parameter or several.
            grad: their gradient; do not change or keep it.
            state: the arrays of `slots`, zeros at first. Assignment copies into the existing array.
            step: the number of the step, from 1.
        """
        raise TypeError(f"{type(self).__name__}: expected the class to define update(self, ...), and it does not")

    def zero_grad(self) -> None:
        """Set every parameter's `.grad` to None. An array read from `.grad` earlier keeps its values."""
        for parameter in self.params:
            parameter._grad = None

    def _steps(self) -> list[int]:
        return [group.step for group in self._groups for _ in group.params]

    def _states(self) -> list[State]:
        return [state for group in self._groups for state in group.states()]

    def state_dict(self) -> dict[str, Array]:
        """Copies of its settings and of what it remembers: `{"lr": ..., "0.step": ..., "0.velocity": ..., ...}`."""
        arrays = {key: np.asarray(getattr(self, key)) for key in self.settings}
        for index, (state, step) in enumerate(zip(self._states(), self._steps(), strict=True)):
            arrays[f"{index}.step"] = np.asarray(step)
            arrays.update({f"{index}.{slot}": array.copy() for slot, array in state.items()})
        return arrays

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Restore the settings and the memory of an optimiser of the same kind over the same parameters.

        Raises:
            KeyError: a key that is missing or not expected.
            ShapeError: an array that does not have its parameter's shape.
            ValueError: a setting that makes no sense. In each case, nothing has been changed.
        """
        indices = range(len(self.params))
        needed = {*self.settings, *(f"{index}.step" for index in indices)}
        known = needed | {f"{index}.{slot}" for index in indices for slot in self.slots}
        given = set(state_dict)
        if not needed <= given <= known:
            raise StateDictError(type(self).__name__, sorted(needed - given), sorted(given - known))
        states: list[Mapping[str, Array]] = []
        for index, parameter in enumerate(self.params):
            keys = {slot: f"{index}.{slot}" for slot in self.slots if f"{index}.{slot}" in given}
            state = {slot: np.asarray(state_dict[key], dtype=parameter.dtype) for slot, key in keys.items()}
            for slot, array in state.items():
                if array.shape != parameter.shape:
                    problem = f'expected "{keys[slot]}" to have shape {parameter.shape}, got {array.shape}'
                    raise ShapeError(f"{type(self).__name__}.load_state_dict", problem)
            states.append(state)
        self._set({key: np.asarray(state_dict[key]).tolist() for key in self.settings})
        self._groups = grouped(self.params, [int(state_dict[f"{index}.step"]) for index in indices], states)


def list_of_tensors(where: str, params: Iterable[Tensor]) -> list[Tensor]:
    """The parameters as a list; a single Tensor, which would be taken for a list of its rows, is refused."""
    if not isinstance(params, Iterable):
        hint = "; write model.parameters(), with brackets" if callable(params) else ""
        raise TypeError(f"{where}: expected a list of Tensors, got {type(params).__name__}{hint}")
    tensors = [params] if isinstance(params, Tensor) else list(params)
    if isinstance(params, Tensor) or not all(isinstance(tensor, Tensor) for tensor in tensors):
        given = "a single Tensor" if isinstance(params, Tensor) else [type(tensor).__name__ for tensor in tensors]
        raise TypeError(f"{where}: expected a list of Tensors (as from model.parameters()), got {given}")
    return tensors

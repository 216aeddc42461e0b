"""Optimizer: the base class, which updates the parameters and keeps the arrays that it remembers for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.in_place import note_change
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.errors import ShapeError, StateDictError
from tinygrad_dropout.optim._flat import FlatGroup, State, group_parameters
from tinygrad_dropout.optim._param_groups import (
    Setting,
    check_at_least,
    check_is_state,
    list_of_groups,
    list_of_tensors,
)


class Optimizer:
    """Keep the parameters and update them; a subclass says how one step changes their numbers.

    A subclass names in `slots` the arrays that it remembers for each parameter, and defines `update`, an elementwise
    rule. This class puts the numbers of several parameters side by side (see `FlatGroup`). If your rule needs a whole
    parameter, for example its norm, define `step` instead.
    """

    slots: tuple[str, ...]
    lr = Setting()

    def __init__(self, params: Iterable[Tensor] | Iterable[Mapping[str, Any]], lr: float, **settings: Any) -> None:
        self.defaults = {"lr": lr, **settings}
        self.settings = tuple(self.defaults)
        self.params: list[Tensor] = []
        self.param_groups: list[dict[str, Any]] = []
        self._groups: list[FlatGroup] = []
        for group in list_of_groups(type(self).__name__, params):
            self.add_param_group(group)
        if not self.params:
            raise ValueError(f"{type(self).__name__}: expected one or more Tensors to optimize, got nothing")

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Add parameters with their own settings.

        Args:
            param_group: a dict of the Tensors, as "params", and any settings that differ from the optimizer's.
        """
        name = type(self).__name__
        if not isinstance(param_group, Mapping) or "params" not in param_group:
            given = sorted(map(str, param_group)) if isinstance(param_group, Mapping) else type(param_group).__name__
            raise TypeError(f'{name}: expected a group to be a dict with "params" in it, got {given}')
        own = {key: value for key, value in param_group.items() if key != "params"}
        params = list_of_tensors(name, param_group["params"])
        if results := [index for index, parameter in enumerate(params) if not parameter.is_leaf]:
            problem = f"expected leaves, got the result of an operation at index {results[0]}"
            raise ValueError(f"{name}: {problem}: only leaves get a gradient in .grad")
        if len({*self.params, *params}) < len(self.params) + len(params):
            raise ValueError(f"{name}: expected each parameter once, got one of them twice")
        if unknown := sorted(own.keys() - self.defaults):
            raise TypeError(f"{name}: expected a group's settings to be among {list(self.settings)}, got {unknown}")
        settings = self.checked({**self.defaults, **own})
        self._groups += group_parameters(params, [0] * len(params), [{}] * len(params), len(self.param_groups))
        self.param_groups.append({"params": tuple(params), **settings})
        self.params += params

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        """Raise a ValueError for a setting that makes no sense: here, anything but a number of at least 0."""
        check_at_least(type(self).__name__, 0, **settings)

    def checked(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Check the settings of a group and return them, with lists turned into tuples."""
        self.check_settings(settings)
        return {key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()}

    def __repr__(self) -> str:
        groups = [", ".join(f"{key}={group[key]}" for key in self.settings) for group in self.param_groups]
        if len(groups) == 1:
            return f"{type(self).__name__}({len(self.params)} parameters, {groups[0]})"
        lines = [
            f"  {len(group['params'])} parameters, {settings}\n"
            for group, settings in zip(self.param_groups, groups, strict=True)
        ]
        return f"{type(self).__name__}(\n{''.join(lines)})"

    def step(self) -> None:
        """Update every parameter that has a gradient. One whose `.grad` is None is skipped: no decay, no momentum.

        Raises:
            ShapeError: you assigned to a parameter's `.data` an array of another shape than its gradient, or than the
                arrays that the optimizer remembers for it. Nothing has changed then.
        """
        gradients = [group.gradients() for group in self._groups]
        if None in gradients:
            self._regroup()
            gradients = [group.gradients() for group in self._groups]
        for group, grads in zip(self._groups, gradients, strict=True):
            if grads:
                settings = self.param_groups[group.number]
                for data, grad, state in group.blocks(grads, self.slots_for(settings)):
                    self.update(data, grad, state, group.step, settings)
                note_change(group.data)

    def _regroup(self) -> None:
        """Split groups that no longer step together, and take over arrays newly assigned to `.data`."""
        groups = [part for group in self._groups for part in group.split()]
        self._check_shapes(groups)
        for group in groups:
            if group.params[0]._grad is not None and group.params[0].data is not group.views[0]:
                group.take_over()
        self._groups = groups

    def _check_shapes(self, groups: Iterable[FlatGroup]) -> None:
        """Raise an error for data whose shape differs from the gradient's or from the remembered arrays'."""
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

    def slots_for(self, settings: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the `slots` that a group's settings need: all of them, unless a subclass says otherwise."""
        return self.slots

    def update(self, data: Array, grad: Array, state: dict[str, Array], step: int, settings: Mapping[str, Any]) -> None:
        """Change `data` in place, element by element. All arrays are 1-D and have the same length.

        Args:
            data: the numbers of one or more parameters.
            grad: their gradient. Don't change it or keep it.
            state: the arrays of `slots`, zeros at first. Assignment copies into the existing array.
            step: the number of the step, from 1.
            settings: the settings of the parameters' group: `settings["lr"]` and so on. Convert them with `float`: an
                np.float64 would turn float32 arithmetic into float64.
        """
        raise TypeError(f"{type(self).__name__}: expected the class to define update(self, ...), but it does not")

    def zero_grad(self) -> None:
        """Set every parameter's `.grad` to None. An array read from `.grad` earlier keeps its values."""
        for parameter in self.params:
            parameter._grad = None

    def _steps(self) -> list[int]:
        return [group.step for group in self._groups for _ in group.params]

    def _states(self) -> list[State]:
        return [state for group in self._groups for state in group.states()]

    def _keys(self) -> list[dict[str, str]]:
        """Return, for each group, each setting's key in a state_dict. With one group, that is the setting's name."""
        if len(self.param_groups) == 1:
            return [{key: key for key in self.settings}]
        return [
            {key: f"param_groups.{number}.{key}" for key in self.settings} for number in range(len(self.param_groups))
        ]

    def _indices(self) -> dict[str, Array]:
        """Return which parameters belong to which group, if there are several groups."""
        ends = [*accumulate((len(group["params"]) for group in self.param_groups), initial=0)]
        indices = [np.arange(*span) for span in pairwise(ends)]
        return {f"param_groups.{number}.params": array for number, array in enumerate(indices) if len(indices) > 1}

    def state_dict(self) -> dict[str, Array]:
        """Return copies of its settings and memory: `{"lr": ..., "0.step": ..., "0.velocity": ..., ...}`.

        With several groups, each group's settings are under its number (`"param_groups.0.lr"`), and so are the indices
        of its parameters (`"param_groups.0.params"`).
        """
        arrays = self._indices()
        for group, keys in zip(self.param_groups, self._keys(), strict=True):
            arrays.update({key: np.asarray(group[setting]) for setting, key in keys.items()})
        for index, (state, step) in enumerate(zip(self._states(), self._steps(), strict=True)):
            arrays[f"{index}.step"] = np.asarray(step)
            arrays.update({f"{index}.{slot}": array.copy() for slot, array in state.items()})
        return arrays

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Restore the settings and the memory of an optimizer of the same class over the same parameters.

        Raises:
            KeyError: a key is missing or unexpected.
            ShapeError: an array does not have its parameter's shape.
            ValueError: a setting makes no sense, a value is not a number, or the parameters are grouped differently.
                After any of these errors, nothing has changed.
        """
        check_is_state(self, state_dict)
        name, indices = type(self).__name__, range(len(self.params))
        needed = {key for keys in self._keys() for key in keys.values()}
        needed |= {*self._indices(), *(f"{index}.step" for index in indices)}
        known = needed | {f"{index}.{slot}" for index in indices for slot in self.slots}
        given = set(state_dict)
        if not needed <= given <= known:
            raise StateDictError(name, sorted(needed - given), sorted(given - known))
        for key, members in self._indices().items():
            if not np.array_equal(members, state_dict[key]):
                wanted, got = members.tolist(), np.asarray(state_dict[key]).tolist()
                raise ValueError(f'{name}.load_state_dict: expected "{key}" to be {wanted}, got {got}')
        states: list[Mapping[str, Array]] = []
        steps: list[int] = []
        for index, parameter in enumerate(self.params):
            keys = {slot: f"{index}.{slot}" for slot in self.slots if f"{index}.{slot}" in given}
            state = {slot: np.asarray(state_dict[key]) for slot, key in keys.items()}
            for slot, array in state.items():
                if array.shape != parameter.shape:
                    problem = f'expected "{keys[slot]}" to have shape {parameter.shape}, got {array.shape}'
                    raise ShapeError(f"{name}.load_state_dict", problem)
                if array.dtype.kind not in "biuf":
                    problem = f'expected "{keys[slot]}" to hold numbers, got an array of dtype {array.dtype}'
                    raise ValueError(f"{name}.load_state_dict: {problem}")
            states.append({slot: array.astype(parameter.dtype, copy=False) for slot, array in state.items()})
            step = np.asarray(state_dict[f"{index}.step"])
            if step.shape or step.dtype.kind not in "iu" or step < 0:
                problem = f'expected "{index}.step" to be a whole number of at least 0, got {step.tolist()!r}'
                raise ValueError(f"{name}.load_state_dict: {problem}")
            steps.append(step.item())
        loaded = [
            self.checked({setting: np.asarray(state_dict[key]).tolist() for setting, key in keys.items()})
            for keys in self._keys()
        ]
        self._groups = []
        for number, (group, settings) in enumerate(zip(self.param_groups, loaded, strict=True)):
            group.update(settings)
            first = len(self._steps())
            part = slice(first, first + len(group["params"]))
            self._groups += group_parameters(self.params[part], steps[part], states[part], number)

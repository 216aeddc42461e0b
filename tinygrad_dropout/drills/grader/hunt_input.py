"""Checks that the network accepts the input that a learner wrote to expose a bug."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.shown import as_text

Array = npt.NDArray[Any]
MOST = 16  # the largest number of rows in an input


@dataclass(frozen=True)
class Argument:
    """An argument of `one_step` that the learner chooses.

    Attributes:
        name: its name.
        shape: of an array: sizes, or names of sizes that the learner chooses, 1 to `MOST`.
        below: the array holds integers 0 ... below - 1; None where it holds any numbers.
    """

    name: str
    shape: tuple[str | int, ...] = ()
    below: int | None = None


P, TRAINING = Argument("p"), Argument("training")
WANTED = {"p": "a number, 0 <= p < 1", "training": "True or False"}


def checked_input(judge: Judge, arguments: Sequence[Argument], found: Any) -> dict[str, Any]:
    """The arguments that the learner chose, in the form that the network takes; anything else is rejected."""
    names = [argument.name for argument in arguments]
    wanted = f"expected a dict of {', '.join(names)}."
    if not isinstance(found, Mapping):
        judge.reject("input-is-no-dict", f"exposing_input() returned a {type(found).__name__}; {wanted}")
    if missing := [name for name in names if name not in found]:
        judge.reject("input-lacks-an-argument", f"exposing_input() has no {', '.join(missing)}; {wanted}")
    if stray := [str(name) for name in found if name not in names]:
        judge.reject("input-has-a-stray-argument", f"exposing_input() has {', '.join(stray)}; {wanted}")
    sizes: dict[str, int] = {}
    return {argument.name: checked(judge, argument, found[argument.name], sizes) for argument in arguments}


def checked(judge: Judge, argument: Argument, value: Any, sizes: dict[str, int]) -> Any:
    """One argument, in the form that the network takes."""
    name, wanted = argument.name, WANTED.get(argument.name, "numbers")
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        judge.reject("input-is-no-number", f"{name} is {as_text(value)}; expected {wanted}.")
    if not np.isfinite(array).all():
        judge.reject("input-is-not-finite", f"{name} has values that are NaN or infinite; expected finite ones.")
    if argument in (P, TRAINING):
        if array.ndim or (argument == P and not 0 <= array < 1) or (argument == TRAINING and array not in (0, 1)):
            judge.reject(f"{name}-is-wrong", f"{name} is {as_text(value)}; expected {wanted}.")
        return float(array) if argument == P else bool(array)
    refuse_shape(judge, argument, array, sizes)
    if argument.below is None:
        return array.astype(np.float64)
    if (array != np.floor(array)).any() or (array < 0).any() or (array >= argument.below).any():
        message = f"{name} is {as_text(array)}; expected integers from 0 to {argument.below - 1}."
        judge.reject("integer-is-out-of-range", message)
    return array.astype(np.int64)


def refuse_shape(judge: Judge, argument: Argument, array: Array, sizes: dict[str, int]) -> None:
    """Reject an array with another shape, or with more rows than a test needs."""
    wanted = ", ".join(str(size) for size in argument.shape)
    wanted = f"({wanted},)" if len(argument.shape) == 1 else f"({wanted})"
    fits = array.ndim == len(argument.shape) and all(
        got == sizes.setdefault(size, got) if isinstance(size, str) else got == size
        for size, got in zip(argument.shape, array.shape, strict=True)
    )
    if not fits:
        so_far = ", ".join(f"{name} = {size}" for name, size in sizes.items())
        judge.reject(
            "input-has-the-wrong-shape",
            f"{argument.name} has shape {array.shape}; expected {wanted}{f' with {so_far}' if so_far else ''}.",
            "A batch is 2-D even if it is a single example.",
            kind="shapes",
        )
    if not all(1 <= size <= MOST for size in sizes.values()):
        message = (
            f"{argument.name} has shape {array.shape}; expected 1 to {MOST} of each, because a test should be small."
        )
        judge.reject("input-has-the-wrong-size", message, kind="shapes")

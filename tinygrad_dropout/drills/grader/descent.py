"""A small model with a known loss and gradient, to try training loops on, and training loops that are right or
wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.result import Rejected, Rejection

Array = npt.NDArray[Any]
NOISE = 5e-9  # in the measured gradient, relative to the larger of its size and 1


class Parameter:
    """A parameter for a training loop."""

    def __init__(self, data: Array, grad: Array) -> None:
        self.data, self.grad = data, grad


class Problem:
    """L = sum of c (w - t)^2 / 2 + b S^2 / 2, where S = sum of v (w - t), over the entries of all parameters.

    The gradient is c (w - t) + b S v: it depends on all parameters, so that they must be updated together. Each v has
    the sign of w - t at the start, so that no entry of the gradient is near 0 there.

    Args:
        judge: draws the numbers.
        shapes: the shapes of the parameters.
        steps: the number of steps.
        stale: whether the gradients contain old numbers at the start.
        scale: a factor of the loss.
        spoil: changes the list of gradients, only in `backward`.
        flat: whether the gradient is 0 in one entry.
        steep: a factor of the gradient in one entry.
        order: "C" or "F", the memory layout of the model's arrays.

    Attributes:
        arrays: the model's arrays after a run.
        rebound: whether a parameter had a different array in `.data` after the run.
        calls: how often the run called `backward` and `measure`.
    """

    def __init__(
        self,
        judge: Judge,
        shapes: Sequence[tuple[int, ...]],
        steps: int,
        *,
        stale: bool = False,
        scale: float = 1.0,
        spoil: Callable[[list[Array]], None] | None = None,
        flat: bool = False,
        steep: float = 1.0,
        order: Any = "C",
    ) -> None:
        self.start = [judge.numbers(*shape) for shape in shapes]
        self.goal = [start - judge.numbers(*shape) for start, shape in zip(self.start, shapes, strict=True)]
        self.weights = [scale * np.abs(judge.numbers(*shape, low=0.5, high=1.5)) for shape in shapes]
        self.signs = [np.sign(start - goal) for start, goal in zip(self.start, self.goal, strict=True)]
        self.coupling = 0.1 * scale
        first = (0,) * len(shapes[0])
        self.weights[0][first] *= steep
        if flat:
            self.goal[0][first], self.signs[0][first] = self.start[0][first], 1.0
            off = self.coupling * self.together(self.start) / (self.weights[0][first] + self.coupling)
            self.goal[0][first] += off
        self.old = [judge.numbers(*shape) if stale else np.zeros(shape) for shape in shapes]
        self.steps, self.spoil, self.lr, self.order = steps, spoil, judge.rng.uniform(0.2, 0.4) / scale, order
        self.arrays: list[Array] = []
        self.rebound, self.calls = False, {"backward": 0, "measure": 0}

    def __repr__(self) -> str:
        shapes = " and ".join(str(start.shape) for start in self.start)
        old = "; old numbers in .grad" if any(old.any() for old in self.old) else ""
        return (
            f"L = sum of c (w - t)^2 / 2 + b (sum of v (w - t))^2 / 2, parameters of shape {shapes}, "
            f"lr = {self.lr:.4g}, steps = {self.steps}{old}"
        )

    def names(self) -> list[str]:
        """The names of all entries, one parameter after another."""
        return [
            f"parameters[{i}].data{list(index)}"
            for i, start in enumerate(self.start)
            for index in np.ndindex(*start.shape)
        ]

    def together(self, arrays: Sequence[Array]) -> float:
        """S, which all parameters affect."""
        return float(sum((v * (w - t)).sum() for v, w, t in zip(self.signs, arrays, self.goal, strict=True)))

    def gradients(self, arrays: Sequence[Array]) -> list[Array]:
        """The right gradients."""
        s = self.coupling * self.together(arrays)
        return [c * (w - t) + s * v for c, w, t, v in zip(self.weights, arrays, self.goal, self.signs, strict=True)]

    def loss(self, arrays: Sequence[Array]) -> float:
        """The loss L."""
        squares = sum((c * (w - t) ** 2).sum() for c, w, t in zip(self.weights, arrays, self.goal, strict=True))
        return float(squares + self.coupling * self.together(arrays) ** 2) / 2

    def run(self, train: Callable[..., Any]) -> tuple[Array, Any]:
        """Train; returns all numbers of the model's arrays at the end, and the losses."""
        arrays = [start.copy(self.order) for start in self.start]
        parameters = [Parameter(array, old.copy()) for array, old in zip(arrays, self.old, strict=True)]
        self.arrays, self.calls = arrays, {"backward": 0, "measure": 0}

        def backward() -> None:
            self.calls["backward"] += 1
            found = self.gradients(arrays)
            if self.spoil:
                self.spoil(found)
            for parameter, gradient in zip(parameters, found, strict=True):
                parameter.grad += gradient

        def measure() -> list[Array]:
            self.calls["measure"] += 1
            return [
                one + NOISE * np.where(one < 0, -1, 1) * np.maximum(1, np.abs(one)) for one in self.gradients(arrays)
            ]

        losses = train(parameters, lambda: self.loss(arrays), backward, measure, self.lr, self.steps)
        if losses is None:
            message = "train(...) returned None; expected the list of losses."
            raise Rejected(Rejection("returns-none", message, "Is a `return` missing?"))
        self.rebound = any(one.data is not array for one, array in zip(parameters, arrays, strict=True))
        return np.concatenate([array.ravel() for array in arrays]), losses


def training(
    zero: str = "before",
    *,
    checks: bool = True,
    sign: int = -1,
    lr: Callable[[float], float] = lambda lr: lr,
    which: slice = slice(None),
    measured: bool = False,
) -> Callable[..., list[float]]:
    """A training loop, right or wrong.

    Args:
        zero: when gradients are set to 0: `before` each backward, `after` each step, `between` the two, `once` before
            the first step, or `never`; `stay`: the only backward is the one of the check.
        checks: whether there is a check, which starts with clean gradients.
        sign: the sign of the step.
        lr: changes the learning rate.
        which: the parameters to update.
        measured: whether the steps use the measured gradient.
    """

    def train(parameters: Any, loss: Any, backward: Any, measure: Any, rate: float, steps: int) -> list[float]:
        def clean() -> None:
            for parameter in parameters:
                parameter.grad = np.zeros_like(parameter.data)

        losses = []
        if checks:
            clean()
            backward()
        if zero == "once":
            clean()
        for _ in range(steps):
            losses.append(loss())
            if zero == "before":
                clean()
            if zero != "stay":
                backward()
            if zero == "between":
                clean()
            gradients = measure() if measured else [parameter.grad for parameter in parameters]
            for parameter, gradient in [*zip(parameters, gradients, strict=True)][which]:
                parameter.data += sign * lr(rate) * gradient
            if zero == "after":
                clean()
        return losses

    return train


def one_by_one(parameters: Any, loss: Any, backward: Any, measure: Any, rate: float, steps: int) -> list[float]:
    """A wrong training loop, which computes a new gradient for each parameter after it has updated the earlier ones."""
    losses = []
    for _ in range(steps):
        losses.append(loss())
        for parameter in parameters:
            for other in parameters:
                other.grad = np.zeros_like(other.data)
            backward()
            parameter.data -= rate * parameter.grad
    return losses

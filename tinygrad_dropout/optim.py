"""Optimisers: how a step goes down the gradient. SGD, Adam, AdamW; and max_norm, dropout's usual companion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tinygrad_dropout.errors import ShapeError, StateDictError
from tinygrad_dropout.tensor import Array, Tensor


class Optimizer:
    """What the optimisers share: the parameters, the arrays remembered for each, and the walk over both.

    A subclass says in `slots` which arrays it remembers for a parameter, and in `update` how it changes one.
    """

    slots: tuple[str, ...]

    def __init__(self, params: Iterable[Tensor], lr: float, **settings: Any) -> None:
        name = type(self).__name__
        self.params = list_of_tensors(name, params)
        if not self.params:
            raise ValueError(f"{name}: expected one or more Tensors to optimise, got nothing")
        if len(set(self.params)) < len(self.params):
            raise ValueError(f"{name}: expected each parameter once, got one of them twice")
        for key, value in {"lr": lr, **settings}.items():
            numbers = value if isinstance(value, tuple) else (value,)
            if not all(isinstance(number, int | float | np.number) and number >= 0 for number in numbers):
                raise ValueError(f"{name}: expected {key} to be at least 0, got {value!r}")
        self.lr = lr
        self.state: list[dict[str, Array]] = [{} for _ in self.params]
        self.steps = [0] * len(self.params)
        self._own: list[Array | None] = [None] * len(self.params)

    def step(self) -> None:
        """Change every parameter that has a gradient; one whose `.grad` is None is left alone, memory included."""
        for index, parameter in enumerate(self.params):
            if parameter.grad is None:
                continue
            if parameter.data is not self._own[index]:  # an array from outside is never changed: go on in a copy
                parameter.data = self._own[index] = parameter.data.copy()
            state = self.state[index]
            for slot in self.slots:
                if slot not in state:
                    state[slot] = np.zeros_like(parameter.data)
            self.steps[index] += 1
            self.update(parameter.data, parameter.grad, state, self.steps[index])

    def update(self, data: Array, grad: Array, state: dict[str, Array], step: int) -> None:
        """Change `data` in place, given its gradient (not to be changed), its arrays and the step's number from 1."""
        raise TypeError(f"{type(self).__name__}: expected the class to define update(self, ...), and it does not")

    def zero_grad(self) -> None:
        """Set every parameter's `.grad` to None."""
        for parameter in self.params:
            parameter.grad = None

    def state_dict(self) -> dict[str, Array]:
        """Copies of what the optimiser remembers: `{"lr": ..., "0.step": ..., "0.velocity": ..., ...}`."""
        arrays = {"lr": np.asarray(self.lr)}
        for index, (state, step) in enumerate(zip(self.state, self.steps, strict=True)):
            arrays[f"{index}.step"] = np.asarray(step)
            arrays.update({f"{index}.{slot}": array.copy() for slot, array in state.items()})
        return arrays

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` of an optimiser of the same kind over the same parameters returned.

        Raises:
            KeyError: a key that is missing or not expected.
            ShapeError: an array that does not have its parameter's shape.
        """
        indices = range(len(self.params))
        needed = {"lr", *(f"{index}.step" for index in indices)}
        known = needed | {f"{index}.{slot}" for index in indices for slot in self.slots}
        given = set(state_dict)
        if not needed <= given <= known:
            raise StateDictError(type(self).__name__, sorted(needed - given), sorted(given - known))
        states: list[dict[str, Array]] = []
        for index, parameter in enumerate(self.params):
            keys = {slot: f"{index}.{slot}" for slot in self.slots if f"{index}.{slot}" in given}
            state = {slot: np.array(state_dict[key], dtype=parameter.dtype) for slot, key in keys.items()}
            for slot, array in state.items():
                if array.shape != parameter.shape:
                    problem = f'expected "{keys[slot]}" to have shape {parameter.shape}, got {array.shape}'
                    raise ShapeError(f"{type(self).__name__}.load_state_dict", problem)
            states.append(state)
        self.lr = float(state_dict["lr"])
        self.state = states
        self.steps = [int(state_dict[f"{index}.step"]) for index in indices]


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if wanted (Polyak 1964; Nesterov 1983, in PyTorch's form).

        g = grad + weight_decay * w
        v = momentum * v + g
        w = w - lr * v            (Nesterov: w - lr * (g + momentum * v))

    Args:
        params: Tensors to optimise, usually `model.parameters()`.
        lr: the learning rate.
        momentum: how much of the last velocity v is kept; 0 for none.
        weight_decay: the factor of the L2 penalty's gradient.
        nesterov: look one step ahead; needs a momentum.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float,
        momentum: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(params, lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and not momentum:
            raise ValueError("SGD(nesterov=True): expected a momentum above 0, got 0")
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.nesterov = nesterov

    @property
    def slots(self) -> tuple[str, ...]:  # type: ignore[override]
        """A velocity, while there is a momentum."""
        return ("velocity",) if self.momentum else ()

    def update(self, data: Array, grad: Array, state: dict[str, Array], step: int) -> None:
        if self.weight_decay:
            grad = grad + self.weight_decay * data
        if self.momentum:
            velocity = state["velocity"]
            velocity *= self.momentum
            velocity += grad
            grad = grad + self.momentum * velocity if self.nesterov else velocity
        data -= self.lr * grad


class Adam(Optimizer):
    """Adam (Kingma & Ba 2015, arXiv:1412.6980, algorithm 1): steps scaled by running moments of the gradient.

        g = grad + weight_decay * w
        m = beta1 * m + (1 - beta1) * g           v = beta2 * v + (1 - beta2) * g²
        w = w - lr * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)

    Args:
        params: Tensors to optimise, usually `model.parameters()`.
        lr: the learning rate.
        betas: the decay of the two moments, each in [0, 1).
        eps: keeps the division finite.
        weight_decay: the factor of the L2 penalty's gradient.
    """

    slots = ("first_moment", "second_moment")

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
    ) -> None:
        super().__init__(params, lr, betas=betas, eps=eps, weight_decay=weight_decay)
        if max(betas) >= 1:
            raise ValueError(f"{type(self).__name__}: expected both betas below 1, got {betas}")
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay

    def update(self, data: Array, grad: Array, state: dict[str, Array], step: int) -> None:
        if self.weight_decay:
            grad = self.decayed(data, grad)
        first, second = state["first_moment"], state["second_moment"]
        beta1, beta2 = self.betas
        first *= beta1
        first += (1 - beta1) * grad
        second *= beta2
        second += (1 - beta2) * (grad * grad)
        root = np.sqrt(second)
        root /= (1 - beta2**step) ** 0.5
        root += self.eps
        move = first / root
        move *= self.lr / (1 - beta1**step)
        data -= move

    def decayed(self, data: Array, grad: Array) -> Array:
        """The gradient after weight decay: here, with the penalty's gradient added."""
        return grad + self.weight_decay * data


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv:1711.05101): w shrinks by lr * weight_decay.

    Args:
        params, lr, betas, eps: as for Adam.
        weight_decay: the fraction of w, times lr, taken away at each step before Adam's own.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    def decayed(self, data: Array, grad: Array) -> Array:
        """The gradient after weight decay: unchanged, since the weights themselves are shrunk."""
        data *= 1 - self.lr * self.weight_decay
        return grad


def max_norm(params: Iterable[Tensor], c: float) -> None:
    """Scale each unit's incoming weight vector back to length c where it is longer. Call it after `step()`.

    The constraint ||w|| <= c that Srivastava et al. (2014, §5.1) pair with dropout. A unit's incoming vector is
    weight[i], all axes but the first; tensors of fewer than two axes (biases) are left alone.

    Args:
        params: Tensors; their `.data` is replaced where a vector was too long.
        c: the longest length allowed, above 0.
    """
    c = float(c)
    if not c > 0:
        raise ValueError(f"max_norm: expected c above 0, got {c:g}")
    for parameter in list_of_tensors("max_norm", params):
        if parameter.ndim < 2:
            continue
        incoming = tuple(range(1, parameter.ndim))
        norms = np.sqrt(np.square(parameter.data).sum(axis=incoming, keepdims=True))
        if (norms > c).any():
            parameter.data = parameter.data * (c / np.maximum(norms, c))


def list_of_tensors(where: str, params: Iterable[Tensor]) -> list[Tensor]:
    """The parameters as a list; a single Tensor, which would be taken for a list of its rows, is refused."""
    tensors = [params] if isinstance(params, Tensor) else list(params)
    if isinstance(params, Tensor) or not all(isinstance(tensor, Tensor) for tensor in tensors):
        given = "a single Tensor" if isinstance(params, Tensor) else [type(tensor).__name__ for tensor in tensors]
        raise TypeError(f"{where}: expected a list of Tensors, got {given}")
    return tensors

"""Adam and AdamW: steps scaled by running moments of the gradient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.optim._optimizer import Optimizer
from tinygrad_dropout.optim._param_groups import NUMBER, Setting


class Adam(Optimizer):
    """Adam (Kingma & Ba 2015, arXiv:1412.6980, algorithm 1): steps scaled by running moments of the gradient.

        g = grad + weight_decay * w
        m = beta1 * m + (1 - beta1) * g           v = beta2 * v + (1 - beta2) * g²
        w = w - lr * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)

    Args:
        params: Tensors to optimize, usually `model.parameters()`; or a list of groups, each a dict with its "params"
            and the settings that differ from the defaults.
        lr: the learning rate.
        betas: the decay of the two moments, each in [0, 1).
        eps: keeps the division finite.
        weight_decay: the factor of the L2 penalty's gradient.
    """

    slots = ("first_moment", "second_moment")
    betas = Setting()
    eps = Setting()
    weight_decay = Setting()

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[Mapping[str, Any]],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
    ) -> None:
        super().__init__(params, lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        super().check_settings({key: value for key, value in settings.items() if key != "betas"})
        betas = settings["betas"]
        is_pair = isinstance(betas, tuple | list) and len(betas) == 2
        if not is_pair or not all(isinstance(beta, NUMBER) and 0 <= beta < 1 for beta in betas):
            name = type(self).__name__
            raise ValueError(f"{name}: expected betas to be two numbers of at least 0 and below 1, got {betas!r}")

    def update(self, data: Array, grad: Array, state: dict[str, Array], step: int, settings: Mapping[str, Any]) -> None:
        # Python floats: see SGD.
        lr, eps = float(settings["lr"]), float(settings["eps"])
        beta1, beta2 = map(float, settings["betas"])
        if settings["weight_decay"]:
            grad = self.apply_weight_decay(data, grad, settings)
        first, second = state["first_moment"], state["second_moment"]
        first *= beta1
        first += (1 - beta1) * grad
        second *= beta2
        second += (1 - beta2) * (grad * grad)
        root = np.sqrt(second)
        root /= (1 - beta2**step) ** 0.5
        root += eps
        move = first / root
        move *= lr / (1 - beta1**step)
        data -= move

    def apply_weight_decay(self, data: Array, grad: Array, settings: Mapping[str, Any]) -> Array:
        """Apply weight decay, and return the gradient: here, the penalty's gradient is added to it."""
        with_penalty: Array = float(settings["weight_decay"]) * data
        with_penalty += grad
        return with_penalty


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv:1711.05101): w shrinks by lr * weight_decay.

    Args:
        params, lr, betas, eps: as for Adam.
        weight_decay: the strength of the decay: each step subtracts lr * weight_decay * w before Adam's own change.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[Mapping[str, Any]],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    def apply_weight_decay(self, data: Array, grad: Array, settings: Mapping[str, Any]) -> Array:
        """Apply weight decay, and return the gradient: here, the weights shrink and the gradient is unchanged."""
        data *= 1 - float(settings["lr"]) * float(settings["weight_decay"])
        return grad

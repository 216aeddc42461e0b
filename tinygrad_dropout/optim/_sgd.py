"""Stochastic gradient descent, plain and with momentum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.optim._optimizer import Optimizer


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

    momentum: float
    weight_decay: float
    nesterov: bool

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float,
        momentum: float = 0,
        *,
        weight_decay: float = 0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(params, lr, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov)

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        super().check_settings(settings)
        if settings["nesterov"] and not settings["momentum"]:
            raise ValueError("SGD(nesterov=True): expected a momentum above 0, got 0")

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

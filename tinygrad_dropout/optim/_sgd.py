"""Stochastic gradient descent, with or without momentum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.optim._optimizer import Optimizer
from tinygrad_dropout.optim._param_groups import Setting


class SGD(Optimizer):
    """Stochastic gradient descent with optional momentum (Polyak 1964; Nesterov 1983, in PyTorch's form).

        g = grad + weight_decay * w
        v = momentum * v + g
        w = w - lr * v            (Nesterov: w - lr * (g + momentum * v))

    Args:
        params: Tensors to optimize, usually `model.parameters()`; or a list of groups, each a dict with its "params"
            and the settings that differ from the defaults.
        lr: the learning rate.
        momentum: how much of the last velocity v is kept; 0 for none.
        weight_decay: the factor of the L2 penalty's gradient.
        nesterov: look one step ahead. This needs a momentum.
    """

    slots = ("velocity",)
    momentum = Setting()
    weight_decay = Setting()
    nesterov = Setting()

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[Mapping[str, Any]],
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

    def slots_for(self, settings: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the velocity's slot if there is a momentum."""
        return self.slots if settings["momentum"] else ()

    def update(self, data: Array, grad: Array, state: dict[str, Array], step: int, settings: Mapping[str, Any]) -> None:
        # Python floats leave float32 arithmetic in float32. An np.float64 would make it float64, though not after
        # loading a checkpoint, which has only Python's floats.
        momentum, weight_decay = float(settings["momentum"]), float(settings["weight_decay"])
        if weight_decay:
            grad = grad + weight_decay * data
        if momentum:
            velocity = state["velocity"]
            velocity *= momentum
            velocity += grad
            grad = grad + momentum * velocity if settings["nesterov"] else velocity
        data -= float(settings["lr"]) * grad

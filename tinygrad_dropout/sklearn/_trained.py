"""A network once it is trained: its outputs with and without dropout, and its arrays under scikit-learn's names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from tinygrad_dropout import nn, training
from tinygrad_dropout.autograd.grad_mode import no_grad
from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.optim import Optimizer
from tinygrad_dropout.sklearn._network import linear_layers, with_one_mask_for_all_rows
from tinygrad_dropout.sklearn._parameters import check_parameter

ROWS_AT_ONCE = 1024  # when the network is run under many masks


class TrainedNetwork:
    """What an estimator has after `fit`; _docstrings.py describes what ends with an underscore."""

    mc_samples: int
    module_: nn.Sequential
    loss_: float
    loss_curve_: list[float]
    best_loss_: float | None
    validation_scores_: list[float] | None
    best_validation_score_: float | None
    n_iter_: int
    n_outputs_: int
    t_: int
    _optimizer: Optimizer
    _stopping: training.EarlyStopping
    _batch_rng: np.random.Generator
    _mask_seed: int

    def _new_rows(self, X: Any) -> Any:
        """The rows to predict, once they are known to be like those of the training."""
        check_is_fitted(self, "module_")
        dtype = next(self.module_.parameters()).dtype
        with np.errstate(over="ignore", invalid="ignore"):  # what the dtype cannot hold becomes inf, which is an error
            return validate_data(self, X, accept_sparse="csr", dtype=dtype, reset=False)

    def _predict_outputs(self, X: Any) -> Array:
        """The network's outputs (N, n_outputs_) without dropout."""
        rows = self._new_rows(X)
        with np.errstate(over="ignore", invalid="ignore"):
            return known_finite(training.predict(self.module_, rows))

    def _outputs_under_masks(self, rows: Any) -> Iterator[Array]:
        """Outputs under `mc_samples` masks, float64 (mc_samples, rows, n_outputs_), for a part of the rows at a time.

        The masks are the same for all rows and in every call, so the outputs for a row don't depend on the other rows.
        A network without dropout is run once, since its outputs would all be the same.
        """
        check_parameter(type(self).__name__, "mc_samples", self.mc_samples)
        samples = self.mc_samples if any(isinstance(layer, nn.Dropout) for layer in self.module_) else 1
        for (part,) in training.Batches(rows, batch_size=ROWS_AT_ONCE, shuffle=False):
            network = with_one_mask_for_all_rows(self.module_, np.random.default_rng(self._mask_seed))
            with no_grad(), np.errstate(over="ignore", invalid="ignore"):
                yield known_finite(np.stack([network(part).data for _ in range(samples)])).astype(np.float64)

    @property
    def coefs_(self) -> list[Array]:
        """The weights of every layer, (inputs, outputs) as in scikit-learn's MLP: views of those in `module_`."""
        return [layer.weight.data.T for layer in linear_layers(self.module_)]

    @property
    def intercepts_(self) -> list[Array]:
        """The biases of every layer, (outputs,): views of those in `module_`."""
        return [layer.bias.data for layer in linear_layers(self.module_) if layer.bias is not None]

    @property
    def n_layers_(self) -> int:
        """How many layers there are, with the inputs and the outputs."""
        return len(linear_layers(self.module_)) + 1


def known_finite(outputs: Array) -> Array:
    """The outputs, once they are known to be finite numbers."""
    if not np.isfinite(outputs).all():
        raise ValueError(
            f"the network's outputs are not finite {outputs.dtype} numbers: X has values far larger than those of the "
            "training, or the training diverged"
        )
    return outputs

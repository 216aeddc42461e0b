"""A trained network: its outputs with and without dropout, and its arrays under scikit-learn's names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from tinygrad_dropout import nn, training
from tinygrad_dropout.autograd.grad_mode import no_grad
from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.optim import Optimizer
from tinygrad_dropout.sklearn._network import linear_layers, share_masks_across_rows
from tinygrad_dropout.sklearn._parameters import check_parameter

ROWS_AT_ONCE = 1024  # when the network runs under many masks


class TrainedNetwork:
    """The attributes and predictions of a fitted estimator. _docstrings.py describes the public attributes."""

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
        """Check that the rows to predict are like the training rows, and return them."""
        check_is_fitted(self, "module_")
        dtype = next(self.module_.parameters()).dtype
        with np.errstate(over="ignore", invalid="ignore"):  # what the dtype cannot hold becomes inf, which is an error
            return validate_data(self, X, accept_sparse="csr", dtype=dtype, reset=False)

    def _predict_outputs(self, X: Any) -> Array:
        """Return the network's outputs (N, n_outputs_) without dropout."""
        rows = self._new_rows(X)
        with np.errstate(over="ignore", invalid="ignore"):
            return checked_finite(training.predict(self.module_, rows))

    def _outputs_under_masks(self, rows: Any) -> Iterator[Array]:
        """Yield outputs under `mc_samples` masks, float64 (mc_samples, rows, n_outputs_), for some rows at a time.

        The masks are the same for all rows and in every call, so the outputs for a row don't depend on the other rows.
        A network without dropout runs only once, because its outputs would all be the same.
        """
        check_parameter(type(self).__name__, "mc_samples", self.mc_samples)
        samples = self.mc_samples if any(isinstance(layer, nn.Dropout) for layer in self.module_) else 1
        for (part,) in training.Batches(rows, batch_size=ROWS_AT_ONCE, shuffle=False):
            network = share_masks_across_rows(self.module_, np.random.default_rng(self._mask_seed))
            with no_grad(), np.errstate(over="ignore", invalid="ignore"):
                yield checked_finite(np.stack([network(part).data for _ in range(samples)])).astype(np.float64)

    @property
    def coefs_(self) -> list[Array]:
        """The weights of every layer, (inputs, outputs) as in scikit-learn's MLP: views of the weights in `module_`."""
        return [layer.weight.data.T for layer in linear_layers(self.module_)]

    @property
    def intercepts_(self) -> list[Array]:
        """The biases of every layer, (outputs,): views of the biases in `module_`."""
        return [layer.bias.data for layer in linear_layers(self.module_) if layer.bias is not None]

    @property
    def n_layers_(self) -> int:
        """The number of layers, including the inputs and the outputs."""
        return len(linear_layers(self.module_)) + 1


def checked_finite(outputs: Array) -> Array:
    """Return the outputs, or raise a ValueError if they are not finite numbers."""
    if not np.isfinite(outputs).all():
        raise ValueError(
            f"the network's outputs are not finite {outputs.dtype} numbers: X has values far larger than in training, "
            "or the training diverged"
        )
    return outputs

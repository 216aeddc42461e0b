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

ROWS_AT_ONCE = 1024  # when the network is asked under many masks


class TrainedNetwork:
    """What an estimator has after `fit`; `ATTRIBUTES` (in _base.py) describes what ends with an underscore."""

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
    _batch_rng: np.random.Generator
    _mask_seed: int

    def _new_rows(self, X: Any) -> Any:
        """Rows to answer for, once they are known to be like those of the training."""
        check_is_fitted(self, "module_")
        dtype = next(self.module_.parameters()).dtype
        return validate_data(self, X, accept_sparse="csr", dtype=dtype, reset=False)

    def _predict_outputs(self, X: Any) -> Array:
        """The network's outputs (N, n_outputs_) without dropout."""
        rows = self._new_rows(X)
        return training.predict(self.module_, rows)

    def _outputs_under_masks(self, X: Any) -> Iterator[Array]:
        """The outputs under `mc_samples` masks, for some rows after the other: (mc_samples, rows, n_outputs_).

        The masks are the same for all rows and in every call, so what is answered for a row depends on it alone.
        """
        for (rows,) in training.Batches(self._new_rows(X), batch_size=ROWS_AT_ONCE, shuffle=False):
            network = with_one_mask_for_all_rows(self.module_, np.random.default_rng(self._mask_seed))
            with no_grad():
                yield np.stack([network(rows).data for _ in range(self.mc_samples)])

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

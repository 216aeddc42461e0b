"""DropoutMLPRegressor: predict one or more targets, with intervals that include the network's uncertainty and noise."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np
from scipy.special import ndtri
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.validation import _check_sample_weight, check_array, check_consistent_length, check_is_fitted

from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.sklearn._base import DropoutMLP, Rows
from tinygrad_dropout.sklearn._docstrings import fill_docstring
from tinygrad_dropout.sklearn._network import squared_loss
from tinygrad_dropout.sklearn._noise import most_likely_noise, row_likelihoods
from tinygrad_dropout.sklearn._parameters import is_real

LARGE = 100.0  # targets of this size take too long to learn

Self = TypeVar("Self", bound="DropoutMLPRegressor")


class ValueUncertainty(NamedTuple):
    """How sure a regressor is about each row, from its outputs under many masks. All values are in the units of y.

    Attributes:
        mean: the mean output, (N,) or (N, targets).
        spread: the outputs' standard deviation over the masks, of the same shape: the network's own uncertainty.
        noise: the standard deviation of the part of y that no network can predict, () or (targets,); NaN if unknown.
    """

    mean: Array
    spread: Array
    noise: Array

    @property
    def total(self) -> Array:
        """The standard deviation of a new value of y: sqrt(spread² + noise²)."""
        return np.hypot(self.spread, self.noise)


@dataclass(eq=False, repr=False)
class DropoutMLPRegressor(RegressorMixin, DropoutMLP):  # type: ignore[misc]
    """A multi-layer perceptron with dropout that predicts numbers, and how far off they may be.

    It minimizes half the squared error, summed over the targets. An untrained network's outputs are of the order of 1,
    so pass `normalize_y=True` if the values of y are far from that. Parameters that scikit-learn's MLPRegressor also
    has mean the same here.

    {DIFFERENCES}

    Args:
        {PARAMETERS}
        normalize_y: whether the network learns (y - mean) / std, with each target's mean and standard deviation in the
            rows of the first fit. Predictions, uncertainties and `noise` stay in the units of y; the losses do not.
        noise: the standard deviation of the part of y that cannot be predicted, in the units of y, if you know it. If
            None, it is estimated on the validation split (`early_stopping=True`), or by `estimate_noise`.

    Attributes:
        noise_: the noise level of each target, (targets,), given or estimated; None if unknown.
        {ATTRIBUTES}
    """

    __doc__ = fill_docstring(__doc__)

    _: KW_ONLY
    normalize_y: bool = False
    noise: float | None = None

    _to_scale = "X (StandardScaler) and y (normalize_y=True)"

    noise_: Array | None = field(init=False)
    _one_column: bool = field(init=False)
    _y_scale: tuple[Array, Array] | None = field(init=False)

    @property
    def out_activation_(self) -> str:
        """The function applied to the network's outputs: none."""
        return "identity"

    def fit(self: Self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train the network, and estimate the noise if there is a validation split.

        Args:
            X: (N, features), an array, a DataFrame or a sparse matrix.
            y: (N,) or (N, targets), numbers.
            sample_weight: (N,), how much each row counts; None for equal weights.

        Returns:
            The estimator.

        Raises:
            ValueError: the data or the parameters are not valid, or the training diverged.
        """
        return self._fit(X, y, sample_weight)

    def partial_fit(self: Self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train the network for one more epoch, on these rows. All calls use the first call's optimizer.

        Args:
            X, y, sample_weight: as for `fit`.
        """
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Array:
        """Return the predicted values, (N,) or (N, targets), without dropout."""
        return self._in_shape_of_y(self._predict_outputs(X))

    def predict_uncertainty(self, X: Any) -> ValueUncertainty:
        """Return how sure the regressor is, by Monte Carlo dropout (Gal & Ghahramani 2016, arXiv:1506.02142).

        The network is run under `mc_samples` masks, which are the same for all rows and in every call. Without
        dropout, the spread is 0. In a pipeline, transform the rows first:
        `pipeline[-1].predict_uncertainty(pipeline[:-1].transform(X))`.

        Args:
            X: as for `predict`.

        Returns:
            ValueUncertainty, with `mean`, `spread`, `noise` and `total`.
        """
        parts = [
            (outputs.mean(axis=0), outputs.std(axis=0, ddof=len(outputs) > 1))
            for outputs in self._outputs_under_masks(self._new_rows(X))
        ]
        mean, spread = (self._in_shape_of_y(np.concatenate(arrays)) for arrays in zip(*parts, strict=True))
        noise = np.full(self.n_outputs_, np.nan) if self.noise_ is None else self.noise_
        return ValueUncertainty(mean, spread, noise[0] if self._one_column else noise)

    def predict_interval(self, X: Any, confidence: float = 0.95) -> tuple[Array, Array]:
        """Return an interval that contains a new y with a given probability: mean ± z · sqrt(spread² + noise²).

        z is the quantile of the normal distribution, 1.96 for 95%.

        Args:
            X: as for `predict`.
            confidence: the probability, above 0 and below 1.

        Returns:
            The lower and the upper bounds, each (N,) or (N, targets).

        Raises:
            ValueError: the noise is unknown.
        """
        if not is_real(confidence, below=1, above_least=True):
            raise ValueError(f"predict_interval: expected confidence above 0 and below 1, got {confidence!r}")
        self._known_noise("predict_interval")
        uncertainty = self.predict_uncertainty(X)
        reach = ndtri((1 + confidence) / 2) * uncertainty.total
        return uncertainty.mean - reach, uncertainty.mean + reach

    def log_likelihood(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the rows' mean log-likelihood, in nats: how well the intervals fit values that were not trained on.

            log p(y | x) = log( 1/T · sum over t of N(y; f(x, z_t), noise²) )

        with T = `mc_samples` masks z_t: eq. 8 of the appendix of Gal & Ghahramani 2016 (arXiv:1506.02157), where the
        noise is written as a precision, 1 / noise². With several targets, N is the product of their densities.

        Args:
            X, y, sample_weight: as for `fit`.

        Raises:
            ValueError: the noise is unknown, or X and y do not fit.
        """
        noise = self._known_noise("log_likelihood")
        rows, values, weights = self._rows_with_values(X, y, sample_weight)
        likelihoods = [row_likelihoods(*each, noise) for each in self._outputs_with_values(rows, values)]
        return float(np.average(np.concatenate(likelihoods), weights=weights))

    def estimate_noise(self: Self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Set `noise_` to the noise that makes these values of y most likely. Pass rows that were not trained on.

        Each target's noise is estimated separately.

        Args:
            X, y, sample_weight: as for `fit`.

        Returns:
            The estimator.
        """
        self._estimate_noise(*self._rows_with_values(X, y, sample_weight))
        return self

    def _predict_outputs(self, X: Any) -> Array:
        return self._in_units_of_y(super()._predict_outputs(X))

    def _outputs_under_masks(self, rows: Any) -> Iterator[Array]:
        return map(self._in_units_of_y, super()._outputs_under_masks(rows))

    def _in_units_of_y(self, outputs: Array) -> Array:
        """Convert outputs of the network (or its targets) to the units of y."""
        if self._y_scale is None:
            return outputs
        mean, std = self._y_scale
        return outputs * std + mean

    def _estimate_noise(self, rows: Any, values: Array, weights: Array | None) -> None:
        outputs = np.concatenate([outputs for outputs, _ in self._outputs_with_values(rows, values)], axis=1)
        self.noise_ = most_likely_noise(outputs, values, weights)

    def _known_noise(self, wanted_by: str) -> Array:
        check_is_fitted(self, "module_")
        if self.noise_ is None:
            raise ValueError(
                f"{wanted_by} needs the noise level, which is unknown: fit with early_stopping=True or noise=..., "
                "or call estimate_noise(X, y) with rows that were not trained on"
            )
        return self.noise_

    def _rows_with_values(self, X: Any, y: Any, sample_weight: Any) -> Rows:
        """Check X, y and the weights, and return them, with y as float64 (N, targets)."""
        rows = self._new_rows(X)
        y = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")
        values = y.reshape(len(y), -1)
        check_consistent_length(rows, values)
        if values.shape[1] != self.n_outputs_:
            raise ValueError(f"y has {values.shape[1]} columns, expected {self.n_outputs_} as in the training")
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, rows, dtype=np.float64, ensure_non_negative=True)
            if not sample_weight.any():
                raise ValueError("sample_weight has no row with a positive weight")
        return rows, values, sample_weight

    def _outputs_with_values(self, rows: Any, values: Array) -> Iterator[tuple[Array, Array]]:
        """Yield outputs (mc_samples, rows, targets) and values (rows, targets), some rows at a time."""
        start = 0
        for outputs in self._outputs_under_masks(rows):
            stop = start + outputs.shape[1]
            yield outputs, values[start:stop]
            start = stop

    def _in_shape_of_y(self, outputs: Array) -> Array:
        """Return outputs (N, targets) in the shape of the y that was trained on."""
        return outputs[:, 0] if self._one_column else outputs

    def _encode(self, y: Array, first: bool, incremental: bool) -> Array:
        y = check_array(y, ensure_2d=False, dtype=None)  # it raises for sparse targets
        targets = y.reshape(len(y), -1)
        if first:
            self.n_outputs_, self._one_column = targets.shape[1], y.ndim == 1
            self.noise_ = None
            self._y_scale = mean_and_std(targets) if self.normalize_y else None
        elif targets.shape[1] != self.n_outputs_:
            raise ValueError(f"y has {targets.shape[1]} columns, expected {self.n_outputs_} as in the previous fit")
        if incremental and self.normalize_y:
            raise ValueError(
                "partial_fit does not support normalize_y=True, because it sees only some rows: scale y first"
            )
        if self._y_scale is not None:
            mean, std = self._y_scale
            targets = (targets - mean) / std
        with np.errstate(over="ignore"):
            targets = targets.astype(self.dtype)
        if not np.isfinite(targets).all():
            raise ValueError(f"Input y contains a value too large for dtype({str(targets.dtype)!r}).")
        size = float(np.sqrt(np.square(targets, dtype=np.float64).mean()))
        if size > LARGE:
            warnings.warn(
                f"y has values of about {size:,.0f}, far from an untrained network's outputs, which are about 1: "
                "try normalize_y=True",
                stacklevel=5,
            )
        return targets

    def _loss(self, outputs: Tensor, targets: Array, weights: Array | None = None) -> Tensor:
        return squared_loss(outputs, targets, weights)

    def _score(self, outputs: Array, targets: Array, weights: Array | None) -> float:
        return float(r2_score(targets, outputs, sample_weight=weights))

    def _after_training(self, validation: Rows | None) -> None:
        if self.noise is not None:
            self.noise_ = np.full(self.n_outputs_, float(self.noise))
        elif validation:
            rows, targets, weights = validation
            self._estimate_noise(rows, self._in_units_of_y(targets), weights)


def mean_and_std(targets: Array) -> tuple[Array, Array]:
    """Return each column's mean and standard deviation, or 1 as the deviation of a constant column."""
    std = targets.std(axis=0, dtype=np.float64)
    return targets.mean(axis=0, dtype=np.float64), np.where(std > 0, std, 1.0)

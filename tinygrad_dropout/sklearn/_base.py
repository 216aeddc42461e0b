"""DropoutMLP: the base class of the two estimators, with their parameters and the training of their network."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from math import ceil, inf
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils.validation import _check_sample_weight, validate_data

from tinygrad_dropout import training
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.optim import Optimizer
from tinygrad_dropout.optim import max_norm as limit_norms
from tinygrad_dropout.rng import resolve_rng
from tinygrad_dropout.sklearn._network import build_mlp, build_optimizer, linear_layers, normalize_weights
from tinygrad_dropout.sklearn._parameters import check_parameters, dropout_rates, hidden_sizes
from tinygrad_dropout.sklearn._trained import TrainedNetwork

Self = TypeVar("Self", bound="DropoutMLP")

SLOWEST = 1e-6  # the learning rate at which learning_rate="adaptive" gives up, as in scikit-learn
#: Encoded targets and the rows' weights, with the rows themselves.
Rows = tuple[Any, Array, Array | None]


@dataclass(eq=False, repr=False)
class DropoutMLP(TrainedNetwork, BaseEstimator):  # type: ignore[misc]
    """A network of Linear layers with dropout, trained in mini-batches. The two estimators are its subclasses.

    _docstrings.py describes the parameters; the subclasses' docstrings include it.
    """

    hidden_layer_sizes: int | Sequence[int] = (100,)
    activation: str = "relu"
    _: KW_ONLY
    dropout: float | Sequence[float] = 0.2
    input_dropout: float = 0.0
    max_norm: float | None = None
    solver: str = "adam"
    alpha: float = 1e-4
    batch_size: int | str = "auto"
    learning_rate: str = "constant"
    learning_rate_init: float = 1e-3
    power_t: float = 0.5
    max_iter: int = 200
    shuffle: bool = True
    random_state: int | np.random.RandomState | None = None
    tol: float = 1e-4
    verbose: bool = False
    warm_start: bool = False
    momentum: float = 0.9
    nesterovs_momentum: bool = True
    early_stopping: bool = False
    validation_fraction: float = 0.1
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    n_iter_no_change: float = 10
    mc_samples: int = 100
    dtype: npt.DTypeLike = "float32"

    _to_scale = "X (StandardScaler)"  # the message says to scale this if the training diverges

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    # What a subclass defines ------------------------------------------------------------------------------------------

    def _loss(self, outputs: Tensor, targets: Array, weights: Array | None = None) -> Tensor:
        """Return the mean loss over the rows. Their weights, if any, have mean 1."""
        raise NotImplementedError

    def _encode(self, y: Array, first: bool, incremental: bool) -> Array:
        """Return the targets in the form for `_loss`. In the `first` call, set n_outputs_ and the kind of targets."""
        raise NotImplementedError

    def _score(self, outputs: Array, targets: Array, weights: Array | None) -> float:
        """Return a score for a network's outputs. Higher is better."""
        raise NotImplementedError

    def _class_weights(self, y: Array, incremental: bool) -> Array | None:
        """Return each row's weight according to its target."""
        return None

    def _strata(self, targets: Array) -> Array | None:
        """Return the groups of rows that a validation split should represent proportionally."""
        return None

    def _after_training(self, validation: Rows | None) -> None:
        """Learn anything else from the rows set aside for validation."""

    # Training ---------------------------------------------------------------------------------------------------------

    def _fit(self: Self, X: Any, y: Any, sample_weight: Any, *, incremental: bool = False) -> Self:
        """Train for at most `max_iter` epochs; if incremental, train the current network for one more epoch."""
        check_parameters(type(self).__name__, self.get_params(deep=False))
        if incremental and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        first = not (hasattr(self, "module_") and (incremental or self.warm_start))
        if first:
            self.__dict__.pop("module_", None)  # a failed fit leaves an unfitted estimator, not half of an old one
        numeric = self.__sklearn_tags__().estimator_type == "regressor"
        with np.errstate(over="ignore", invalid="ignore"):  # what `dtype` cannot hold becomes inf, which is an error
            X, y = validate_data(
                self, X, y, accept_sparse="csr", multi_output=True, y_numeric=numeric, dtype=self.dtype, reset=first
            )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        rows = (X, self._encode(y, first, incremental), self._row_weights(X, y, sample_weight, incremental))
        random_state = as_random_state(self.random_state)
        rows, validation = self._split(rows, random_state) if self.early_stopping else (rows, None)
        X, targets, weights = rows
        mean_weight, weights = normalize_weights(weights, self.dtype)
        batch_size = self._rows_in_a_batch(X.shape[0])
        if first:
            self.loss_curve_, self.validation_scores_, self.n_iter_, self.t_ = [], None, 0, 0
        if first or not incremental:
            self._build(X.shape[1], random_state, keep_weights=not first)
        self._optimizer.param_groups[0]["weight_decay"] = self.alpha / (batch_size * mean_weight)
        arrays = (X, targets) if weights is None else (X, targets, weights)
        batches = training.Batches(*arrays, batch_size=batch_size, shuffle=self.shuffle, rng=self._batch_rng)
        self._train(batches, validation, 1 if incremental else self.max_iter, until_converged=not incremental)
        self._after_training(validation)
        return self

    def _row_weights(self, X: Any, y: Array, sample_weight: Any, incremental: bool) -> Array | None:
        """Return the rows' weights from `sample_weight` and the class weights, or None if there are none."""
        weights = self._class_weights(y, incremental)
        if sample_weight is not None:
            given = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
            weights = given if weights is None else given * weights
        return weights

    def _split(self, rows: Rows, random_state: np.random.RandomState) -> tuple[Rows, Rows]:
        """Split the rows into those to train on and those to validate on."""
        X, targets, weights = rows
        parts = train_test_split(
            *(X, targets) if weights is None else rows,
            test_size=self.validation_fraction,
            random_state=random_state,
            stratify=strata_to_split(self._strata(targets), self.validation_fraction),
        )
        train, validation = ((*parts[part::2], None)[:3] for part in (0, 1))
        if validation[0].shape[0] < 2:
            raise ValueError(
                f"the validation set is too small: validation_fraction={self.validation_fraction} of {X.shape[0]} rows "
                f"is {validation[0].shape[0]}, expected at least 2; increase it, or fit on more rows"
            )
        if weights is not None and not validation[2].any():
            raise ValueError(
                "the validation set has no row with a positive weight: increase validation_fraction, or leave out the "
                "rows whose weight is 0"
            )
        return train, validation

    def _rows_in_a_batch(self, rows: int) -> int:
        if self.batch_size == "auto":
            return min(200, rows)
        if int(self.batch_size) > rows:
            warnings.warn(
                f"batch_size={self.batch_size} is larger than the number of rows, {rows}: all rows form one batch",
                stacklevel=4,
            )
        return min(int(self.batch_size), rows)

    def _build(self, inputs: int, random_state: np.random.RandomState, keep_weights: bool) -> None:
        """Make the network and its optimizer, with new weights or (warm start) with the old network's."""
        hidden = hidden_sizes(self.hidden_layer_sizes)
        seeds = random_state.randint(2**31 - 1, size=4)
        weights, self._batch_rng, masks = map(np.random.default_rng, seeds[:3])
        self._mask_seed = int(seeds[3])
        rates = dropout_rates(self.dropout, len(hidden))
        sizes = (inputs, *hidden, self.n_outputs_)
        network = build_mlp(sizes, self.activation, float(self.input_dropout), rates, self.dtype, weights, masks)
        if keep_weights:
            before, layers = linear_layers(self.module_), linear_layers(network)
            if [layer.weight.shape for layer in before] != [layer.weight.shape for layer in layers]:
                was = tuple(layer.out_features for layer in before[:-1])
                raise ValueError(
                    "warm_start=True continues with the network of the previous fit: expected "
                    f"hidden_layer_sizes={was} as before, got {hidden}"
                )
            for layer, old in zip(layers, before, strict=True):
                layer.load_state_dict(old.state_dict())
        self._optimizer = build_optimizer(network, self.get_params(deep=False))
        self._stopping = training.EarlyStopping(
            min_delta=self.tol, restore_best=False
        )  # partial_fit continues its count
        self.module_ = network  # last: an estimator with a network counts as fitted

    def _train(self, batches: training.Batches, validation: Rows | None, epochs: int, until_converged: bool) -> None:
        """Run the epochs, and set the attributes that describe them."""
        stopping = training.EarlyStopping(min_delta=self.tol, mode="max") if validation else self._stopping
        wait = int(min(self.n_iter_no_change, sys.maxsize - 1))
        adaptive = self.solver == "sgd" and self.learning_rate == "adaptive"
        stopping.patience = wait + 1 if until_converged else sys.maxsize
        matrices, longest = [layer.weight for layer in linear_layers(self.module_)], self.max_norm
        history: training.History = {key: [] for key in ("train_loss", "lr", *(["validation"] if validation else []))}

        def after_epoch(history: training.History) -> bool:
            self.t_ += batches.rows
            if self.solver == "sgd" and self.learning_rate == "invscaling":
                set_lr(self._optimizer, self.learning_rate_init / (self.t_ + 1) ** self.power_t)
            if not adaptive or stopping.bad_epochs <= wait:
                return False
            if history["lr"][-1] <= SLOWEST:
                return True
            set_lr(self._optimizer, history["lr"][-1] / 5)
            stopping.bad_epochs = 0
            return False

        try:
            training.fit(
                self.module_,
                batches,
                loss=self._loss,
                optimizer=self._optimizer,
                epochs=epochs,
                validate=(lambda model: self._score_rows(*validation)) if validation else None,
                early_stopping=stopping,
                after_step=None if longest is None else lambda: limit_norms(matrices, longest),
                after_epoch=after_epoch,
                progress=bool(self.verbose),
                history=history,
            )
            if not all(np.isfinite(parameter.data).all() for parameter in self.module_.parameters()):
                raise FloatingPointError("the last step led to weights that are not finite")
        except KeyboardInterrupt:
            warnings.warn("Training interrupted by user.", stacklevel=4)
        except FloatingPointError as error:
            raise ValueError(
                f"{type(self).__name__}: the training diverged: its loss or its weights are no longer finite numbers. "
                f"Scale {self._to_scale} or try a learning_rate_init below {self.learning_rate_init:g}"
            ) from error
        else:
            if until_converged and len(history["lr"]) == epochs and stopping.bad_epochs <= wait:
                warnings.warn(
                    f"the training has not converged after max_iter={epochs} epochs", ConvergenceWarning, stacklevel=4
                )
        self._optimizer.zero_grad()
        self._set_training_attributes(history, stopping)

    def _score_rows(self, X: Any, targets: Array, weights: Array | None) -> float:
        """Return the network's score on these rows."""
        with np.errstate(over="ignore", invalid="ignore"):  # outputs that are not finite are an error
            outputs = training.predict(self.module_, X)
            if not np.isfinite(outputs).all():
                raise FloatingPointError("the outputs for the validation set are not finite")
            return self._score(outputs.astype(np.float64), targets, weights)

    def _set_training_attributes(self, history: training.History, stopping: training.EarlyStopping) -> None:
        """Set the attributes that describe the training."""
        self.n_iter_ = len(history["lr"])
        self.loss_curve_ += history["train_loss"]
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else inf
        if "validation" in history:
            self.validation_scores_ = [*(self.validation_scores_ or []), *history["validation"]]
            self.best_loss_, self.best_validation_score_ = None, stopping.best
        else:
            self.validation_scores_ = None
            self.best_loss_, self.best_validation_score_ = min(self.loss_curve_, default=inf), None


def strata_to_split(strata: Array | None, fraction: float) -> Array | None:
    """Return the strata if a validation set can represent each of them, else None: the set is then any rows."""
    if strata is None:
        return None
    sizes = np.unique(strata, return_counts=True)[1]
    held_out = ceil(fraction * len(strata))
    return strata if sizes.min() >= 2 and len(sizes) <= min(held_out, len(strata) - held_out) else None


def as_random_state(random_state: Any) -> np.random.RandomState:
    """Return scikit-learn's kind of generator. None is seeded by the framework's own, not by NumPy's global one."""
    if random_state is None:
        random_state = int(resolve_rng("fit", None).integers(2**31 - 1))
    state: np.random.RandomState = check_random_state(random_state)
    return state


def set_lr(optimizer: Optimizer, lr: float) -> None:
    """Set the learning rate of every parameter group."""
    for group in optimizer.param_groups:
        group["lr"] = lr

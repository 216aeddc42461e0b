"""DropoutMLPClassifier: predict classes, or several labels per row, from tables or sparse matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np
from scipy.sparse import issparse
from scipy.special import entr
from sklearn.base import ClassifierMixin
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels

from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.tensor import Array, Tensor
from tinygrad_dropout.sklearn._base import DropoutMLP
from tinygrad_dropout.sklearn._docstrings import fill_docstring
from tinygrad_dropout.sklearn._network import class_loss, label_loss
from tinygrad_dropout.sklearn._parameters import is_real

Self = TypeVar("Self", bound="DropoutMLPClassifier")


class ClassUncertainty(NamedTuple):
    """How sure a classifier is about each row, from its outputs under many masks. Entropies are in nats.

    Attributes:
        mean: the mean probabilities, (N, C); for several labels (N, labels).
        spread: their standard deviations over the masks, of the same shape.
        entropy: the entropy of the mean probabilities, (N,) or (N, labels): the total uncertainty.
        mutual_information: the entropy minus the mean entropy under each mask. This part comes from the masks'
            disagreement, and more data would reduce it (Houlsby et al. 2011, arXiv:1112.5745).
    """

    mean: Array
    spread: Array
    entropy: Array
    mutual_information: Array


@dataclass(eq=False, repr=False)
class DropoutMLPClassifier(ClassifierMixin, DropoutMLP):  # type: ignore[misc]
    """A multi-layer perceptron with dropout that predicts classes, or several labels for each row.

    It minimizes the cross-entropy. Parameters that scikit-learn's MLPClassifier also has mean the same here.

    {DIFFERENCES}

    Args:
        {PARAMETERS}
        class_weight: how much the rows of each class count: a dict, "balanced" (inversely proportional to the class's
            number of rows), or None for equal weights.

    Attributes:
        classes_: the classes, sorted.
        {ATTRIBUTES}
    """

    __doc__ = fill_docstring(__doc__)

    _: KW_ONLY
    class_weight: Mapping[Any, float] | str | None = None

    classes_: Array = field(init=False)
    _multilabel: bool = field(init=False)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def fit(self: Self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train the network.

        Args:
            X: (N, features), an array, a DataFrame or a sparse matrix.
            y: (N,), classes of any sortable type; or (N, labels) of 0 and 1, for several labels per row.
            sample_weight: (N,), how much each row counts; None for equal weights.

        Returns:
            The estimator.

        Raises:
            ValueError: the data or the parameters are not valid, or the training diverged.
        """
        return self._fit(X, y, sample_weight)

    def partial_fit(self: Self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Train the network for one more epoch, on these rows. All calls use the first call's optimizer.

        Args:
            X, y, sample_weight: as for `fit`.
            classes: all classes that will ever occur. You must pass them in the first call.
        """
        if hasattr(self, "module_"):
            if classes is not None and not np.array_equal(unique_labels(classes), self.classes_):
                raise ValueError(
                    f"`classes={classes!r}` is not the same as on last call to partial_fit, was: {self.classes_!r}"
                )
        elif classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        else:
            self.classes_ = unique_labels(classes)
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Array:
        """Return the most probable class of each row, (N,); for several labels, (N, labels) of 0 and 1."""
        outputs = self._predict_outputs(X)
        if self._multilabel:
            return (outputs > 0).astype(int)
        classes: Array = self.classes_[outputs.argmax(axis=1) if self.n_outputs_ > 1 else (outputs[:, 0] > 0) * 1]
        return classes

    def predict_proba(self, X: Any) -> Array:
        """Return the probabilities of the classes in the order of `classes_`, (N, C); for several labels (N, labels).

        The network is run once, without dropout. For the mean over many masks see `predict_uncertainty`.
        """
        return self._probabilities(self._predict_outputs(X))

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithms of `predict_proba`, which are finite even if a probability underflows to 0."""
        outputs = self._predict_outputs(X)
        if self.n_outputs_ > 1 and not self._multilabel:
            return F.log_softmax(Tensor(outputs), axis=1).data
        yes, no = -np.logaddexp(0, -outputs), -np.logaddexp(0, outputs)
        return yes if self._multilabel else np.hstack([no, yes])

    def predict_uncertainty(self, X: Any) -> ClassUncertainty:
        """Return how sure the classifier is, by Monte Carlo dropout (Gal & Ghahramani 2016, arXiv:1506.02142).

        The network is run under `mc_samples` masks, which are the same for all rows and in every call. Without
        dropout, the spread and the mutual information are 0. In a pipeline, transform the rows first:
        `pipeline[-1].predict_uncertainty(pipeline[:-1].transform(X))`.

        Args:
            X: as for `predict`.

        Returns:
            ClassUncertainty, with `mean`, `spread`, `entropy` and `mutual_information`.
        """
        rows = self._new_rows(X)
        parts = [self._uncertainty(self._probabilities(outputs)) for outputs in self._outputs_under_masks(rows)]
        return ClassUncertainty(*map(np.concatenate, zip(*parts, strict=True)))

    def _uncertainty(self, probabilities: Array) -> ClassUncertainty:
        """Compute the uncertainty from probabilities (samples, N, ...)."""
        mean = probabilities.mean(axis=0)
        entropy = self._entropy(mean)
        disagreement = entropy - self._entropy(probabilities).mean(axis=0)
        spread = probabilities.std(axis=0, ddof=len(probabilities) > 1)
        return ClassUncertainty(mean, spread, entropy, np.maximum(disagreement, 0))

    def _entropy(self, probabilities: Array) -> Array:
        if self._multilabel:
            return np.asarray(entr(probabilities) + entr(1 - probabilities))
        return np.asarray(entr(probabilities).sum(axis=-1))

    def _probabilities(self, outputs: Array) -> Array:
        """Turn outputs (..., n_outputs_) into probabilities."""
        if self.n_outputs_ > 1 and not self._multilabel:
            return F.softmax(Tensor(outputs)).data
        yes = F.sigmoid(Tensor(outputs)).data
        return yes if self._multilabel else np.concatenate([1 - yes, yes], axis=-1)

    @property
    def out_activation_(self) -> str:
        """The function that turns the network's outputs into probabilities: "softmax" or "logistic"."""
        return "softmax" if self.n_outputs_ > 1 and not self._multilabel else "logistic"

    def _loss(self, outputs: Tensor, targets: Array, weights: Array | None = None) -> Tensor:
        loss = class_loss if self.out_activation_ == "softmax" else label_loss
        return loss(outputs, targets, weights)

    def _encode(self, y: Any, first: bool, incremental: bool) -> Array:
        check_classification_targets(y)
        kind = type_of_target(y, input_name="y")
        if kind == "multiclass-multioutput":
            raise ValueError(
                "y has several columns: expected only 0 and 1 (does the row have the label?), got other values"
            )
        multilabel = kind == "multilabel-indicator"
        if multilabel and not np.isin(y.data if issparse(y) else y, (0, 1)).all():
            raise ValueError(
                "y has several columns: expected only 0 and 1 (does the row have the label?), got other values"
            )
        found = np.arange(y.shape[1]) if multilabel else unique_labels(y)
        if first:
            self._multilabel = multilabel
            self._note_classes(self.classes_ if incremental else found)
        elif multilabel is not self._multilabel:
            expected, got = "a class for each row", "several labels for each row"
            if self._multilabel:
                expected, got = got, expected
            raise ValueError(f"y has {got}, expected {expected} as in the training before")
        elif not incremental and set(found) != set(self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous call to fit. "
                f"Previously got {self.classes_}, `y` has {found}"
            )
        if np.setdiff1d(found, self.classes_).size or (multilabel and len(found) < len(self.classes_)):
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}. 'y' has {found}."
            )
        if multilabel:
            labels: Array = (y.toarray() if issparse(y) else y).astype(self.dtype)
            return labels
        indices: Array = np.searchsorted(self.classes_, y)
        return indices if self.n_outputs_ > 1 else indices[:, None].astype(self.dtype)

    def _note_classes(self, classes: Array) -> None:
        if len(classes) < 2 and not self._multilabel:
            raise ValueError(
                f"{type(self).__name__} needs samples of at least 2 classes, but the data contains only one class: "
                f"{classes[0]}"
            )
        self.classes_ = classes
        self.n_outputs_ = 1 if len(classes) == 2 and not self._multilabel else len(classes)

    def _class_weights(self, y: Array, incremental: bool) -> Array | None:
        if self.class_weight is None:
            return None
        if isinstance(self.class_weight, Mapping):
            if self._multilabel:
                raise ValueError('class_weight: expected "balanced" or None for several labels per row, got a dict')
            for key, weight in self.class_weight.items():
                if not is_real(weight):
                    raise ValueError(f"class_weight: expected numbers of at least 0, got {weight!r} for class {key!r}")
        elif self.class_weight != "balanced":
            raise ValueError(f'class_weight: expected a dict, "balanced" or None, got {self.class_weight!r}')
        elif incremental:
            raise ValueError(
                'class_weight="balanced" is not supported for partial_fit, which does not see all rows at once: '
                "pass a dict, made by sklearn.utils.class_weight.compute_class_weight"
            )
        return np.asarray(compute_sample_weight(self.class_weight, y))

    def _strata(self, targets: Array) -> Array | None:
        return None if self._multilabel else targets.ravel()

    def _score(self, outputs: Array, targets: Array, weights: Array | None) -> float:
        if self.out_activation_ == "softmax":
            right = outputs.argmax(axis=1) == targets
        else:
            right = ((outputs > 0) == (targets > 0)).all(axis=1)
        return float(np.average(right, weights=weights))

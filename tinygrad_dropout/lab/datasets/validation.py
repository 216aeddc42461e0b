"""A validation part, taken from the training part for early stopping, so that the test part stays unseen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tinygrad_dropout.lab.datasets.draws import grouped_split, stratified_order
from tinygrad_dropout.lab.datasets.split import Split
from tinygrad_dropout.lab.errors import LabError

VALIDATION_SHARE = 0.2
MIN_EXAMPLES = 10  # two of them are for validation


def with_validation(split: Split, classes: int | None, rng: np.random.Generator) -> Split:
    """Move a fifth of the training examples to the validation part, in proportion to their labels. Keep groups whole.

    The inputs stay standardized by all training examples.

    Args:
        split: of at least `MIN_EXAMPLES` training examples.
        classes: the number of labels; None for regression.
        rng: chooses the examples.

    Raises:
        LabError: there is only one group, and a group cannot be split.
    """
    examples = len(split.y_train)
    kept = examples - round(VALIDATION_SHARE * examples)
    if split.groups is not None:
        if len(np.unique(split.groups)) < 2:
            raise LabError("early stopping: expected at least two groups in the training part, got only one")
        train, validation = grouped_split(split.groups, None if classes is None else split.y_train, kept, rng)
    else:
        order = rng.permutation(examples) if classes is None else stratified_order(split.y_train, rng)
        train, validation = order[:kept], order[kept:]
    return replace(
        split,
        x_train=split.x_train[train],
        y_train=split.y_train[train],
        groups=None if split.groups is None else split.groups[train],
        x_validation=split.x_train[validation],
        y_validation=split.y_train[validation],
    )

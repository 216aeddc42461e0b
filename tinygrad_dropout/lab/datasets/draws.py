"""How the training examples are drawn: in the proportions of the classes, or in whole groups."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.lab.arrays import Labels

TRIES = 20  # random orders of the groups; the one whose cut is closest to the wanted size is used


def stratified_order(y: Labels, rng: np.random.Generator) -> Labels:
    """A random order of the examples in which every prefix has nearly the proportions of the classes.

    One example of every class comes before all others and, if the class has two, one comes after all others. So
    wherever the order is cut, no class is missing on either side.

    Args:
        y: labels of shape (examples,).
        rng: draws the order.

    Returns:
        Indices of shape (examples,).
    """
    order = rng.permutation(len(y))
    place = np.empty(len(y))
    for label in np.unique(y):
        members = np.flatnonzero(y[order] == label)
        place[members] = np.linspace(0, 1, len(members))
    return order[np.argsort(place, kind="stable")]


def grouped_split(
    groups: Labels, labels: Labels | None, train_size: int, rng: np.random.Generator
) -> tuple[Labels, Labels]:
    """Draw training and test examples so that no group is split, and every class is on both sides if that is possible.

    `TRIES` random orders of the groups are drawn (in the proportions of the classes of their first examples). Each is
    cut where it comes closest to `train_size`, and the closest of all is used. With a single try, a group that has most
    of the examples would be on either side by chance.

    Args:
        groups: the number of each example's group, shape (examples,).
        labels: the classes, shape (examples,); None for regression.
        train_size: the number of training examples to aim for.
        rng: draws the orders.

    Returns:
        The indices of the training and of the test examples, each shuffled.
    """
    present, firsts, places, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    kinds = np.zeros_like(places) if labels is None else np.unique(labels, return_inverse=True)[1]
    group_of, kind_of = np.unique(np.column_stack([places, kinds]), axis=0).T
    best: tuple[bool, int] | None = None
    for _ in range(TRIES):
        order = rng.permutation(len(present)) if labels is None else stratified_order(kinds[firsts], rng)
        ranks = np.argsort(order)[group_of]
        first, last = np.full(kinds.max() + 1, len(present)), np.zeros(kinds.max() + 1, np.int64)
        np.minimum.at(first, kind_of, ranks)
        np.maximum.at(last, kind_of, ranks)
        least, most = (
            min(int(first.max()) + 1, len(present) - 1),
            int(last.min()),
        )  # between these, no class is missing
        errors = np.abs(np.cumsum(sizes[order])[least - 1 : max(least, most)] - train_size)
        score = (least > most, int(errors.min()))
        if best is None or score < best:
            best, kept = score, order[: least + int(errors.argmin())]
    is_train = np.isin(places, kept)
    shuffled = rng.permutation(len(places))
    return shuffled[is_train[shuffled]], shuffled[~is_train[shuffled]]

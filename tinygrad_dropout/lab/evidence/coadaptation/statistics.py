"""Statistics that summarize units, their effects and their activations."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.lab.arrays import Labels, Numbers

NEAR_ZERO = 0.01  # of the mean activation of the layer
TOP_SHARE = 0.01  # of the units, rounded up


def area(fractions: Numbers, values: Numbers, low: float, high: float) -> float:
    """The mean of a piecewise linear curve between two fractions."""
    places = np.unique([low, high, *fractions[(fractions > low) & (fractions < high)]])
    heights = np.interp(places, fractions, values)
    return float(((heights[1:] + heights[:-1]) / 2 * np.diff(places)).sum() / (high - low))


def gini(sizes: Numbers) -> Numbers:
    """The Gini coefficient along the last axis: 0 if all sizes are equal, near 1 if a single size is the whole sum.

    sum_i (2i - n - 1) x_i / (n sum_i x_i) with x sorted; 0 if all are 0.
    """
    count, totals = sizes.shape[-1], sizes.sum(axis=-1)
    ranked = (np.sort(sizes, axis=-1) * (2 * np.arange(1, count + 1) - count - 1)).sum(axis=-1)
    return np.asarray(ranked / np.where(totals == 0, 1, count * totals))


def top_share(sizes: Numbers) -> float:
    """The share of the largest 1% of the sizes in the sum of all; 0 if all are 0."""
    count = int(np.ceil(TOP_SHARE * sizes.size))
    return float(np.sort(sizes)[-count:].sum() / (sizes.sum() or 1))


def probe_accuracies(activations: Numbers, labels: Labels) -> Numbers:
    """The accuracy of a linear probe on each single unit, shape (units,).

    The probe is linear discriminant analysis with one feature: for each class the score h m / v - m² / (2 v) + log q,
    with the class's mean m and frequency q, and the variance v within the classes. It is fitted to the first half of
    the rows and scored on the second. If a unit's activation never changes, the probe knows only the frequencies.

    Args:
        activations: shape (examples, units).
        labels: shape (examples,).
    """
    half = len(labels) // 2
    fitted, judged = activations[:half], activations[half:]
    classes, members, counts = np.unique(labels[:half], return_inverse=True, return_counts=True)
    means = np.stack([fitted[members == number].mean(axis=0) for number in range(len(classes))])
    within = ((fitted - means[members]) ** 2).mean(axis=0)
    precision = np.divide(1, within, out=np.zeros_like(within), where=within > 0)
    scores = (judged[:, None] * means - means**2 / 2) * precision + np.log(counts / half)[:, None]
    found: Numbers = (classes[scores.argmax(axis=1)] == labels[half:, None]).mean(axis=0)
    return found


def mean_correlation(activations: Numbers) -> float:
    """The mean of |r| over all pairs of units whose activations change; 0 if there are fewer than two such units."""
    changing = activations[:, np.ptp(activations, axis=0) > 0]
    count = changing.shape[1]
    if count < 2:
        return 0.0
    sizes = np.abs(np.corrcoef(changing, rowvar=False))
    return float((sizes.sum() - np.trace(sizes)) / (count * (count - 1)))


def near_zero(activations: Numbers) -> float:
    """The fraction of the activations below a hundredth of the layer's mean activation."""
    return float(np.mean(activations <= NEAR_ZERO * activations.mean()))


def activation_measures(activations: Numbers) -> dict[str, float]:
    """How high, sparse and correlated the activations of a layer are; they have shape (examples, units)."""
    return {
        "activation": float(activations.mean()),
        "near_zero": near_zero(activations),
        "correlation": mean_correlation(activations),
    }

"""The methods that compete, and the strengths in which each is tried.

The strengths are spaced so that on noisy digits, the default data, the lowest mean validation loss is at no end (but
for the patience: the longest finds the lowest loss), and so that dropout has no finer steps around it than its rivals.
They were respaced once, after results of `SEEN_SEEDS` had been seen, test scores among them. So the seeds that are
run by default are others: no strength was chosen by their results.
"""

from __future__ import annotations

from collections.abc import Mapping

from tinygrad_dropout.lab.comparison.methods import DROPCONNECT, PLAIN, Method

SEEN_SEEDS = frozenset((*range(10), *range(100, 105)))
FIRST_UNSEEN_SEED = 1000

PLAIN_NETWORK = "plain network"
DROPOUT, GAUSSIAN, DROPPED_WEIGHTS = "dropout", "Gaussian dropout", "DropConnect"
DECAY, MAX_NORM, STOPPING, SMOOTHING = "weight decay", "max-norm", "early stopping", "label smoothing"
SYMBOLS = {DROPOUT: "p = ", GAUSSIAN: "p = ", DROPPED_WEIGHTS: "p = ", MAX_NORM: "c = ", STOPPING: "patience "}
"""What stands before a strength in tables and sentences, where it is not clear without."""

INPUT_PART = 0.4  # of the rate on hidden units: so that 0.5 comes with 0.2 on the inputs, as is usual
RATES = (0.2, 0.4, 0.6, 0.8)
DECAYS = {"adam": (0.5, 1.5, 3.0, 6.0), "sgd": (0.005, 0.015, 0.03, 0.06)}  # the same times the learning rate
LENGTHS = (1.0, 0.7, 0.5, 0.35)
PATIENCES = (20, 10, 5, 2)
SMOOTHED = (0.1, 0.2, 0.3, 0.4)


def methods_of(optimizer: str, classes: int | None) -> dict[str, dict[str, Method]]:
    """Every method in the strengths that are tried, by what each is called, the weakest first: as many of each.

    Args:
        optimizer: adam or sgd.
        classes: how many; None for a regression, which has no labels to smooth.
    """

    def noise(kind: str) -> dict[str, Method]:
        return {f"{p:g}": Method(f"with {kind}", kind, p=p, input_p=INPUT_PART * p) for p in RATES}

    found = {
        DROPOUT: noise("dropout"),
        GAUSSIAN: noise("gaussian"),
        DROPPED_WEIGHTS: noise(DROPCONNECT),
        DECAY: {f"{decay:g}": Method("with weight decay", weight_decay=decay) for decay in DECAYS[optimizer]},
        MAX_NORM: {f"{length:g}": Method("with max-norm", max_norm=length) for length in LENGTHS},
        STOPPING: {f"{epochs}": Method("with early stopping", patience=epochs) for epochs in PATIENCES},
    }
    if classes is not None:
        found[SMOOTHING] = {f"{share:g}": Method("with label smoothing", label_smoothing=share) for share in SMOOTHED}
    return found


def try_of(method: str, strength: str) -> str:
    """What a method in one of its strengths is called, in records and sentences."""
    return f"{method} ({SYMBOLS.get(method, '')}{strength})"


def networks_of(optimizer: str, classes: int | None) -> Mapping[str, Method]:
    """All networks of a seed, by their names: the plain one, then every try of every method."""
    return {PLAIN_NETWORK: PLAIN} | {
        try_of(name, strength): method
        for name, strengths in methods_of(optimizer, classes).items()
        for strength, method in strengths.items()
    }

"""The methods that compete, and the strengths to try of each.

The strengths are spaced so that on noisy digits, the default data, the lowest mean validation loss is not at an end
(except for the patience: the longest finds the lowest loss), and so that dropout has no finer steps than its rivals.
They were respaced once, after seeing results of `SEEN_SEEDS`, including test scores. So the default seeds are others:
no strength was chosen by their results.
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
"""The symbol before a strength in tables and sentences, for methods that need one."""

INPUT_PART = 0.4  # input rate / hidden rate: 0.5 comes with the usual 0.2 on the inputs
RATES = (0.2, 0.4, 0.6, 0.8)
DECAYS = {
    "adam": (0.5, 1.5, 3.0, 6.0),
    "sgd": (0.005, 0.015, 0.03, 0.06),
}  # equal after multiplying by the learning rate
LENGTHS = (1.0, 0.7, 0.5, 0.35)
PATIENCES = (20, 10, 5, 2)
SMOOTHED = (0.1, 0.2, 0.3, 0.4)


def methods_of(optimizer: str, classes: int | None) -> dict[str, dict[str, Method]]:
    """Every method with its strengths by name, the weakest first; all have the same number of strengths.

    Args:
        optimizer: adam or sgd.
        classes: the number of classes; None for a regression, which has no labels to smooth.
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
    """The name of a method with one of its strengths, in records and sentences."""
    return f"{method} ({SYMBOLS.get(method, '')}{strength})"


def networks_of(optimizer: str, classes: int | None) -> Mapping[str, Method]:
    """All networks of a seed, by their names: the plain one, then every try of every method."""
    return {PLAIN_NETWORK: PLAIN} | {
        try_of(name, strength): method
        for name, strengths in methods_of(optimizer, classes).items()
        for strength, method in strengths.items()
    }

"""Differences below each other with their intervals, colored by their verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tinygrad_dropout.lab import plots
from tinygrad_dropout.lab.evidence.claim import HIGHER, HOLDS, LOWER, NO_INTERVAL, NOT_SHOWN, OPPOSITE
from tinygrad_dropout.lab.trials import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS = {
    "helps": (plots.BLUE, "^"),
    "hurts": (plots.VERMILION, "v"),
    "no effect shown": (plots.GRAY, "o"),
    "too few pairs": (plots.GRAY, "x"),
    HOLDS: (plots.GREEN, "^"),
    OPPOSITE: (plots.VERMILION, "v"),
    HIGHER: (plots.PURPLE, ">"),
    LOWER: (plots.PURPLE, "<"),
    NOT_SHOWN: (plots.GRAY, "o"),
    NO_INTERVAL: (plots.GRAY, "x"),
}
"""Color and marker, by the verdict: on what dropout does, or on a claim about that."""


def draw_intervals(axes: Axes, differences: Mapping[str, Figures | None]) -> None:
    """Draw each difference (mean, low, high, verdict) with its interval, the first at the top.

    Args:
        axes: where to.
        differences: by their names, which stand at the left; None leaves a line empty.
    """
    axes.axvline(0, color="black", lw=1)
    for place, found in enumerate(differences.values()):
        if found is None:
            continue
        color, marker = LOOKS[found["verdict"]]
        mean, low, high = found["mean"], found["low"], found["high"]
        reach = None if low is None else [[mean - low], [high - mean]]
        axes.errorbar(mean, place, xerr=reach, fmt=marker, color=color, capsize=5, lw=2, ms=7)
    axes.set_yticks(range(len(differences)), list(differences))
    axes.set_ylim(len(differences) - 0.5, -0.5)


def label_verdicts(axes: Axes, words: Mapping[str, str], differences: Mapping[str, Figures | None]) -> None:
    """Give the verdicts that occur a line in the legend.

    Args:
        axes: whose legend it is.
        words: what the legend says, by the verdict, in its order.
        differences: what is drawn.
    """
    occurring = {found["verdict"] for found in differences.values() if found is not None}
    for verdict, said in words.items():
        if verdict in occurring:
            color, marker = LOOKS[verdict]
            axes.plot([], [], marker, color=color, ms=7, label=said)

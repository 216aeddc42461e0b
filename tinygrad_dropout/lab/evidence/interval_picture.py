"""A chart of differences with their intervals, one per line, colored by their verdicts."""

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
"""The color and marker of each verdict, on dropout or on a claim about it."""


def draw_intervals(axes: Axes, differences: Mapping[str, Figures | None]) -> None:
    """Draw each difference (mean, low, high, verdict) with its interval, the first at the top.

    Args:
        axes: the axes to draw on.
        differences: the differences by name; the names are at the left. None leaves a line empty.
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
    """Add a legend entry for each verdict that occurs.

    Args:
        axes: the axes with the legend.
        words: the legend's text for each verdict, in its order.
        differences: the drawn differences.
    """
    occurring = {found["verdict"] for found in differences.values() if found is not None}
    for verdict, said in words.items():
        if verdict in occurring:
            color, marker = LOOKS[verdict]
            axes.plot([], [], marker, color=color, ms=7, label=said)

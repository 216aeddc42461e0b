"""The picture of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from tinygrad_dropout.lab import plots
from tinygrad_dropout.lab.comparison.analysis import headline_of, measures_of
from tinygrad_dropout.lab.comparison.arms import WITHOUT
from tinygrad_dropout.lab.comparison.pictures import DARK, LIGHT
from tinygrad_dropout.lab.evidence.sweep.report import MINUS_0, written_names
from tinygrad_dropout.lab.evidence.sweep.settings import FIXED_KEPT, RATES, SETTINGS, WHOLE
from tinygrad_dropout.lab.trials import Figures, Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SECOND_LOOK = dict.fromkeys((WITHOUT.name, FIXED_KEPT), (LIGHT, "o"))
FIRST_LOOK = (DARK, "s")
APART = 0.012  # distance between the intervals of two series, as a share of the axis


def draw_sweep(outcome: Outcome, file: BinaryIO) -> None:
    """The test score over the values with and without dropout, and the differences below."""
    options, figures = outcome.options, outcome.figures
    assert figures is not None, "a seed is finished"
    measure, over = measures_of(options)[headline_of(options)], options["over"]
    setting, unit = SETTINGS[over], "%" if measure.scale == 100 else "units of the target"
    figure = plots.new_figure(width=10, height=6.6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    written = written_names(options)
    values = np.array(options["values"], float)
    places = (np.log2(values) if over in WHOLE else values).tolist()
    place_of = dict(zip(written, places, strict=True))
    for series, scores in figures["scores"].items():
        draw_scores(above, series, place_of, scores, measure.scale, figures)
    step = APART * float(np.ptp(places) or 1)
    for shift, (series, differences) in enumerate(figures["differences"].items()):
        sideways = step * (shift - (len(figures["differences"]) - 1) / 2)
        found = {name: one for name, one in differences.items() if one["verdict"] != "diverged"}
        draw_differences(below, series, [place_of[name] + sideways for name in found], list(found.values()))
    below.axhline(0, color="black", lw=1)
    below.set_xticks(*ticks(places, list(written.values())))
    above.set_ylabel(f"{measure.label} ({unit if measure.higher_is_better else 'lower is better'})")
    against = MINUS_0 if over in RATES else "with minus without"
    below.set(xlabel=setting.words, ylabel=f"{against}\n({'points' if unit == '%' else unit})")
    bands = "Bands: 95% intervals of each mean. " if figures["seeds"] > 1 else ""
    caption = (
        f"{outcome.description}\n{bands}Bars: of each difference, paired by seed and corrected for {figures['looks']} "
        f"look{'s' * (figures['looks'] > 1)}."
    )
    plots.save(figure, file, outcome.notes[0], caption, above, columns=2)


def draw_scores(
    axes: Axes, series: str, place_of: dict[str, float], scores: Figures, scale: float, figures: Figures
) -> None:
    """Draw the mean score at each value with its interval, and a star at a recommended value."""
    color, marker = SECOND_LOOK.get(series, FIRST_LOOK)
    places = list(place_of.values())
    means, reach = (scale * np.array([scores[name][key] for name in place_of]) for key in ("mean", "half_width"))
    axes.plot(places, means, color=color, marker=marker, lw=2, label=series)
    if figures["seeds"] > 1:
        axes.fill_between(places, means - reach, means + reach, color=color, alpha=0.2, lw=0)
    if choice := figures["recommended"].get(series):
        place = place_of[choice["value"]], scale * scores[choice["value"]]["mean"]
        axes.plot(*place, "*", color=color, ms=18, mec="white", label=f"{series}: lowest mean validation loss")


def draw_differences(axes: Axes, series: str, places: Sequence[float], differences: Sequence[Figures]) -> None:
    """Draw differences with their intervals, if they have any."""
    color, marker = SECOND_LOOK.get(series, FIRST_LOOK)
    means = [one["mean"] for one in differences]
    reach = np.array([[abs(one["mean"] - (one["mean"] if one[end] is None else one[end])) for one in differences]
                      for end in ("low", "high")])  # fmt: skip
    axes.errorbar(places, means, yerr=reach, color=color, marker=marker, ls="none", capsize=4, lw=1.5)


def ticks(places: Sequence[float], words: Sequence[str], least: float = 0.045) -> tuple[list[float], list[str]]:
    """The places of the values and their labels, without labels too close to the one before.

    Args:
        places, words: the places and labels of all values, ascending.
        least: the least distance between two labels, as a share of the distance between the first and the last.
    """
    kept: list[int] = []
    for number, place in enumerate(places):
        if not kept or place - places[kept[-1]] >= least * (places[-1] - places[0]):
            kept.append(number)
    return [places[number] for number in kept], [words[number] for number in kept]

"""Draw the boundaries of the first pairs over their training points, and those of all pairs on top of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from tinygrad_dropout.lab import plots
from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT
from tinygrad_dropout.lab.evidence.examined import Pair, pairs_in
from tinygrad_dropout.lab.evidence.packed import unpacked
from tinygrad_dropout.lab.trials import Outcome, Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes

REACH = 2.5  # of the picture and its grid, in standard deviations of the inputs
FARTHEST = 2 * REACH  # training points are drawn up to this distance
SHOWN = 3  # pairs
ARMS = {WITHOUT.name: (plots.VERMILION, "--"), WITH.name: (plots.BLUE, "-")}
MOONS = ((plots.ORANGE, "o"), (plots.SKY_BLUE, "^"))


def draw(outcome: Outcome, file: BinaryIO) -> None:
    """A row for each setting: a panel for each of the first pairs, and one for all pairs of each arm."""
    assert outcome.figures is not None, "a pair is finished"
    settings = {setting: pairs_in(outcome.records, setting) for setting in outcome.figures}
    shown = min(SHOWN, *map(len, settings.values()))
    figure = plots.new_figure(width=3 * (shown + len(ARMS)), height=1.4 + 3.2 * len(settings))
    panels = figure.subplots(len(settings), shown + len(ARMS), sharex=True, sharey=True, squeeze=False)
    for row, (setting, pairs) in zip(panels, settings.items(), strict=True):
        for axes, pair in zip(row[:shown], pairs, strict=False):
            draw_pair(axes, pair)
            axes.set_title(f"seed {pair[WITH.name]['seed']}", fontsize=10)
        for axes, arm in zip(row[shown:], ARMS, strict=True):
            draw_all(axes, arm, [pair[arm] for pair in pairs])
            axes.set_title(f"all {len(pairs)} pairs, {arm}" if len(pairs) > 1 else arm, fontsize=10)
        for axes in row:
            axes.set(aspect="equal", xlim=(-REACH, REACH), ylim=(-REACH, REACH), xticks=[-2, 0, 2], yticks=[-2, 0, 2])
        row[0].set_ylabel(setting)
    for arm, (color, style) in ARMS.items():
        panels[0, 0].plot([], [], style, color=color, lw=2.2, label=arm)
    for number, (color, marker) in enumerate(MOONS):
        panels[0, 0].plot([], [], marker, color=color, mec="white", label=f"moon {number + 1} (as labeled)")
    panels[0, 0].plot([], [], "-", color="black", lw=2.2, label="boundary of the mean over all pairs")
    caption = (
        "Boundaries: where both moons are equally likely. Right: a thin line for each pair, over the mean "
        f"probability of moon 2.\n{outcome.description}"
    )
    plots.save(figure, file, outcome.notes[0], caption, panels[0, 0], columns=shown + len(ARMS))


def draw_pair(axes: Axes, pair: Pair) -> None:
    """Both networks' boundaries over the points that they were trained on."""
    for (color, marker), own in zip(MOONS, pair[WITH.name]["points"], strict=True):
        points = unpacked(own, FARTHEST).reshape(-1, 2)
        axes.plot(*points.T, marker, color=color, ms=5, mec="white", mew=0.5, ls="none")
    for arm, look in ARMS.items():
        draw_boundary(axes, pair[arm], *look, width=2.2)


def draw_all(axes: Axes, arm: str, records: Sequence[Record]) -> None:
    """Every network's boundary, the mean probability of the second moon as a shade, and where it is a half."""
    leaning = np.mean([unpacked(record["leaning"], 1) for record in records], axis=0)
    side = round(len(leaning) ** 0.5)
    mean, places = (1 + leaning.reshape(side, side)) / 2, np.linspace(-REACH, REACH, side)
    axes.contourf(places, places, mean, levels=np.linspace(0, 1, 11), cmap="Greys", alpha=0.55, antialiased=True)
    for record in records:
        draw_boundary(axes, record, ARMS[arm][0], "-", width=0.6)
    axes.contour(places, places, mean, levels=[0.5], colors=["black"], linewidths=[2.2])


def draw_boundary(axes: Axes, record: Record, color: str, style: str, width: float) -> None:
    """The lines on which a network finds both moons equally likely."""
    for line in record["boundary"]:
        axes.plot(*unpacked(line, REACH).reshape(-1, 2).T, style, color=color, lw=width)

"""The two pictures of a comparison: how its networks learned, and what each pair shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.comparison.analysis import headline_of, measures_of, pairs_of
from tinygrad_dropout.lab.comparison.arms import all_arms, arms_of
from tinygrad_dropout.lab.comparison.measurement import Measured
from tinygrad_dropout.lab.plots import GRAY, ORANGE, new_figure, save
from tinygrad_dropout.lab.text import counted
from tinygrad_dropout.lab.trials import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL_WIDTH = 16  # in characters
MARKED_EVERY = 0.16  # the distance between markers on a curve, as a part of the diagonal

Curve = Sequence[Measured]
"""What was measured of one network, epoch by epoch."""


@dataclass(frozen=True)
class Look:
    """How an arm is drawn. Any two differ in their markers, and in lightness and width or in dashes: also in gray."""

    color: str
    width: float
    dashes: str | tuple[int, tuple[int, int]]
    marker: str


LIGHT, DARK = ORANGE, "#00466E"  # which differ in lightness too
SOLID, DASHED = "-", (0, (2, 1))
LOOKS = (
    Look(LIGHT, 1.4, SOLID, "o"),
    Look(DARK, 2.2, SOLID, "s"),
    Look(LIGHT, 1.4, DASHED, "^"),
    Look(DARK, 2.2, DASHED, "D"),
)


@dataclass(frozen=True)
class Panel:
    """A measure over the epochs.

    Attributes:
        measure: what was measured is stored as `train_<measure>` and `test_<measure>`.
        label: of its axis, with the unit.
        scale: converts the values to that unit.
        from_zero: whether its axis starts at 0.
    """

    measure: str
    label: str
    scale: float = 1
    from_zero: bool = False


ACCURACY_PANEL = Panel("accuracy", "accuracy (%)", scale=100)
LOSS_PANEL = Panel("loss", "cross-entropy (nats)", from_zero=True)
RMSE_PANEL = Panel("rmse", "RMSE (target's units)")
PANELS = {"test_accuracy": (ACCURACY_PANEL, LOSS_PANEL), "test_rmse": (RMSE_PANEL,)}
"""The rows of the learning curves, by the measure that the verdict is on."""


def draw_learning_curves(outcome: Outcome, file: BinaryIO) -> None:
    """How the networks of each arm learned, epoch by epoch."""
    pairs = pairs_of(outcome.options, outcome.records)
    arms = [arm.name for arm in all_arms(outcome.options)]
    curves = {arm: [pair[arm]["curve"] for pair in pairs] for arm in arms}
    panels = PANELS[headline_of(outcome.options)]
    draw_curves(file, curves, panels, title=outcome.notes[0], caption=outcome.description)


def draw_curves(
    file: BinaryIO, curves: Mapping[str, Sequence[Curve]], panels: Sequence[Panel], *, title: str, caption: str
) -> None:
    """Draw the measures of the panels, epoch by epoch, on test and on training examples: means over the pairs.

    Args:
        file: where the PNG is written to.
        curves: for each arm's label (at most four arms) the curves of its networks, one for each pair. A curve may
            end early: a network that stops keeps its last values, and a marker shows where it stopped.
        panels: the rows of the picture.
        title, caption: written above and below.
    """
    figure = new_figure(width=10, height=1.6 + 2.8 * len(panels))
    grid = figure.subplots(len(panels), 2, squeeze=False, sharex=True, sharey="row")
    for (test, train), panel in zip(grid, panels, strict=True):
        draw_arms(test, curves, f"test_{panel.measure}", panel.scale, detailed=True)
        draw_arms(train, curves, f"train_{panel.measure}", panel.scale, detailed=False)
        test.set_ylabel(panel.label)
        if panel.from_zero:
            test.set_ylim(0, None)
    for above, below, part in zip(grid[0], grid[-1], ("On test examples", "On training examples"), strict=True):
        above.set_title(part)
        above.set_xlim(0, None)
        above.xaxis.get_major_locator().set_params(integer=True)
        below.set_xlabel("epoch")
    save(figure, file, title, f"{caption}\n{how_to_read(curves)}", grid[0, 0], columns=2)


def draw_arms(axes: Axes, curves: Mapping[str, Sequence[Curve]], key: str, scale: float, *, detailed: bool) -> None:
    """Draw the mean curve of every arm; if `detailed`, also the range of two arms and where networks stopped."""
    for number, (look, (label, runs)) in enumerate(zip(LOOKS, curves.items(), strict=False)):
        epochs, values = over_epochs(runs, key, scale)
        mean = values.mean(axis=0)
        shifted = (number / len(curves) * MARKED_EVERY, MARKED_EVERY)  # so that no marker hides another arm's
        marked = shifted if len(epochs) > 1 else 1
        axes.plot(epochs, mean, color=look.color, lw=look.width, ls=look.dashes, marker=look.marker, ms=5,
                  markevery=marked, clip_on=False, label=label)  # fmt: skip
        if detailed and len(curves) == 2:  # more bands would hide one another
            axes.fill_between(epochs, values.min(axis=0), values.max(axis=0), color=look.color, alpha=0.2, lw=0)
        if detailed and stops_early(runs, curves):
            axes.scatter([run[-1]["epoch"] for run in runs], [scale * run[-1][key] for run in runs], s=30,
                         marker=look.marker, facecolors="none", edgecolors=look.color, clip_on=False)  # fmt: skip


def over_epochs(runs: Sequence[Curve], key: str, scale: float) -> tuple[list[float], Numbers]:
    """Every network's values at all epochs after which any network was measured; after its end, its last value.

    Returns:
        The epochs, and the scaled values as an array of shape (networks, epochs).
    """
    epochs = sorted({moment["epoch"] for run in runs for moment in run})
    each = [np.interp(epochs, [moment["epoch"] for moment in run], [moment[key] for moment in run]) for run in runs]
    return epochs, scale * np.array(each)


def stops_early(runs: Sequence[Curve], curves: Mapping[str, Sequence[Curve]]) -> bool:
    """Whether a network of this arm stopped before the last epoch of all arms."""
    last = max(run[-1]["epoch"] for each in curves.values() for run in each)
    return any(run[-1]["epoch"] < last for run in runs)


def how_to_read(curves: Mapping[str, Sequence[Curve]]) -> str:
    """Explain the lines, bands and open markers."""
    notes = [f"Lines: means of {counted(len(next(iter(curves.values()))), 'pair')}, measured with dropout off."]
    if len(curves) == 2:
        notes.append("Bands: lowest to highest.")
    if any(stops_early(runs, curves) for runs in curves.values()):
        notes.append("Open markers: where a network stopped; in the mean it keeps its last values.")
    return " ".join(notes)


def draw_comparison(outcome: Outcome, file: BinaryIO) -> None:
    """Each pair in the measure of the verdict, and the differences between the first two arms."""
    assert outcome.figures is not None, "a pair is finished"
    pairs, key = pairs_of(outcome.options, outcome.records), headline_of(outcome.options)
    measure, (without, with_dropout) = measures_of(outcome.options)[key], arms_of(outcome.options)[0]
    arms = [arm.name for arm in all_arms(outcome.options)]
    values = {arm: [measure.scale * pair[arm]["final"][key] for pair in pairs] for arm in arms}
    differences = [
        after - before for before, after in zip(values[without.name], values[with_dropout.name], strict=True)
    ]
    found = outcome.figures["comparisons"][0]["differences"][key]
    unit = "points" if measure.scale == 100 else "target's units"
    draw_values(
        file,
        values,
        differences,
        None if found["low"] is None else (found["low"], found["high"]),
        label=f"{measure.label} ({'%' if measure.scale == 100 else unit})",
        difference_label=f"with minus without ({unit})",
        title=outcome.notes[0],
        caption=outcome.description,
    )


def draw_values(
    file: BinaryIO,
    values: Mapping[str, Sequence[float]],
    differences: Sequence[float],
    interval: tuple[float, float] | None,
    *,
    label: str,
    difference_label: str,
    title: str,
    caption: str,
) -> None:
    """Draw each pair's values, arm by arm, on the left; their differences, the mean and its interval on the right.

    Args:
        file: where the PNG is written to.
        values: for each arm's label (at most four arms) its final values, one for each pair in the same order.
        differences: one for each pair.
        interval: of their mean; None where there are too few pairs for one.
        label, difference_label: of the axes of values and differences, with their units.
        title, caption: written above and below.
    """
    figure = new_figure(width=10, height=5.4)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    draw_pairs(left, values)
    left.set(ylabel=label, title="One pair" if len(differences) == 1 else f"Each of {len(differences)} pairs")
    draw_differences(right, differences, interval)
    right.set(ylabel=difference_label, title="The difference in each pair")
    save(figure, file, title, f"{caption}\nLeft: a line for each pair; bars: means.", right, columns=2)


def draw_pairs(axes: Axes, values: Mapping[str, Sequence[float]]) -> None:
    """Draw every value and each arm's mean. A line for each pair joins arm 1 to arm 2, and arm 3 to arm 4.

    The pairs are drawn next to one another, so that equal values do not hide one another.
    """
    of_pairs = np.array(list(values.values()))  # of shape (arms, pairs)
    places = np.arange(len(of_pairs))[:, None] + side_by_side(of_pairs.shape[1], 0.12)
    for first in range(0, len(of_pairs), 2):
        axes.plot(places[first : first + 2], of_pairs[first : first + 2], color=GRAY, lw=1, alpha=0.6, zorder=1)
    for place, look, each in zip(places, LOOKS, of_pairs, strict=False):
        axes.scatter(place, each, color=look.color, marker=look.marker, s=30, zorder=3)
        axes.plot([place.mean() - 0.22, place.mean() + 0.22], [each.mean()] * 2, color="black", lw=2, zorder=2)
    labels = [fill(name, LABEL_WIDTH) for name in values]
    axes.set(xlim=(-0.4, len(of_pairs) - 0.6), xticks=range(len(of_pairs)), xticklabels=labels)


def draw_differences(axes: Axes, differences: Sequence[float], interval: tuple[float, float] | None) -> None:
    """Draw every difference as a dot, and their mean with its interval, if there is one."""
    mean = float(np.mean(differences))
    axes.axhline(0, color="black", lw=1)
    axes.scatter(side_by_side(len(differences), 0.25), differences, color=GRAY, s=24, alpha=0.7, label="one pair")
    reach = interval and [[mean - interval[0]], [interval[1] - mean]]
    label = "mean and its 95% interval" if interval else "mean"
    axes.errorbar(0.6, mean, yerr=reach, fmt="D", color=DARK, capsize=6, lw=2, label=label)
    axes.set(xlim=(-0.5, 0.9), xticks=())


def side_by_side(count: int, reach: float) -> Numbers:
    """Evenly spaced offsets from -reach to reach, shape (count,), so that equal values do not hide one another."""
    return np.linspace(-reach, reach, count) if count > 1 else np.zeros(count)

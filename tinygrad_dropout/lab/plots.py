"""The two pictures of a comparison: how its arms learnt, and what each pair says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from tinygrad_dropout.lab.datasets.split import Numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS_PER_INCH = 150
TITLE_WIDTH, CAPTION_WIDTH, LABEL_WIDTH = 95, 130, 16  # in characters
MARKED_EVERY = 0.16  # how far markers are apart on a curve, as a part of the diagonal
GREY = "#666666"

Record = Mapping[str, float]
Curves = Mapping[str, Sequence[Sequence[Record]]]


@dataclass(frozen=True)
class Look:
    """How an arm is drawn. Arms differ in lightness and width, or in dashes, and in their markers: also in grey."""

    colour: str
    width: float
    dashes: str | tuple[int, tuple[int, int]]
    marker: str


LIGHT, DARK = "#E69F00", "#00466E"  # an orange and a blue, which remain apart for every kind of colour vision
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
        measure: records hold it as `train_<measure>` and `test_<measure>`.
        label: of its axis, with the unit.
        scale: what its values are multiplied by for that unit.
        from_zero: whether its axis starts at 0.
    """

    measure: str
    label: str
    scale: float = 1
    from_zero: bool = False


ACCURACY = Panel("accuracy", "accuracy (%)", scale=100)
CROSS_ENTROPY = Panel("loss", "cross-entropy (nats)", from_zero=True)


def import_matplotlib() -> None:
    """Import what the pictures are drawn with; the first time takes a quarter of a second."""
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401


def draw_learning_curves(file: BinaryIO, curves: Curves, panels: Sequence[Panel], *, title: str, caption: str) -> None:
    """Every measure, epoch by epoch, on test and on training examples: means over the pairs.

    Args:
        file: where the PNG is written to.
        curves: for each arm's label (at most four arms) the records of its networks, one list for each pair. A list
            may end early: a network that stops keeps its last values, and a marker shows where it stopped.
        panels: a row of the picture for each.
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


def draw_arms(axes: Axes, curves: Curves, key: str, scale: float, *, detailed: bool) -> None:
    """The mean curve of every arm; `detailed`, also the range of two arms and where networks stopped."""
    for number, (look, (label, runs)) in enumerate(zip(LOOKS, curves.items(), strict=False)):
        epochs, values = over_epochs(runs, key, scale)
        mean = values.mean(axis=0)
        shifted = (number / len(curves) * MARKED_EVERY, MARKED_EVERY)  # so that no marker hides another arm's
        marked = shifted if len(epochs) > 1 else 1
        axes.plot(epochs, mean, color=look.colour, lw=look.width, ls=look.dashes, marker=look.marker, ms=5,
                  markevery=marked, clip_on=False, label=label)  # fmt: skip
        if detailed and len(curves) == 2:  # more bands would hide one another
            axes.fill_between(epochs, values.min(axis=0), values.max(axis=0), color=look.colour, alpha=0.2, lw=0)
        if detailed and stops_early(runs, curves):
            axes.scatter([run[-1]["epoch"] for run in runs], [scale * run[-1][key] for run in runs], s=30,
                         marker=look.marker, facecolors="none", edgecolors=look.colour, clip_on=False)  # fmt: skip


def over_epochs(runs: Sequence[Sequence[Record]], key: str, scale: float) -> tuple[list[float], Numbers]:
    """What each network had at every epoch after which any was measured; past its end, its last value.

    Returns:
        The epochs, and the scaled values as an array of shape (networks, epochs).
    """
    epochs = sorted({record["epoch"] for run in runs for record in run})
    each = [np.interp(epochs, [record["epoch"] for record in run], [record[key] for record in run]) for run in runs]
    return epochs, scale * np.array(each)


def stops_early(runs: Sequence[Sequence[Record]], curves: Curves) -> bool:
    """Whether a network of this arm stopped before the last epoch of all arms."""
    last = max(run[-1]["epoch"] for each in curves.values() for run in each)
    return any(run[-1]["epoch"] < last for run in runs)


def how_to_read(curves: Curves) -> str:
    """What lines, bands and open markers are."""
    notes = [f"Lines: means of {len(next(iter(curves.values())))} pairs, measured with dropout off."]
    if len(curves) == 2:
        notes.append("Bands: lowest to highest.")
    if any(stops_early(runs, curves) for runs in curves.values()):
        notes.append("Open markers: where a network stopped; in the mean it keeps its last values.")
    return " ".join(notes)


def draw_comparison(
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
    """Left: each pair's values, arm by arm. Right: the differences, their mean and its interval.

    Args:
        file: where the PNG is written to.
        values: for each arm's label (at most four arms) its final values, one for each pair in the same order.
        differences: one for each pair.
        interval: of their mean; None where there are too few pairs for one.
        label, difference_label: of the axes of values and differences, with their units.
        title, caption: written above and below.
    """
    figure = new_figure(width=10, height=4.8)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    draw_pairs(left, values)
    left.set(ylabel=label, title=f"Each of {len(differences)} pairs")
    draw_differences(right, differences, interval)
    right.set(ylabel=difference_label, title="The difference in each pair")
    save(figure, file, title, f"{caption}\nLeft: a line for each pair; bars: means.", right, columns=2)


def draw_pairs(axes: Axes, values: Mapping[str, Sequence[float]]) -> None:
    """Every value and each arm's mean. A line for each pair joins the first arm to the second, the third to the fourth.

    Pairs stand next to one another, so that equal values do not hide one another.
    """
    of_pairs = np.array(list(values.values()))  # of shape (arms, pairs)
    places = np.arange(len(of_pairs))[:, None] + side_by_side(of_pairs.shape[1], 0.12)
    for first in range(0, len(of_pairs), 2):
        axes.plot(places[first : first + 2], of_pairs[first : first + 2], color=GREY, lw=1, alpha=0.6, zorder=1)
    for place, look, each in zip(places, LOOKS, of_pairs, strict=False):
        axes.scatter(place, each, color=look.colour, marker=look.marker, s=30, zorder=3)
        axes.plot([place.mean() - 0.22, place.mean() + 0.22], [each.mean()] * 2, color="black", lw=2, zorder=2)
    labels = [fill(name, LABEL_WIDTH) for name in values]
    axes.set(xlim=(-0.4, len(of_pairs) - 0.6), xticks=range(len(of_pairs)), xticklabels=labels)


def draw_differences(axes: Axes, differences: Sequence[float], interval: tuple[float, float] | None) -> None:
    """Every difference as a dot, and their mean with its interval, if there is one."""
    mean = float(np.mean(differences))
    axes.axhline(0, color="black", lw=1)
    axes.scatter(side_by_side(len(differences), 0.25), differences, color=GREY, s=24, alpha=0.7, label="one pair")
    reach = interval and [[mean - interval[0]], [interval[1] - mean]]
    label = "mean and its 95 % interval" if interval else "mean"
    axes.errorbar(0.6, mean, yerr=reach, fmt="D", color=DARK, capsize=6, lw=2, label=label)
    axes.set(xlim=(-0.5, 0.9), xticks=())


def side_by_side(count: int, reach: float) -> Numbers:
    """Places from -reach to reach, so that equal values do not hide one another."""
    return np.linspace(-reach, reach, count) if count > 1 else np.zeros(count)


def new_figure(width: float, height: float) -> Figure:
    """A figure in inches that belongs to nobody's window and leaves matplotlib's settings alone."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.08)
    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout=layout)


def save(figure: Figure, file: BinaryIO, title: str, caption: str, legend_of: Axes, columns: int) -> None:
    """Give all pictures the same look, with a legend of so many columns, and write the PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.suptitle(fill(title, TITLE_WIDTH), fontsize=12, fontweight="bold")
    caption = "\n".join(fill(line, CAPTION_WIDTH) for line in caption.splitlines())
    handles, labels = legend_of.get_legend_handles_labels()
    legend = figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False, title=caption)
    legend.get_title().set(fontsize=9, color=GREY, multialignment="center")
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#DDDDDD", lw=0.8)
        axes.set_axisbelow(True)
    # `figure.savefig` would lay everything out twice
    write: Callable[[BinaryIO], object] = FigureCanvasAgg(figure).print_png
    write(file)

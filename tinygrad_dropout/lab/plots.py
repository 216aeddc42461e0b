"""The two pictures of a comparison: how both arms learnt, and what each pair says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from tinygrad_dropout.lab.pair import Pair
from tinygrad_dropout.lab.results import write_file
from tinygrad_dropout.lab.verdict import Difference

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEARNING_CURVES = "learning_curves.png"
COMPARISON = "comparison.png"
DOTS_PER_INCH = 150
CAPTION_WIDTH = 130  # in characters

# Okabe and Ito's vermilion and blue, which remain apart for every kind of colour vision; https://jfly.uni-koeln.de/color/
COLOURS = {"without": "#D55E00", "with": "#0072B2"}
LABELS = {"without": "without dropout", "with": "with dropout"}
GREY = "#666666"


def are_drawn(folder: Path) -> bool:
    """Whether the folder holds both pictures."""
    return (folder / LEARNING_CURVES).is_file() and (folder / COMPARISON).is_file()


def import_matplotlib() -> None:
    """Import what the pictures are drawn with; the first time takes a quarter of a second."""
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401


def draw_learning_curves(path: Path, pairs: Sequence[Pair], difference: Difference, caption: str) -> None:
    """Accuracy and loss, epoch by epoch: both arms, train and test, means and ranges over the pairs."""
    figure = new_figure(width=10, height=4.6)
    accuracy, loss = figure.subplots(1, 2)
    draw_curves(accuracy, pairs, "accuracy", percent=100)
    draw_curves(loss, pairs, "loss", percent=1)
    for axes in (accuracy, loss):
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set_xlim(0, None)
    accuracy.set(title="Accuracy", xlabel="epoch", ylabel="accuracy (%)")
    loss.set(title="Loss", xlabel="epoch", ylabel="cross-entropy (nats)", ylim=(0, None))
    note = f"Dots: means of {len(pairs)} pairs, measured with dropout off. Bands: lowest to highest."
    save(figure, path, str(difference), f"{caption}\n{note}", accuracy)


def draw_curves(axes: Axes, pairs: Sequence[Pair], measure: str, percent: int) -> None:
    """Four curves, each a mean over the pairs with the range around it."""
    epochs = [record["epoch"] for record in pairs[0]["with"]]
    for arm in ("without", "with"):
        for part, style, inside in (("train", "o--", "white"), ("test", "o-", COLOURS[arm])):
            curves = percent * np.array([[record[f"{part}_{measure}"] for record in pair[arm]] for pair in pairs])
            mean, label = curves.mean(axis=0), f"{LABELS[arm]}, {part}"
            axes.plot(epochs, mean, style, color=COLOURS[arm], mfc=inside, ms=3, clip_on=False, label=label)
            axes.fill_between(epochs, curves.min(axis=0), curves.max(axis=0), color=COLOURS[arm], alpha=0.15, lw=0)


def draw_comparison(path: Path, pairs: Sequence[Pair], difference: Difference, caption: str) -> None:
    """Left: each pair's test accuracy, from without to with. Right: the differences, their mean and its interval."""
    figure = new_figure(width=10, height=4.6)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    without, with_dropout = (
        100 * np.array([pair[arm][-1]["test_accuracy"] for pair in pairs]) for arm in ("without", "with")
    )
    left.plot([0, 1], [without, with_dropout], color=GREY, lw=1, alpha=0.7, zorder=1)
    for place, (arm, values) in enumerate({"without": without, "with": with_dropout}.items()):
        left.scatter(np.full(len(values), place), values, color=COLOURS[arm], s=36, zorder=2)
    left.set(xlim=(-0.3, 1.3), xticks=(0, 1), xticklabels=LABELS.values(), ylabel="test accuracy (%)")
    left.set_title(f"Each of {len(pairs)} pairs")

    differences = with_dropout - without
    right.axhline(0, color="black", lw=1)
    right.scatter(
        np.linspace(-0.25, 0.25, len(differences)), differences, color=GREY, s=24, alpha=0.7, label="one pair"
    )
    reach = [[difference.mean - difference.low], [difference.high - difference.mean]]
    right.errorbar(
        0.6,
        difference.mean,
        yerr=reach,
        fmt="D",
        color=COLOURS["with"],
        capsize=6,
        lw=2,
        label="mean and its 95 % interval",
    )
    right.set(xlim=(-0.5, 0.9), xticks=(), ylabel="difference (percentage points)")
    right.set_title("With minus without")
    save(figure, path, str(difference), caption, right)


def new_figure(width: float, height: float) -> Figure:
    """A figure in inches that belongs to nobody's window and leaves matplotlib's settings alone."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.08)
    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout=layout)


def save(figure: Figure, path: Path, title: str, caption: str, legend_of: Axes, columns: int = 4) -> None:
    """Give all pictures the same look, with a legend of so many columns, and write the file."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.suptitle(title, fontsize=12, fontweight="bold")
    caption = "\n".join(fill(line, CAPTION_WIDTH) for line in caption.splitlines())
    handles, labels = legend_of.get_legend_handles_labels()
    legend = figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False, title=caption)
    legend.get_title().set(fontsize=9, color=GREY, multialignment="center")
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#DDDDDD", lw=0.8)
        axes.set_axisbelow(True)
    write_file(path, FigureCanvasAgg(figure).print_png)  # `figure.savefig` would lay everything out twice

"""What all pictures of the lab share: a figure without a window, colors, title, legend and caption."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import fill
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS_PER_INCH = 150
TITLE_WIDTH, CAPTION_WIDTH = 95, 130  # in characters, of a figure that is WIDE inches wide or wider
WIDE = 10

# Okabe and Ito's colors, which can be distinguished with every kind of color vision; https://jfly.uni-koeln.de/color/
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
PURPLE, ORANGE, SKY_BLUE = "#CC79A7", "#E69F00", "#56B4E9"
GRAY = "#666666"


def import_matplotlib() -> None:
    """Import matplotlib, which takes a quarter of a second the first time, while nothing else is waiting."""
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401


def new_figure(width: float, height: float) -> Figure:
    """A figure without pyplot: it opens no window and does not change matplotlib's settings.

    Args:
        width, height: in inches.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.08)
    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout=layout)


def save(figure: Figure, file: BinaryIO, title: str, caption: str, legend_of: Axes, columns: int) -> None:
    """Add the title, the legend and the caption in the common style, and write the PNG.

    Args:
        figure: the finished drawing.
        file: receives the PNG.
        title: the text above the figure; long lines are wrapped.
        caption: the text below the legend; long lines are wrapped.
        legend_of: the axes whose labeled lines and markers the legend shows.
        columns: the number of columns in the legend.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    share = min(figure.get_figwidth() / WIDE, 1)
    figure.suptitle(fill(title, int(share * TITLE_WIDTH), break_on_hyphens=False), fontsize=12, fontweight="bold")
    caption = "\n".join(fill(line, int(share * CAPTION_WIDTH)) for line in caption.splitlines())
    handles, labels = legend_of.get_legend_handles_labels()
    legend = figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False, title=caption)
    legend.get_title().set(fontsize=9, color=GRAY, multialignment="center")
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#DDDDDD", lw=0.8)
        axes.set_axisbelow(True)
    # `figure.savefig` would compute the layout twice
    write: Callable[[BinaryIO], object] = FigureCanvasAgg(figure).print_png
    write(file)

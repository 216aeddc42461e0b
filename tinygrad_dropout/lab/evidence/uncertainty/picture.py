"""The picture of `lab uncertainty`."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from tinygrad_dropout.lab import plots
from tinygrad_dropout.lab.comparison.training import Streams
from tinygrad_dropout.lab.evidence.uncertainty.predictions import (
    CONFIDENCE,
    METHODS,
    MONTE_CARLO,
    ONE_MASK,
    WEIGHT_SCALING,
)
from tinygrad_dropout.lab.evidence.uncertainty.problems import GAP, GRID, gap, true_function
from tinygrad_dropout.lab.evidence.uncertainty.report import labels
from tinygrad_dropout.lab.trials import Figures, Outcome, Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLES = {WEIGHT_SCALING: (plots.VERMILION, "s", "--"), ONE_MASK: (plots.GRAY, "x", ":"),
         MONTE_CARLO: (plots.BLUE, "o", "-")}  # fmt: skip


def draw(outcome: Outcome, file: BinaryIO) -> None:
    """The bands around a function with a gap, the share of new values in them, and the confidence near and far."""
    assert outcome.figures is not None, "there is a trial of each problem"
    figure = plots.new_figure(width=11, height=9)
    (curve, held), (reliable, far) = figure.subplots(2, 2)
    record = next(record for record in outcome.records if record["configuration"] == GAP)
    draw_bands(curve, record)
    draw_coverage(held, outcome.figures["regressions"], list(labels(outcome.options).values()))
    draw_reliability(reliable, outcome.figures["classification"])
    draw_confidence(far, outcome.figures["classification"])
    looks = outcome.figures["looks"]
    note = f"Top left: only seed {record['seed']}. Bars: 95% intervals, corrected for {looks} looks."
    plots.save(figure, file, outcome.notes[0], f"{outcome.description}\n{note}", held, columns=4)


def draw_bands(axes: Axes, record: Record) -> None:
    """The function, its training data and the bands of one network."""
    training = gap(np.random.default_rng(Streams.from_seed(record["seed"]).split)).split
    middle, reach = (np.array(record[name][MONTE_CARLO]) for name in ("middle", "reach"))
    axes.fill_between(GRID, middle - reach, middle + reach, color=plots.BLUE, alpha=0.2, lw=0, label="95% band")
    axes.plot(GRID, middle, color=plots.BLUE, lw=2, label="Monte Carlo mean")
    axes.plot(GRID, record["middle"][WEIGHT_SCALING], color=plots.VERMILION, lw=1.5, ls="--", label=WEIGHT_SCALING)
    axes.plot(GRID, true_function(GRID), color="black", lw=1, ls=":", label="the function")
    axes.plot(training.x_train[:, 0], training.y_train, ".", color="black", ms=3, label="training data")
    axes.set(xlabel="x", ylabel="y", title="a function with a gap in its data")
    axes.legend(fontsize=8, frameon=False, loc="lower right")


def draw_coverage(axes: Axes, regressions: Figures, names: list[str]) -> None:
    """The share of new values in the bands of each method, in each place."""
    shifts = np.linspace(-0.2, 0.2, len(METHODS))
    for method, shift in zip(METHODS, shifts, strict=True):
        color, marker, _ = STYLES[method]
        shares = [100 * found["scores"][method]["coverage"] for found in regressions.values()]
        places = np.arange(len(names)) + shift
        axes.plot(places, shares, marker, color=color, ms=7, label=method)
        if method == MONTE_CARLO:
            for place, found in zip(places, regressions.values(), strict=True):
                low, high = (found["coverage"][end] for end in ("low", "high"))
                if low is not None:
                    axes.plot([place] * 2, [max(low, 0), min(high, 100)], color=color, lw=1.5)
    axes.axhline(100 * CONFIDENCE, color="black", lw=1, label="where it should be")
    axes.set_xticks(range(len(names)), names)
    axes.set(ylim=(0, 102), ylabel="% of new values", title="inside the 95% band")


def draw_reliability(axes: Axes, found: Figures) -> None:
    """How often answers are right, by their confidence."""
    axes.plot([50, 100], [50, 100], color="black", lw=1)
    for method, bins in found["bins"].items():
        color, marker, style = STYLES[method]
        rows, confidence, right = (np.array(bins[name]) for name in ("rows", "confidence", "right"))
        some = rows > 0
        axes.plot(
            100 * confidence[some] / rows[some], 100 * right[some] / rows[some], marker + style, color=color, ms=5
        )
    axes.set(xlabel="confidence (%)", ylabel="right answers (%)", title="two moons: near the data")


def draw_confidence(axes: Axes, found: Figures) -> None:
    """The confidence of each method as the distance from the data grows."""
    for method, confidence in found["confidence"].items():
        color, marker, style = STYLES[method]
        axes.plot(found["distances"], 100 * np.array(confidence), marker + style, color=color, ms=5)
    axes.axhline(50, color="black", lw=1)
    axes.set_xscale("symlog", base=2, linthresh=1)
    axes.minorticks_off()
    axes.set_xticks(found["distances"], [f"{distance:g}" for distance in found["distances"]])
    axes.set(xlim=(-0.3, 40), ylim=(48, 101), ylabel="mean confidence (%)", title="two moons: far from the data")
    axes.set_xlabel("distance from their middle (standard deviations)")

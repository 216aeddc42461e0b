"""The picture of the experiment: Monte Carlo over the number of subnetworks, and the exact averages as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from tinygrad_dropout.lab.plots import BLUE, GRAY, GREEN, VERMILION, new_figure, save
from tinygrad_dropout.lab.theory.ensemble.defects import depth_of
from tinygrad_dropout.lab.trials import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DISTANCES = {  # of Monte Carlo's mean, by what it is compared with: the score, its color and its line
    "the arithmetic mean": ("from_arithmetic", BLUE, "s--"),
    "weight scaling": ("from_scaling", VERMILION, "D-"),
}


def draw(file: BinaryIO, figures: Figures, title: str, caption: str) -> None:
    """A column for each network: error, loss and distances of the mean of k subnetworks."""
    networks = figures["networks"]
    figure = new_figure(width=10 if len(networks) == 1 else 11, height=9.6)
    grid = figure.subplots(3, len(networks), squeeze=False, sharex=True)
    for (error, loss, distance), network in zip(grid.T, networks, strict=True):
        draw_scores(error, network, "error")
        draw_scores(loss, network, "loss")
        draw_distances(distance, network)
        hidden = "-".join(map(str, network["hidden"]))
        error.set_title(f"{depth_of(network)} ({hidden} units)")
        distance.set_xlabel("number of subnetworks drawn, k")
    for axes, label in zip(grid[:, 0], ("test error (%)", "test loss (nats)", "distance of mean of k"), strict=True):
        axes.set_ylabel(label)
    labeled = grid[0, 0]
    for name, (_, color, style) in DISTANCES.items():
        labeled.errorbar([], [], yerr=[], fmt=style, ms=4, lw=1, capsize=3, color=color, label=f"distance to {name}")
    labeled.plot([], [], color="black", lw=1, ls=":", label="falling as 1 / sqrt(k)")
    note = "Error bars: one standard deviation over repetitions. Distance: total variation, mean over test examples."
    save(figure, file, title, f"{caption}\n{note}", labeled, columns=4)


def draw_scores(axes: Axes, network: Figures, score: str) -> None:
    """Draw Monte Carlo's score over k, and the scores of the three averages as horizontal lines."""
    found = network["monte_carlo"]
    k = [each["k"] for each in found]
    mean, sd = (np.array([each[score][key] for each in found]) for key in ("mean", "sd"))
    axes.errorbar(k, mean, yerr=sd, fmt="o-", ms=4, lw=1, capsize=3, color=GRAY, label="mean of k drawn subnetworks")
    levels = {
        "weight scaling": (VERMILION, "-", 1.5),
        "geometric mean of all": (GREEN, ":", 4),
        "arithmetic mean of all": (BLUE, "--", 2),
    }
    for name, (color, style, width) in levels.items():
        level = network["averages"][name.removesuffix(" of all")][score]
        axes.axhline(level, color=color, ls=style, lw=width, label=name)
    axes.set(xscale="log", ylim=(0, None))


def draw_distances(axes: Axes, network: Figures) -> None:
    """Draw the distances of Monte Carlo's mean to the arithmetic mean, its limit, and to weight scaling."""
    found = network["monte_carlo"]
    k = np.array([each["k"] for each in found])
    for key, color, style in DISTANCES.values():
        mean, sd = (np.array([each[key][part] for each in found]) for part in ("mean", "sd"))
        axes.errorbar(k, mean, yerr=sd, fmt=style, ms=4, lw=1, capsize=3, color=color)
    axes.plot(k, found[0]["from_arithmetic"]["mean"] / np.sqrt(k), color="black", lw=1, ls=":", zorder=0)
    axes.set(xscale="log", yscale="log")

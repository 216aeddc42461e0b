"""The pictures of the experiments: curves differ in marker or line style, not in colour alone."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_dropout.lab.plots import COLOURS, GREY, new_figure, save
from tinygrad_dropout.lab.theory.ridge import AGREEMENT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Figures = dict[str, Any]

TITLE_WIDTH = 95  # in characters
LOWEST = 1e-17  # a logarithmic axis has no 0; smaller differences are drawn there
TRAIN, TEST = COLOURS["with"], COLOURS["without"]
GREEN = "#009E73"  # Okabe and Ito's too, as those below
FEATURE_COLOURS = (TRAIN, TEST, GREEN, "#CC79A7", "#E69F00", "#56B4E9", "black", GREY)
MARKERS = "osD^vPX*<>"
DISTANCES = {  # of Monte Carlo's mean: to what, by which of its scores, and how that is drawn
    "the arithmetic mean": ("from_arithmetic", TRAIN, "s--"),
    "weight scaling": ("from_scaling", TEST, "D-"),
}


def finish(figure: Figure, path: Path, title: str, caption: str, legend_of: Axes, columns: int) -> None:
    """The look of all the lab's pictures, with a title of as many lines as it needs."""
    save(figure, path, fill(title, TITLE_WIDTH), caption, legend_of, columns)


def draw_expectation(path: Path, figures: Figures, title: str, caption: str) -> None:
    """Above: the next layer's mean input, mask by mask. Below: each of its neurons. A column for each scheme."""
    figure = new_figure(width=11, height=7.2)
    grid = figure.subplots(2, len(figures["schemes"]), sharey="row")
    end = 1.08 * max(max(found["histogram"]["edges"][-1], found["test"]) for found in figures["schemes"].values())
    neurons = [found["neurons"] for found in figures["schemes"].values()]
    reach = 1.1 * max(abs(value) for each in neurons for value in (*each["train"], *each["test"]))
    for (above, below), (scheme, found) in zip(grid.T, figures["schemes"].items(), strict=True):
        draw_mean_input(above, found, end)
        draw_neurons(below, found["neurons"], reach)
        above.set_title(f"{scheme}: test / training = {found['ratio']['mean']:.3f}", fontsize=11)
    grid[0, 0].set_ylabel("number of masks")
    grid[1, 0].set_ylabel("weighted sum at test time")
    note = "Above: the mean of the next layer's inputs. Below: the weighted sum that each of its neurons forms."
    labelled = grid[0, 0]
    labelled.errorbar([], [], fmt="o", xerr=[], ms=4, color=GREEN, label="one neuron, 95 % interval")
    labelled.plot([], [], color="black", lw=1, label="test = training")
    finish(figure, path, title, f"{caption}\n{note}", labelled, columns=5)


def draw_mean_input(axes: Axes, found: Figures, end: float) -> None:
    """A histogram over the masks, its mean, and the value at test time."""
    counts, edges = found["histogram"]["counts"], found["histogram"]["edges"]
    axes.stairs(counts, edges, fill=True, color=TRAIN, alpha=0.35, label="training, each mask")
    axes.axvspan(found["train"]["low"], found["train"]["high"], color=TRAIN, lw=0)
    axes.axvline(found["train"]["mean"], color=TRAIN, lw=3, label="training, mean")
    axes.axvline(found["test"], color=TEST, lw=2, ls="--", label="test time")
    axes.set(xlabel="mean input of the next layer", xlim=(0, end))


def draw_neurons(axes: Axes, neurons: Figures, reach: float) -> None:
    """Each neuron's weighted sum at test time over its mean in training; on the diagonal both are the same."""
    axes.axline((0, 0), slope=1, color="black", lw=1)
    axes.errorbar(neurons["train"], neurons["test"], xerr=neurons["reach"], fmt="o", ms=4, color=GREEN, lw=1)
    axes.set(xlabel="weighted sum in training, mean over masks", xlim=(-reach, reach), ylim=(-reach, reach))


def draw_ensemble(path: Path, figures: Figures, title: str, caption: str) -> None:
    """Error and loss of the mean of k subnetworks, and how far it is from two others. A column for each network."""
    networks = figures["networks"]
    figure = new_figure(width=10 if len(networks) == 1 else 11, height=9.6)
    grid = figure.subplots(3, len(networks), squeeze=False, sharex=True)
    for (error, loss, distance), network in zip(grid.T, networks, strict=True):
        draw_scores(error, network, "error")
        draw_scores(loss, network, "loss")
        draw_distances(distance, network)
        hidden = "-".join(map(str, network["hidden"]))
        layers = len(network["hidden"])
        error.set_title(f"{layers} hidden layer{'s' if layers > 1 else ''} ({hidden} units)")
        distance.set_xlabel("number of subnetworks drawn, k")
    for axes, label in zip(grid[:, 0], ("test error (%)", "test loss (nats)", "distance of mean of k"), strict=True):
        axes.set_ylabel(label)
    labelled = grid[0, 0]
    for name, (_, colour, style) in DISTANCES.items():
        labelled.errorbar([], [], yerr=[], fmt=style, ms=4, lw=1, capsize=3, color=colour, label=f"distance to {name}")
    labelled.plot([], [], color="black", lw=1, ls=":", label="falling as 1 / sqrt(k)")
    note = "Error bars: one standard deviation over repetitions. Distance: total variation, mean over test examples."
    finish(figure, path, title, f"{caption}\n{note}", labelled, columns=4)


def draw_scores(axes: Axes, network: Figures, score: str) -> None:
    """Monte Carlo's score over k, and those of the three averages as levels."""
    found = network["monte_carlo"]
    k = [each["k"] for each in found]
    mean, sd = (np.array([each[score][key] for each in found]) for key in ("mean", "sd"))
    axes.errorbar(k, mean, yerr=sd, fmt="o-", ms=4, lw=1, capsize=3, color=GREY, label="mean of k drawn subnetworks")
    levels = {
        "weight scaling": (TEST, "-", 1.5),
        "geometric mean of all": (GREEN, ":", 4),
        "arithmetic mean of all": (TRAIN, "--", 2),
    }
    for name, (colour, style, width) in levels.items():
        level = network["averages"][name.removesuffix(" of all")][score]
        axes.axhline(level, color=colour, ls=style, lw=width, label=name)
    axes.set(xscale="log", ylim=(0, None))


def draw_distances(axes: Axes, network: Figures) -> None:
    """How far Monte Carlo's mean is from the arithmetic mean, to which it goes, and from weight scaling."""
    found = network["monte_carlo"]
    k = np.array([each["k"] for each in found])
    for key, colour, style in DISTANCES.values():
        mean, sd = (np.array([each[key][part] for each in found]) for part in ("mean", "sd"))
        axes.errorbar(k, mean, yerr=sd, fmt=style, ms=4, lw=1, capsize=3, color=colour)
    axes.plot(k, found[0]["from_arithmetic"]["mean"] / np.sqrt(k), color="black", lw=1, ls=":", zorder=0)
    axes.set(xscale="log", yscale="log")


def draw_ridge(path: Path, figures: Figures, title: str, caption: str) -> None:
    """Left: every weight over p, from the closed form and trained on all masks. Right: how far they are apart."""
    figure = new_figure(width=11, height=5.2)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    rates = [found["p"] for found in figures["rates"]]
    closed, trained = (
        np.array([found["weights"][key] for found in figures["rates"]]).T for key in ("closed", "trained")
    )
    for feature, (line, points) in enumerate(zip(closed, trained, strict=True)):
        colour = FEATURE_COLOURS[feature % len(FEATURE_COLOURS)]
        left.plot(rates, line, "-", color=colour, lw=1.5)
        left.plot(rates, points, MARKERS[feature], color=colour, ms=6)
    left.plot([], [], "-", color="black", lw=1.5, label="closed form (ridge)")
    left.plot([], [], "o", color="black", ms=6, label="trained, all masks enumerated (a marker for each weight)")
    left.axhline(0, color=GREY, lw=1)
    left.set(xlabel="p, the probability that an input is dropped", ylabel="weight (target units per feature unit)")
    left.set_title("Every weight, as p grows")
    draw_agreement(right, rates, figures["rates"])
    finish(figure, path, title, caption, left, columns=2)


def draw_agreement(axes: Axes, rates: list[float], found: list[Figures]) -> None:
    """The relative differences between enumeration and the closed form, and what was allowed."""
    kinds = {
        "loss": ("loss", "o:", GREEN),
        "gradient": ("gradient", "^--", GREY),
        "solved": ("minimum, solved", "s-.", TRAIN),
        "trained": ("minimum, trained", "D-", TEST),
    }
    for key, (name, style, colour) in kinds.items():
        differences = [max(each["differences"][key], LOWEST) for each in found]
        axes.plot(rates, differences, style, color=colour, ms=5, lw=1, label=name)
    axes.axhline(AGREEMENT, color="black", lw=1.5)
    axes.annotate("allowed", (0, AGREEMENT), xycoords=("axes fraction", "data"), xytext=(4, 4),
                  textcoords="offset points", fontsize=9)  # fmt: skip
    axes.set(xlabel="p", ylabel="relative difference", yscale="log", ylim=(LOWEST / 3, AGREEMENT * 100))
    axes.set_title("All masks, beside the closed form")
    axes.legend(fontsize=8, frameon=False, loc="upper right", bbox_to_anchor=(1, 0.8))

"""The pictures of co-adaptation: the effect of removing units, every measure, and an autoencoder's features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from tinygrad_dropout.lab import plots
from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT
from tinygrad_dropout.lab.evidence.claim import HIGHER, HOLDS, LOWER, NO_INTERVAL, NOT_SHOWN, OPPOSITE, TOO_FEW
from tinygrad_dropout.lab.evidence.coadaptation.autoencoder import ACTIVATION_EDGES
from tinygrad_dropout.lab.evidence.coadaptation.claims import IN_CLASSIFIER, LAYERS, NETWORK
from tinygrad_dropout.lab.evidence.coadaptation.classifier import FRACTIONS
from tinygrad_dropout.lab.evidence.coadaptation.options import AUTOENCODER, CLEAN, NOISY
from tinygrad_dropout.lab.evidence.interval_picture import draw_intervals, label_verdicts
from tinygrad_dropout.lab.evidence.packed import unpacked
from tinygrad_dropout.lab.trials import Figures, Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ARMS = {WITHOUT.name: (plots.VERMILION, "--"), WITH.name: (plots.BLUE, "-")}
IN_LEGEND = {
    HOLDS: "as claimed (arrow)",
    OPPOSITE: "the opposite",
    LOWER: "lower, nothing claimed",
    HIGHER: "higher, nothing claimed",
    NOT_SHOWN: "not shown",
    NO_INTERVAL: "the same in every pair, so no interval",
    TOO_FEW: "too few pairs",
}
FARTHEST = 200  # percent: larger differences are drawn here
LINEAR = 10  # percent: beyond it the axis is logarithmic
BASES = {"interaction": "interaction_size"}  # the measure that a difference is in percent of, if its own can be near 0


def draw_coadaptation(outcome: Outcome, file: BinaryIO) -> None:
    """Above, accuracy as units are removed, for each setting and layer; below, every measure's difference."""
    assert outcome.figures is not None, "a pair is finished"
    places = [(setting, layer) for setting in (NOISY, CLEAN) if setting in outcome.figures for layer in LAYERS]
    figure = plots.new_figure(width=12, height=10.5)
    (above,), (below,) = figure.subfigures(2, 1, squeeze=False, height_ratios=(2, 3))
    curves, charts = (part.subplots(1, len(places), sharey=True, sharex=True, squeeze=False)[0]
                      for part in (above, below))  # fmt: skip
    drawn: dict[str, Figures] = {}
    for axes, chart, (setting, layer) in zip(curves, charts, places, strict=True):
        draw_removal(axes, outcome, setting, layer)
        differences = in_percent(outcome.figures[setting]["parts"], layer)
        draw_differences(chart, differences)
        drawn |= {f"{setting}, {layer}, {name}": found for name, found in differences.items()}
    curves[0].set_ylabel("test accuracy")
    label_verdicts(curves[0], IN_LEGEND, drawn)
    caption = (
        "Below: with dropout minus without, in percent of the value without, with the corrected interval; signed "
        f"interaction in percent of the size of the interaction. Beyond {LINEAR}% the axis is logarithmic, and beyond "
        f"{FARTHEST}% it ends.\n{outcome.description}"
    )
    plots.save(figure, file, outcome.notes[0], caption, curves[0], columns=4)


def draw_removal(axes: Axes, outcome: Outcome, setting: str, layer: str) -> None:
    """Every network's curve as a thin line, and the mean of each arm."""
    for arm, (color, style) in ARMS.items():
        curves = np.array([
            record["curves"][layer]
            for record in outcome.records
            if (record["configuration"], record["arm"]) == (setting, arm)
        ])  # fmt: skip
        axes.plot(100 * FRACTIONS, curves.T, color=color, lw=0.6, alpha=0.3)
        axes.plot(100 * FRACTIONS, curves.mean(axis=0), style, color=color, lw=2.2, label=f"{arm} (thick: mean)")
    axes.axvline(100 * outcome.options["p"], color="black", lw=1, ls=":", label="p, the share that training dropped")
    axes.set(xlabel="units removed, %", ylim=(0, 1), xlim=(0, 100))
    axes.set_title(f"{setting}, {layer}", fontsize=11)


def draw_differences(axes: Axes, differences: Mapping[str, Figures]) -> None:
    """Every measure's difference with its interval."""
    draw_intervals(axes, differences)
    axes.tick_params(axis="y", labelsize=9)
    axes.set_xscale("symlog", linthresh=LINEAR)
    axes.set_xlim(-1.4 * FARTHEST, 1.4 * FARTHEST)
    axes.set_xticks([-100, -LINEAR, 0, LINEAR, 100], ["-100", f"-{LINEAR}", "0", f"+{LINEAR}", "+100"])
    axes.set_xlabel("difference, %", fontsize=9)


def in_percent(parts: Figures, layer: str) -> dict[str, Figures]:
    """The differences in a network and one of its layers, in percent of the values without dropout.

    Returns:
        For each measure, with an arrow for the claimed direction: mean, low and high, clipped to `FARTHEST`; verdict.
    """
    found = {}
    for part in (NETWORK, layer):
        for name, claim in IN_CLASSIFIER[part].items():
            one = parts[part][name]
            unit = 100 / abs(claim.measure.scale * parts[part][BASES.get(name, name)]["without"] or 1)
            ends = {end: one[end] and float(np.clip(unit * one[end], -FARTHEST, FARTHEST))
                    for end in ("mean", "low", "high")}  # fmt: skip
            arrow = "" if claim.disputed else " →" if claim.measure.higher_is_better else " ←"
            found[claim.measure.label + arrow] = ends | {"verdict": one["verdict"]}
    return found


def draw_features(outcome: Outcome, file: BinaryIO) -> None:
    """The autoencoder's first features without and with dropout, and how active its units are."""
    figure = plots.new_figure(width=12, height=6.3)
    ((left, right),) = figure.subfigures(1, 2, squeeze=False, width_ratios=(2, 1))
    tiles, charts = left.subplots(1, 2), right.subplots(2, 1)
    records = [record for record in outcome.records if record["configuration"] == AUTOENCODER]
    highest = max((max(record["means"]) for record in records), default=0) or 1
    for axes, (arm, (color, style)) in zip(tiles, ARMS.items(), strict=True):
        axes.set_title(arm, fontsize=11)
        axes.set_axis_off()
        own = [record for record in records if record["arm"] == arm]
        if own:
            features = np.stack([unpacked(feature, 1) for feature in own[0]["features"]])
            axes.imshow(tiled(features), cmap="gray", interpolation="nearest", vmin=-1, vmax=1)
            means, counts = (np.array([record[key] for record in own]) for key in ("means", "histogram"))
            charts[0].hist(means.ravel(), bins=np.linspace(0, highest, 41), histtype="step", color=color, ls=style,
                           lw=2)  # fmt: skip
            charts[1].stairs(counts.sum(axis=0) / counts.sum(), ACTIVATION_EDGES, color=color, ls=style, lw=2)
        charts[0].plot([], [], style, color=color, lw=2, label=arm)
    charts[0].set(xlabel="mean activation of a unit", ylabel="units")
    charts[1].set(xlabel=f"activation (above {ACTIVATION_EDGES[-1]:g}: in the last bin)", ylabel="fraction",
                  yscale="log")  # fmt: skip
    caption = (
        "Left: the incoming weights of the first units of one pair, each tile scaled from minus to plus its largest "
        "weight (black to white). Right: the units of all pairs. Figure 8 of Srivastava et al. (2014), on MNIST, "
        "shows the same two histograms; summaries of it report a mean activation of about 2.0 without dropout and 0.7 "
        f"with it.\n{outcome.description}"
    )
    plots.save(figure, file, features_title(outcome), caption, charts[0], columns=2)


def features_title(outcome: Outcome) -> str:
    """How high and how sparse the autoencoder's activations are."""
    shown = (outcome.figures or {}).get(AUTOENCODER)
    if shown is None:
        return "An autoencoder's features and activations: no pair is finished yet"
    activation, zero = (shown["parts"][LAYERS[0]][name] for name in ("activation", "near_zero"))
    return (
        f"An autoencoder's mean activation: {activation['without']:.2f} without dropout, {activation['with']:.2f} "
        f"with it; near 0: {100 * zero['without']:.0f}% and {100 * zero['with']:.0f}%"
    )


def tiled(features: Numbers) -> Numbers:
    """Square features, shape (features, pixels), side by side with a margin of 1, row by row."""
    side, columns = int(np.sqrt(features.shape[1])), int(np.ceil(np.sqrt(len(features))))
    sheet = np.ones((columns * (side + 1) - 1, columns * (side + 1) - 1))
    for place, feature in enumerate(features):
        row, column = (side + 1) * (place // columns), (side + 1) * (place % columns)
        sheet[row : row + side, column : column + side] = feature.reshape(side, side)
    return sheet

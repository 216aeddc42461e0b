"""The figures as pictures: the times of every workload, and how time and memory grow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.contenders import OURS, by_key
from benchmarks.growth import SERIES
from benchmarks.report import machine_line, multiple, threads
from benchmarks.results import readable, time_of
from benchmarks.timing import Spread
from benchmarks.workloads import WORKLOADS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from benchmarks.growth import Growth
    from benchmarks.results import Results

# Okabe and Ito's colors, which color-blind people can distinguish; hatching and markers repeat the information.
BLUE, ORANGE, GRAY = "#0072B2", "#E69F00", "#B0B0B0"
SHOWN, TICKS = (0.05, 300), (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
STYLES = {"ours": (BLUE, "o", "-"), "torch_eager": (ORANGE, "s", "--")}


def draw_speed(results: Results, path: Path) -> None:
    """One panel per workload: each contender's time as a multiple of ours."""
    from matplotlib.figure import (
        Figure,
    )  # not at the top, because it takes half a second and most processes draw nothing

    keys = list(results.seconds)
    columns = min(3, len(keys))
    rows = -(-len(keys) // columns)
    figure = Figure(figsize=(5.2 * columns, 3.1 * rows + 1.2))
    panels = figure.subplots(rows, columns, squeeze=False)
    for panel, key in zip(panels.flat, keys, strict=False):
        draw_workload(panel, results, key)
    for panel in panels.flat[len(keys) :]:
        panel.set_axis_off()
    figure.suptitle(speed_verdict(results), fontsize=13)
    legend = "diamond: ours · gray: more time · orange, hatched: less time · black line: the middle half of the rounds"
    figure.text(0.5, 0.005, f"{legend}\n{machine_line(results.machine)}", ha="center", fontsize=8)
    figure.tight_layout(rect=(0, 0.05, 1, 0.97))
    figure.savefig(path, dpi=100)


def draw_workload(panel: Axes, results: Results, key: str) -> None:
    """One workload: a bar from our time to each contender's."""
    times = results.seconds[key]
    for place, contender in enumerate(times):
        name = by_key(contender).name
        spread = results.times_ours(key, contender)
        if contender == OURS.key or spread is None:
            panel.plot(1, place, marker="D", color=BLUE)
            panel.text(1.15, place, f"{name}  {time_of(key, times[contender])}", va="center", fontsize=8, weight="bold")
            continue
        slower = spread.median >= 1
        end = max(spread.median, SHOWN[0])  # a time beyond the axis ends at its edge
        color, hatch = (GRAY, None) if slower else (ORANGE, "///")
        panel.barh(place, end - 1, left=1, color=color, hatch=hatch, edgecolor="white")
        panel.plot(np.clip([spread.low, spread.high], *SHOWN), [place, place], color="black", linewidth=1.5)
        right_of_all = max(spread.high, 1) * 1.08
        panel.text(right_of_all, place, f"{name}  {multiple(spread.median)}", va="center", fontsize=8)
        if spread.median < SHOWN[0]:
            panel.plot(SHOWN[0], place, marker="<", color="black", clip_on=False)
    panel.axvline(1, color=BLUE, linewidth=1)
    panel.set_xscale("log")
    panel.set_xlim(SHOWN)
    panel.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    panel.minorticks_off()
    panel.set_yticks([])
    panel.set_ylim(len(times) - 0.4, -0.7)
    panel.set_xlabel("time of a step in multiples of ours (logarithmic)", fontsize=8)
    panel.set_title(f"{key}  {WORKLOADS[key].title}", fontsize=9)


def speed_verdict(results: Results) -> str:
    """The title: the number of workloads in which we need less time than the frameworks."""
    said = []
    for contender in results.contenders():
        if contender.needs in ("torch", "jax", "mygrad"):
            won, compared = results.wins(contender.key)
            said.append(f"{contender.name} in {won} of {compared}")
    if not said:
        return f"tinygrad_dropout and plain NumPy, {threads(results.machine)}"
    return f"On {threads(results.machine)} tinygrad_dropout needs less time than\n{', '.join(said)} workloads"


def draw_growth(growth: Growth, path: Path) -> None:
    """One column of two panels for each growing quantity: time above, memory below."""
    from matplotlib.figure import Figure

    names = list(growth.values)
    columns = min(3, len(names))
    rows = 2 * -(-len(names) // columns)
    figure = Figure(figsize=(4.6 * columns, 3.9 * rows + 0.6))
    panels = figure.subplots(rows, columns, squeeze=False)
    of_time, of_memory = panels[0::2], panels[1::2]
    for name, above, below in zip(names, of_time.flat, of_memory.flat, strict=False):
        draw_time(above, growth, name)
        draw_memory(below, growth, name)
        for panel in (above, below):
            panel.set_xscale("log")
            panel.set_yscale("log")
            panel.set_xlabel(SERIES[name].axis)
            panel.grid(alpha=0.3)
            if panel.lines:
                panel.legend(fontsize=8)
    for panel in (*of_time.flat[len(names) :], *of_memory.flat[len(names) :]):
        panel.set_axis_off()
    for above, below in zip(of_time[:, 0], of_memory[:, 0], strict=True):
        above.set_ylabel("time of a step (s)")
        below.set_ylabel("peak memory (MiB)")
    figure.suptitle(growth_verdict(growth), fontsize=13)
    figure.text(0.5, 0.005, machine_line(growth.machine), ha="center", fontsize=8)
    figure.tight_layout(rect=(0, 0.015, 1, 0.99))
    figure.savefig(path, dpi=100)


def draw_time(panel: Axes, growth: Growth, name: str) -> None:
    """Seconds per step, with the quartiles of the rounds, and where the lines cross.

    If cost should grow in proportion, a dotted line shows that, starting from our last point.
    """
    for contender, points in growth.seconds[name].items():
        spreads = [Spread.of(rounds) for rounds in points]
        color, marker, line = STYLES[contender]
        values = growth.values[name]
        panel.plot(
            values,
            [spread.median for spread in spreads],
            color=color,
            marker=marker,
            linestyle=line,
            label=by_key(contender).name,
        )
        panel.fill_between(
            values, [spread.low for spread in spreads], [spread.high for spread in spreads], color=color, alpha=0.25
        )
    if SERIES[name].unit:
        in_proportion = growth.our_times_each(name)[-1] * np.array(growth.values[name])
        panel.plot(growth.values[name], in_proportion, color="black", linestyle=":", linewidth=1, label="in proportion")
    for contender in others(growth, name):
        for value in growth.crossings(name, contender):
            panel.axvline(value, color="black", linestyle=":")
            label = f" equal at {value:,.0f}"
            panel.text(value, 0.02, label, transform=panel.get_xaxis_transform(), rotation=90, ha="right", fontsize=8)
    panel.set_title(series_verdict(growth, name), fontsize=9)


def draw_memory(panel: Axes, growth: Growth, name: str) -> None:
    """The peak memory of training, in MiB."""
    for contender, peaks in growth.peak_bytes[name].items():
        if peaks:
            color, marker, line = STYLES[contender]
            mebibytes = [peak / 2**20 for peak in peaks]
            panel.plot(
                growth.values[name],
                mebibytes,
                color=color,
                marker=marker,
                linestyle=line,
                label=by_key(contender).name,
            )


def others(growth: Growth, name: str) -> list[str]:
    """The contenders other than ours."""
    return [contender for contender in growth.seconds[name] if contender != OURS.key]


def series_verdict(growth: Growth, name: str) -> str:
    """The range of the ratio in words; if cost should grow in proportion, also the range of our time per unit."""
    said = []
    for contender in others(growth, name):
        medians = [spread.median for spread in growth.times_ours(name, contender)]
        said.append(f"{by_key(contender).name} needs {min(medians):.2f} to {max(medians):.2f} times our time")
    if unit := SERIES[name].unit:
        each = growth.our_times_each(name)
        said.append(f"ours: {readable(min(each))} to {readable(max(each))} for each {unit}")
    return "\n".join(said) or f"{readable(Spread.of(growth.seconds[name][OURS.key][-1]).median)} at the largest"


def growth_verdict(growth: Growth) -> str:
    """The title: the number of points at which we need less time."""
    pairs: list[Any] = [
        spread.median > 1
        for name in growth.values
        for contender in others(growth, name)
        for spread in growth.times_ours(name, contender)
    ]
    if not pairs:
        return f"How time and memory grow, {threads(growth.machine)}"
    won = f"{sum(pairs)} of {len(pairs)} points"
    return f"tinygrad_dropout needs less time than PyTorch eager at {won}, {threads(growth.machine)}"

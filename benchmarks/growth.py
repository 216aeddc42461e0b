"""How time and memory grow with the network, the data, the parameters and the graph, for ours and PyTorch."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import exp, log
from pathlib import Path

from benchmarks import memory
from benchmarks.agreement import check_agreement
from benchmarks.contenders import OURS, Contender
from benchmarks.results import readable
from benchmarks.timing import Spread, time_in_turn
from benchmarks.workloads import ManyParameters, RetainedChain, Training, Workload


@dataclass(frozen=True)
class Series:
    """One quantity that grows while everything else stays the same.

    Attributes:
        axis: what grows, for the picture.
        values: how large it is at each point.
        workload: from such a value to what is timed.
        unit: one of what grows, where each should cost the same however many there are; empty where that is not so.
    """

    axis: str
    values: tuple[int, ...]
    workload: Callable[[int], Workload]
    unit: str = ""


def wide(width: int) -> Training:
    """784 features, two hidden layers, batch 128."""
    return Training(f"784-{width}-{width}-10", (784, width, width, 10), 128, drop_input=0.2)


def batched(batch: int) -> Training:
    """784-256-256-10 on a batch of this size."""
    return Training(f"784-256-256-10, batch {batch}", (784, 256, 256, 10), batch, drop_input=0.2)


def deep(layers: int) -> Training:
    """This number of Linear layers of 16 units, batch 32; half the usual variance, as dropout doubles it per layer."""
    return Training(f"{layers} layers of 16", (16,) * layers + (2,), 32, gain=1.0)


def of_many_rows(rows: int) -> Training:
    """64-128-128-10 on batches of 64, drawn at each step from a dataset with this number of rows."""
    return Training(f"64-128-128-10, {rows} rows", (64, 128, 128, 10), 64, dataset=rows)


def many(count: int) -> ManyParameters:
    """This number of parameters with 10 numbers each, and an optimizer."""
    return ManyParameters(f"{count} parameters", count)


def retained(links: int) -> RetainedChain:
    """A chain of this length, recorded once and walked back ten times."""
    return RetainedChain(f"{links} links, ten walks", links)


SERIES = {
    "width": Series("width of both hidden layers (units)", (64, 128, 256, 512, 1024, 2048, 4096, 8192), wide),
    "batch": Series("batch (rows)", (1, 4, 16, 64, 256, 1024, 4096), batched),
    "depth": Series("depth (Linear layers)", (1, 10, 100, 1000, 10_000), deep),
    "dataset": Series("dataset (rows of 64 numbers)", (100, 1000, 10_000, 100_000, 1_000_000), of_many_rows),
    "parameters": Series(
        "parameters (tensors of 10 numbers)", (10, 30, 100, 300, 1000, 3000, 10_000), many, "parameter"
    ),
    "retained": Series("graph walked ten times (links)", (10, 100, 1000, 10_000, 100_000), retained, "link"),
}


@dataclass
class Growth:
    """The measurements: for each series and contender, one figure per value.

    Attributes:
        machine: what it ran on.
        values: by series, how large the growing thing was at each point.
        seconds: by series and contender, the rounds' seconds a step at each point.
        peak_bytes: by series and contender, the peak memory at each point.
    """

    machine: dict[str, str | int]
    values: dict[str, list[int]]
    seconds: dict[str, dict[str, list[list[float]]]]
    peak_bytes: dict[str, dict[str, list[int]]]

    def times_ours(self, series: str, contender: str) -> list[Spread]:
        """The contender's time as a multiple of ours, at each point."""
        ours, theirs = self.seconds[series][OURS.key], self.seconds[series][contender]
        return [
            Spread.of([b / a for a, b in zip(mine, other, strict=True)])
            for mine, other in zip(ours, theirs, strict=True)
        ]

    def our_times_each(self, series: str) -> list[float]:
        """Our seconds per step divided by the growing quantity, at each point: constant if cost grows in proportion."""
        points = zip(self.seconds[series][OURS.key], self.values[series], strict=True)
        return [Spread.of(rounds).median / value for rounds, value in points]

    def crossings(self, series: str, contender: str) -> list[float]:
        """Where the times are equal: between two points with different winners, interpolated on logarithmic scales."""
        values, medians = self.values[series], [spread.median for spread in self.times_ours(series, contender)]
        found = []
        for left, right, a, b in zip(values, values[1:], medians, medians[1:], strict=False):
            if (a - 1) * (b - 1) < 0:
                part = log(a) / (log(a) - log(b))
                found.append(exp(log(left) + part * (log(right) - log(left))))
        return found

    def save(self, path: Path) -> None:
        """Write the figures, seconds to six digits."""
        figures = asdict(self)
        for by_contender in figures["seconds"].values():
            for key, points in by_contender.items():
                by_contender[key] = [[float(f"{seconds:.6g}") for seconds in rounds] for rounds in points]
        path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Growth:
        """Read what `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def measure_growth(
    contenders: Sequence[Contender], machine: dict[str, str | int], quick: bool, say: Callable[..., None]
) -> Growth:
    """Measure every series; `quick` measures the first three points of each, without memory.

    Raises:
        Disagreement: the contenders do not compute the same at a series' first point.
    """
    found = Growth(machine, {}, {}, {})
    for name, series in SERIES.items():
        values = series.values[:3] if quick else series.values
        found.values[name] = list(values)
        found.seconds[name] = {contender.key: [] for contender in contenders}
        found.peak_bytes[name] = {contender.key: [] for contender in contenders}
        check_agreement(contenders, series.workload(values[0]))
        say("", series.axis)
        for value in values:
            workload = series.workload(value)
            steps = {contender.key: step for contender in contenders if (step := contender.step(workload))}
            times = time_in_turn(steps, rounds=5 if quick else 9, seconds=0.02 if quick else 0.1)
            line = f"{value:>10,}"
            for contender in contenders:
                found.seconds[name][contender.key].append(times[contender.key])
                line += f"   {contender.name} {readable(Spread.of(times[contender.key]).median)}"
                if memory.MEASURABLE and not quick:
                    peak = memory.peak_of(contender.key, workload)
                    found.peak_bytes[name][contender.key].append(peak)
                    line += f", {peak / 2**20:.1f} MiB"
            say(line)
    return found

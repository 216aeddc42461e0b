"""The figures of a run, its machine, and derived figures; saved as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.contenders import CONTENDERS, OURS, Contender
from benchmarks.timing import Spread, Times, ratios
from benchmarks.workloads import WORKLOADS, Chain


@dataclass
class Results:
    """Everything that one run of `python -m benchmarks` found.

    Attributes:
        machine: what it ran on.
        seconds: by workload and contender, seconds a step, one figure a round.
        peak_bytes: by contender, the peak memory of training W4.
        left_out: contenders that did not take part, and why.
        counts: by workload, how many calls and bytecodes a step of ours (or a node of the chain) takes.
    """

    machine: dict[str, str | int]
    seconds: dict[str, Times] = field(default_factory=dict)
    peak_bytes: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    counts: dict[str, dict[str, float]] = field(default_factory=dict)

    def contenders(self) -> list[Contender]:
        """The contenders with figures, in their usual order."""
        measured = {key for times in self.seconds.values() for key in times} | set(self.peak_bytes)
        return [contender for contender in CONTENDERS if contender.key in measured]

    def times_ours(self, workload: str, contender: str) -> Spread | None:
        """How many times our time the contender needs, round by round; None where either was not measured."""
        times = self.seconds.get(workload, {})
        if contender not in times or OURS.key not in times:
            return None
        return Spread.of(ratios(times, contender, OURS.key))

    def wins(self, contender: str) -> tuple[int, int]:
        """In how many workloads we need less time than the contender, and of how many."""
        compared = [spread for key in self.seconds if (spread := self.times_ours(key, contender)) is not None]
        return sum(spread.median > 1 for spread in compared), len(compared)

    def save(self, path: Path) -> None:
        """Write the figures, to six digits."""
        figures = asdict(self)
        figures["seconds"] = {workload: six_digits(times) for workload, times in self.seconds.items()}
        path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Results:
        """Read what `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def six_digits(times: Times) -> Times:
    """The times as files hold them."""
    return {key: [float(f"{seconds:.6g}") for seconds in rounds] for key, rounds in times.items()}


def time_of(workload: str, seconds: Sequence[float]) -> str:
    """The median time of a step, or of a node of the chain, with its unit."""
    median = Spread.of(seconds).median
    shape = WORKLOADS[workload]
    if isinstance(shape, Chain):
        return f"{readable(median / (2 * shape.length))} a node"
    return readable(median)


def readable(seconds: float) -> str:
    """Three digits and a unit: `97.4 µs`."""
    unit, factor = next(((unit, factor) for unit, factor in UNITS if seconds >= factor), UNITS[-1])
    digits = seconds / factor
    return f"{digits:.{max(0, 2 - len(str(int(digits))) + 1)}f} {unit}"


UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))

"""The figures as tables: a plain one for the terminal, one in Markdown for the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.contenders import OURS, by_key
from benchmarks.growth import SERIES, Growth
from benchmarks.results import Results, readable, time_of
from benchmarks.timing import Spread
from benchmarks.workloads import WORKLOADS, Training


def workload_lines(results: Results, key: str) -> list[str]:
    """One workload as text: every contender's time, and how many times ours that is (quarter points in brackets)."""
    lines = [f"{key}  {WORKLOADS[key].title}"]
    for contender, seconds in results.seconds[key].items():
        line = f"     {by_key(contender).name:24}{time_of(key, seconds):>16}"
        spread = results.times_ours(key, contender)
        if contender != OURS.key and spread is not None:
            bounds = f"({multiple(spread.low)} to {multiple(spread.high)})"
            line += f"   {multiple(spread.median):>8} ours  {bounds}"
        lines.append(line)
    return lines


def memory_lines(results: Results) -> list[str]:
    """The peaks as text, in multiples of the parameters."""
    lines = [f"Peak memory of training W4, in multiples of its parameters ({parameter_bytes() / 2**20:.0f} MiB)"]
    lines += [f"     {by_key(key).name:24}{in_parameters(peak):>16}" for key, peak in results.peak_bytes.items()]
    return lines


def markdown_table(results: Results) -> str:
    """All workloads: our time in the first row, then how many times ours each contender needs."""
    keys = list(results.seconds)
    ours = [f"**{time_of(key, results.seconds[key][OURS.key])}**" for key in keys]
    rows = [
        ["", *keys, "memory, W4"],
        ["---"] * (len(keys) + 2),
        [f"**{OURS.name}**", *ours, f"**{in_parameters(results.peak_bytes.get(OURS.key))}**"],
    ]
    for contender in results.contenders():
        if contender is not OURS:
            cells = [ratio_cell(results, key, contender.key) for key in keys]
            rows.append([contender.name, *cells, in_parameters(results.peak_bytes.get(contender.key))])
    return "\n".join(as_row(row) for row in rows)


def ratio_cell(results: Results, workload: str, contender: str) -> str:
    """`2.31 x`: above 1 the contender needs more time than we do; in italics where it needs less."""
    spread = results.times_ours(workload, contender)
    if spread is None:
        return "–"
    return cell(spread.median)


def cell(ratio: float) -> str:
    """The ratio, in italics where the contender needs less time than we do."""
    return multiple(ratio) if ratio >= 1 else f"*{multiple(ratio)}*"


def multiple(ratio: float) -> str:
    """`2.31 x`."""
    return f"{ratio:.2f} x" if ratio >= 0.01 else f"{ratio:.1g} x"


def machine_line(results: Results) -> str:
    """On what the figures were measured."""
    machine = results.machine
    threads = f"{machine['threads']} thread" + ("s" if machine["threads"] != 1 else "")
    return f"{machine['processor']}, {machine['system']}, {threads}; {machine['versions']}"


def as_row(cells: Sequence[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def in_parameters(peak: int | None) -> str:
    """Bytes as a multiple of W4's parameters."""
    return "–" if peak is None else multiple(peak / parameter_bytes())


def parameter_bytes() -> int:
    """The size of W4's parameters."""
    workload = WORKLOADS["W4"]
    assert isinstance(workload, Training)
    return workload.parameter_bytes


def short_table(results: Results) -> str:
    """For the README: ours, and how many times ours the frameworks and NumPy need, on the train steps."""
    bounds = ("bare_tape", "numpy_tricks", "products_alone")  # what could be reached, not what people would use
    wanted = [contender for contender in results.contenders() if contender is not OURS and contender.key not in bounds]
    keys = [key for key in results.seconds if isinstance(WORKLOADS[key], Training)]
    rows = [["train step", OURS.name, *(contender.name for contender in wanted)], ["---"] * (len(wanted) + 2)]
    for key in keys:
        ours = f"**{time_of(key, results.seconds[key][OURS.key])}**"
        rows.append([WORKLOADS[key].title, ours, *(ratio_cell(results, key, contender.key) for contender in wanted)])
    return "\n".join(as_row(row) for row in rows)


def growth_table(growth: Growth) -> str:
    """For each thing that grows: its values, our time, how many times that PyTorch needs, and where they are equal."""
    parts = []
    for name, values in growth.values.items():
        ours = [readable(Spread.of(rounds).median) for rounds in growth.seconds[name][OURS.key]]
        rows = [[SERIES[name].axis, *(f"{value:,}" for value in values)], ["---"] * (len(values) + 1)]
        rows.append([f"**{OURS.name}**", *(f"**{time}**" for time in ours)])
        notes = []
        for contender in growth.seconds[name]:
            other = by_key(contender).name
            if contender != OURS.key:
                rows.append([other, *(cell(spread.median) for spread in growth.times_ours(name, contender))])
                where = growth.crossings(name, contender)
                notes.append(f"Equal to {other} at {' and '.join(f'{value:,.0f}' for value in where) or 'no point'}.")
            peaks = growth.peak_bytes[name][contender]
            if peaks:
                rows.append([f"memory, {other}", *(f"{peak / 2**20:,.1f} MiB" for peak in peaks)])
        parts.append("\n".join(as_row(row) for row in rows) + "\n\n" + " ".join(notes))
    return "\n\n".join(parts)

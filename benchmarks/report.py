"""The figures as tables: a plain one for the terminal, one in Markdown for the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from benchmarks.contenders import OURS, by_key
from benchmarks.growth import SERIES, Growth
from benchmarks.main_job.measured import MainJob
from benchmarks.results import Results, readable, time_of
from benchmarks.timing import Spread
from benchmarks.workloads import WORKLOADS, Chain, Training

Machine: TypeAlias = Mapping[str, str | int]


def workload_lines(results: Results, key: str) -> list[str]:
    """One workload as text: every contender's time, and how many times ours that is (quarter points in brackets)."""
    lines = [f"{key}  {WORKLOADS[key].title}"]
    for contender, seconds in results.seconds[key].items():
        line = f"     {by_key(contender).name:24}{time_of(key, seconds):>16}"
        spread = results.times_ours(key, contender)
        if contender != OURS.key and spread is not None:
            line += f"   {with_quarters(spread)}"
        lines.append(line)
    return lines


def memory_lines(results: Results) -> list[str]:
    """The peaks as text, in multiples of the parameters."""
    lines = [f"Peak memory of training W4, in multiples of its parameters ({parameter_bytes() / 2**20:.0f} MiB)"]
    lines += [f"     {by_key(key).name:24}{in_parameters(peak):>16}" for key, peak in results.peak_bytes.items()]
    return lines


def count_lines(results: Results) -> list[str]:
    """What ours takes in counts, one workload a line."""
    return [f"{key}  {count_sentence(results, key)}" for key in results.counts]


def count_sentence(results: Results, key: str) -> str:
    """`a step takes 120 calls of Python functions, 151 of C functions and 4,500 bytecodes of the framework`."""
    python, c, bytecodes = results.counts[key].values()
    what = "a node" if isinstance(WORKLOADS[key], Chain) else "a step"
    return (
        f"{what} takes {python:,.0f} calls of Python functions, {c:,.0f} of C functions "
        f"and {bytecodes:,.0f} bytecodes of the framework"
    )


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
    """`2.31 x`: above 1 if the contender needs more time than we do; in italics if it needs less."""
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


def with_quarters(ratio: Spread) -> str:
    """`2.31 x ours  (2.25 x to 2.40 x)`."""
    return f"{multiple(ratio.median):>8} ours  ({multiple(ratio.low)} to {multiple(ratio.high)})"


def machine_line(machine: Machine) -> str:
    """The machine of the figures; earlier runs did not record the kernels."""
    parts = [f"{machine['processor']}, {machine['system']}, {threads(machine)}", machine["versions"]]
    parts += [machine["kernels"]] if "kernels" in machine else []
    parts += [f"kernels forced by {machine['forced']}"] if "forced" in machine else []
    return "; ".join(map(str, parts))


def threads(machine: Machine) -> str:
    """`1 thread`, `2 threads`."""
    return f"{machine['threads']} thread" + ("s" if machine["threads"] != 1 else "")


def as_row(cells: Sequence[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def in_parameters(peak: int | None) -> str:
    """Bytes as a multiple of W4's parameters."""
    return "–" if peak is None else multiple(peak / parameter_bytes())


def largest_step_sentence(results: Results) -> str:
    """For the README: how long a step of the largest network takes."""
    key = max((key for key in results.seconds if isinstance(WORKLOADS[key], Training)), key=parameter_bytes)
    took = time_of(key, results.seconds[key][OURS.key])
    return f"A training step of its largest benchmark ({WORKLOADS[key].title}) takes {took} on one thread."


def parameter_bytes(key: str = "W4") -> int:
    """The size of a network's parameters."""
    workload = WORKLOADS[key]
    assert isinstance(workload, Training)
    return workload.parameter_bytes


def growth_table(growth: Growth) -> str:
    """For each thing that grows: its values, our time, how many times that PyTorch needs, and where they are equal."""
    parts = []
    for name, values in growth.values.items():
        ours = [readable(Spread.of(rounds).median) for rounds in growth.seconds[name][OURS.key]]
        rows = [[SERIES[name].axis, *(f"{value:,}" for value in values)], ["---"] * (len(values) + 1)]
        rows.append([f"**{OURS.name}**", *(f"**{time}**" for time in ours)])
        if unit := SERIES[name].unit:
            rows.append([f"for each {unit}", *map(readable, growth.our_times_each(name))])
        notes = []
        for contender in growth.seconds[name]:
            other = by_key(contender).name
            if contender != OURS.key:
                rows.append([other, *(cell(spread.median) for spread in growth.times_ours(name, contender))])
                where = growth.crossings(name, contender)
                crossing = f"cross at {' and '.join(f'{value:,.0f}' for value in where)}" if where else "do not cross"
                notes.append(f"Our times and {other}'s {crossing}.")
            peaks = growth.peak_bytes[name][contender]
            if peaks:
                rows.append([f"memory, {other}", *(f"{peak / 2**20:,.1f} MiB" for peak in peaks)])
        parts.append("\n".join(as_row(row) for row in rows) + "\n\n" + " ".join(notes))
    return "\n\n".join(parts)


def main_job_lines(main_job: MainJob) -> list[str]:
    """The main job as text: every program's time, and how many times ours that is (quarter points in brackets)."""
    lines = [f"The whole experiment, {main_job.job['pairs']} pairs of {main_job.job['epochs']} epochs"]
    for key in (OURS.key, *main_job.others):
        line = f"     {main_job.names[key]:24}{readable(Spread.of(main_job.seconds[key]).median):>16}"
        if key != OURS.key:
            line += f"   {with_quarters(main_job.times_ours(key))}"
        lines.append(line)
    return lines


def main_job_table(main_job: MainJob) -> str:
    """The main job in Markdown: every program's time, in seconds and as a multiple of ours, and its result."""
    rows = [
        ["the whole experiment", "time", "in multiples of ours", "test accuracy without / with dropout"],
        ["---"] * 4,
    ]
    for key in (OURS.key, *main_job.others):
        time = readable(Spread.of(main_job.seconds[key]).median)
        found = "{without:.3f} / {with:.3f}".format(**main_job.test_accuracy[key])
        if key == OURS.key:
            rows.append([f"**{main_job.names[key]}**", f"**{time}**", "", found])
        else:
            rows.append([main_job.names[key], time, cell(main_job.times_ours(key).median), found])
    return "\n".join(as_row(row) for row in rows)


def main_job_sentence(main_job: MainJob) -> str:
    """For the README: our time, and how many times as long PyTorch takes in the faster of its two ways."""
    cores = f"{main_job.machine['threads']} core" + ("s" if main_job.machine["threads"] != 1 else "")
    ours = readable(Spread.of(main_job.seconds[OURS.key]).median)
    ratio = main_job.times_ours(main_job.others[0]).median
    return (
        f"`tinygrad-dropout compare` takes {ours} on {cores}; "
        f"the same experiment in PyTorch takes {ratio:.1f} times as long."
    )

"""A run from start to end: check, time, measure memory, print, keep."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from benchmarks import charts, machine, memory, report
from benchmarks.agreement import Disagreement, check_agreement
from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.counts import COUNTED, counts
from benchmarks.growth import Growth, measure_growth
from benchmarks.main_job.measured import MainJob, measure_main_job
from benchmarks.main_job.programs import MAIN_JOB
from benchmarks.processes import Failed
from benchmarks.results import Results
from benchmarks.timing import time_in_turn
from benchmarks.workloads import WORKLOADS, Training

__all__ = ["Disagreement", "Failed", "compare", "growth", "workloads"]


def workloads(keys: list[str], threads: int, out: Path, quick: bool) -> Results:
    """Measure some of the workloads, print them, and write results.json and speed.png to a folder."""
    rounds, seconds = (3, 0.02) if quick else (15, 0.2)
    results = Results(machine.described(threads))
    contenders = installed(CONTENDERS, results, threads)
    say(report.machine_line(results.machine), *(f"left out: {name} ({why})" for name, why in results.left_out.items()))
    for key in keys:
        check_agreement(contenders, WORKLOADS[key])
    say("With dropout off, all contenders compute the same.", "")
    for key in keys:
        steps = {contender.key: contender.step(WORKLOADS[key]) for contender in contenders}
        taking_part = {name: step for name, step in steps.items() if step is not None}
        results.seconds[key] = time_in_turn(taking_part, rounds, seconds)
        say(*report.workload_lines(results, key), "")
    results.counts = {key: counts(key) for key in keys if key in COUNTED}
    say(*report.count_lines(results), "")
    if memory.MEASURABLE and "W4" in keys and not quick:
        workload = WORKLOADS["W4"]
        assert isinstance(workload, Training)
        results.peak_bytes = {c.key: memory.peak_of(c.key, workload) for c in contenders if c.computes}
        say(*report.memory_lines(results), "")
    results.save(out / "results.json")
    charts.draw_speed(results, out / "speed.png")
    say(f"Kept in {out}: results.json, speed.png")
    return results


def growth(threads: int, out: Path, quick: bool) -> Growth:
    """Measure how time and memory grow, print it, and write growth.json and growth.png to a folder."""
    results = Results(machine.described(threads))
    wanted = [contender for contender in CONTENDERS if contender.key in ("ours", "torch_eager")]
    contenders = installed(wanted, results, threads)
    say(report.machine_line(results.machine), *(f"left out: {name} ({why})" for name, why in results.left_out.items()))
    found = measure_growth(contenders, results.machine, quick, say)
    found.save(out / "growth.json")
    charts.draw_growth(found, out / "growth.png")
    say(f"Kept in {out}: growth.json, growth.png")
    return found


def compare(threads: int, out: Path, quick: bool) -> MainJob:
    """Time the main job, print it, and write compare.json to a folder."""
    described = machine.described(threads)
    say(report.machine_line(described))
    found = measure_main_job(MAIN_JOB, threads, 2 if quick else 5, described, say)
    say("", *report.main_job_lines(found), "")
    found.save(out / "compare.json")
    say(f"Kept in {out}: compare.json")
    return found


def installed(contenders: Iterable[Contender], results: Results, threads: int) -> list[Contender]:
    """The contenders that are installed; the others are recorded by name."""
    found = []
    for contender in contenders:
        if contender.installed:
            found.append(contender)
        else:
            results.left_out[contender.name] = f"{contender.needs} is not installed: pip install {contender.needs}"
    if any(contender.needs == "torch" for contender in found):
        import torch

        torch.set_num_threads(threads)
    if any(contender.needs == "jax" for contender in found):
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
    return found


def say(*lines: str) -> None:
    """Print immediately, because a run takes minutes."""
    print(*lines, sep="\n", flush=True)

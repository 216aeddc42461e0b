"""How the experiment is started: `tinygrad-dropout compare`, and PyTorch in both ways to use several cores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks.contenders import OURS
from benchmarks.processes import output_of
from tinygrad_dropout.lab.comparison.config import Config

Pair = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """The size of the experiment."""

    pairs: int
    epochs: int


MAIN_JOB = Job(Config.seeds, Config.epochs)  # the defaults of `tinygrad-dropout compare`


@dataclass(frozen=True)
class Program:
    """A program that does the job.

    Attributes:
        key: what files call it.
        name: what tables call it.
        arguments: what follows `python -m`, without the size of the job and the output folder.
    """

    key: str
    name: str
    arguments: tuple[str, ...]

    def run(self, job: Job) -> tuple[float, list[Pair]]:
        """Do the job from start to exit, with a fresh output folder.

        Returns:
            Seconds, and the pairs in the order of their seeds: seed; without and with, a record for each measured
            epoch; shared, with the digest of the split (labels included) and the number of updates.

        Raises:
            Failed: the exit code was not 0.
        """
        with TemporaryDirectory() as scratch:
            out = Path(scratch, "out")
            begin = perf_counter()
            output_of([*self.arguments, *size_of(job), "--out", str(out)], self.name)
            seconds = perf_counter() - begin
            results = json.loads((out / "results.json").read_text(encoding="utf-8"))
        return seconds, results["pairs"] if "pairs" in results else pairs_of(results["records"])


def pairs_of(records: Sequence[dict[str, Any]]) -> list[Pair]:
    """The pairs in the records of `tinygrad-dropout compare`, where the two networks of a pair follow each other."""
    return [
        {"seed": without["seed"], "without": without["curve"], "with": other["curve"], "shared": without["shared"]}
        for without, other in zip(records[::2], records[1::2], strict=True)
    ]


def size_of(job: Job) -> tuple[str, ...]:
    """The options that all programs have in common."""
    return "--seeds", str(job.pairs), "--epochs", str(job.epochs)


def our_program(cores: int) -> Program:
    """`tinygrad-dropout compare` with a process for each core."""
    return Program(OURS.key, OURS.name, ("tinygrad_dropout", "compare", "--workers", str(cores)))


def pytorch_programs(cores: int, measured: Sequence[int]) -> list[Program]:
    """PyTorch with a process for each core, and with one process whose threads use them all; on one core just PyTorch.

    Args:
        cores: how many may be used.
        measured: the epochs that are followed by a measurement.
    """
    script = ("benchmarks.main_job.in_pytorch", "--measured", ",".join(map(str, measured)))
    if cores == 1:
        return [Program("pytorch", "PyTorch", script)]
    return [
        Program("pytorch_processes", f"PyTorch, {cores} processes", (*script, "--workers", str(cores))),
        Program("pytorch_threads", f"PyTorch, {cores} threads", (*script, "--threads", str(cores))),
    ]

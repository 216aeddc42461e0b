"""Whole processes in turn: our command and PyTorch, each from its start to its exit."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.contenders import OURS
from benchmarks.main_job.agreement import ARMS, at_the_end, check_same_job
from benchmarks.main_job.programs import Job, Pair, our_program, pytorch_programs
from benchmarks.results import readable, six_digits
from benchmarks.timing import Spread, Times, ratios, turns


@dataclass
class MainJob:
    """The measurements.

    Attributes:
        machine: what it ran on; its threads are the cores that each program may use.
        job: the number of pairs and epochs, and the epochs that were measured.
        names: by program, what tables call it; ours first.
        seconds: by program, from start to exit, one figure a round.
        test_accuracy: by program, the mean without dropout and with it.
    """

    machine: dict[str, str | int]
    job: dict[str, int | list[int]]
    names: dict[str, str]
    seconds: Times
    test_accuracy: dict[str, dict[str, float]]

    @property
    def others(self) -> list[str]:
        """The programs that ours is compared with, the fastest first."""
        return sorted((key for key in self.names if key != OURS.key), key=lambda key: self.times_ours(key).median)

    def times_ours(self, program: str) -> Spread:
        """How many times our time the program needs, round by round."""
        return Spread.of(ratios(self.seconds, program, OURS.key))

    def save(self, path: Path) -> None:
        """Write the figures, seconds to six digits."""
        figures = asdict(self) | {"seconds": six_digits(self.seconds)}
        path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> MainJob:
        """Read what `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def measure_main_job(
    job: Job, cores: int, rounds: int, machine: dict[str, str | int], say: Callable[..., None]
) -> MainJob:
    """Run every program once to see that all do the same, then in turn for the times.

    Args:
        job: how large it is.
        cores: how many each program may use.
        rounds: how often each is timed.
        machine: see `machine.described`.
        say: prints lines.

    Raises:
        Failed: a program failed.
        Disagreement: PyTorch does or finds something else.
    """
    ours = our_program(cores)
    _, our_pairs = ours.run(job)
    epochs = [record["epoch"] for record in our_pairs[0]["with"]]
    programs, pairs = {ours.key: ours}, {ours.key: our_pairs}
    for program in pytorch_programs(cores, epochs):
        _, found = program.run(job)
        check_same_job(our_pairs, found, program.name)
        programs[program.key], pairs[program.key] = program, found
    say("All programs do the same work and find the same, as far as chance allows.", "")
    seconds: Times = {key: [] for key in programs}
    for key in turns(list(programs), rounds):
        taken, _ = programs[key].run(job)
        seconds[key].append(taken)
        say(f"round {len(seconds[key])}: {programs[key].name} {readable(taken)}")
    return MainJob(
        machine,
        {"pairs": job.pairs, "epochs": job.epochs, "measured": epochs},
        {key: program.name for key, program in programs.items()},
        seconds,
        {key: mean_accuracy(found) for key, found in pairs.items()},
    )


def mean_accuracy(pairs: Sequence[Pair]) -> dict[str, float]:
    """The mean of each arm after the last epoch."""
    return {arm: float(at_the_end(pairs, arm, "test_accuracy").mean()) for arm in ARMS}

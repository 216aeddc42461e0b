"""An experiment that trains nothing, so that running, keeping and merging can be tested in a moment."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinygrad_dropout.lab.text import new_table
from tinygrad_dropout.lab.trials import Draw, Experiment, Figures, Options, Record, Tell, Trial
from tinygrad_dropout.lab.trials.seeds import seeds_of


@dataclass(frozen=True)
class Numbers:
    """The options: so many seeds, and what else a test wants.

    Attributes:
        seeds, first_seed: which trials there are: two of each seed, "odd" and "even".
        factor: what a seed is multiplied by.
        epochs: of each trial.
        pause: seconds between two epochs.
        folder: where each trial leaves a file when it begins, named after itself and its process.
        kills: how many processes each trial of seed 1 kills first: its own.
    """

    seeds: int = 3
    first_seed: int = 0
    factor: float = 0.1
    epochs: int = 2
    pause: float = 0
    folder: str | None = None
    kills: int = 0


@dataclass(frozen=True)
class Counting(Experiment):
    """Each trial gives its seed times a factor."""

    name: str = "counting"

    @property
    def options_class(self) -> type[Numbers]:
        return Numbers

    def prepare(self, options: Numbers, tell: Tell) -> tuple[Numbers, str]:
        tell("nothing was read")
        return options, "the data"

    def as_json(self, options: Numbers, data: str) -> Options:
        kept = ("seeds", "first_seed", "factor", "epochs")
        return {name: getattr(options, name) for name in kept} | {"data": data}

    def trials(self, options: Options) -> list[Trial]:
        return [Trial("", arm, seed) for seed in seeds_of(options) for arm in ("odd", "even")]

    def epochs(self, options: Options) -> int:
        return int(options["epochs"])

    def run_trial(self, options: Numbers, data: str, trial: Trial, after_epoch: Callable[[], None]) -> dict[str, Any]:
        if options.folder is not None:
            begun = Path(options.folder, f"{trial.arm}-{trial.seed}-{os.getpid()}")
            begun.touch()
            if trial.seed == 1 and len(list(begun.parent.glob(f"{trial.arm}-1-*"))) <= options.kills:
                os.kill(os.getpid(), 9)
        for _ in range(options.epochs):
            time.sleep(options.pause)
            after_epoch()
        return {"value": trial.seed * options.factor}

    def is_complete(self, options: Options, record: Record) -> bool:
        return isinstance(record["value"], float)

    def check(self, options: Options, siblings: Sequence[Record]) -> None:
        assert len({record["value"] for record in siblings}) == 1, "the arms of a seed give the same here"

    def analyze(self, options: Options, records: Sequence[Record]) -> Figures | None:
        return {"sum": sum(record["value"] for record in records)} if len(records) > 1 else None

    def describe(self, options: Options, figures: Figures) -> str:
        return f"seeds times {options['factor']}"

    def tables(self, options: Options, figures: Figures) -> Sequence[Any]:
        table = new_table("what", "how much")
        table.add_row("sum", f"{figures['sum']:g}")
        return [table]

    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        return [f"The sum is {figures['sum']:g}."]

    @property
    def pictures(self) -> Mapping[str, Draw]:
        return {"sum.png": lambda outcome, file: file.write(str(outcome.figures).encode())}

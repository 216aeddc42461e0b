"""The main experiment: an MLP trained with and without dropout, in pairs that share everything else."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

from tinygrad_dropout.lab.comparison import report
from tinygrad_dropout.lab.comparison.analysis import analyze, differences_of, headline_of, measures_of, pairs_of
from tinygrad_dropout.lab.comparison.arms import ARMS, all_arms, arms_of, method_of
from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.data import draw_split, load
from tinygrad_dropout.lab.comparison.epochs import measured_epochs
from tinygrad_dropout.lab.comparison.fairness import check_fairness
from tinygrad_dropout.lab.comparison.pictures import draw_comparison, draw_learning_curves
from tinygrad_dropout.lab.comparison.tasks import Task, task_of
from tinygrad_dropout.lab.comparison.training import Streams, TrainingRun, train
from tinygrad_dropout.lab.comparison.verdict import Difference
from tinygrad_dropout.lab.datasets import Dataset
from tinygrad_dropout.lab.datasets.split import Split
from tinygrad_dropout.lab.datasets.validation import MIN_EXAMPLES
from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.trials import Draw, Experiment, Figures, Options, Outcome, Record, Tell, Trial
from tinygrad_dropout.lab.trials.seeds import seeds_of

if TYPE_CHECKING:
    from rich.table import Table


class Comparison(Outcome):
    """The result of a comparison: its finished trials. `print` shows the tables and the verdict."""

    @property
    def pairs(self) -> list[dict[str, Record]]:
        """For each seed whose networks are all trained, the records by arm."""
        return pairs_of(self.options, self.records)

    @property
    def difference(self) -> Difference:
        """With dropout minus without, in the measure of the verdict; for the first two arms if there are four.

        Raises:
            ValueError: no pair is finished.
        """
        return differences_of(self.options, self.pairs, *arms_of(self.options)[0])[headline_of(self.options)]

    @property
    def summary(self) -> Figures | None:
        """The figures of the pairs (see `analyze`); None if no pair is finished."""
        return self.figures


@dataclass(frozen=True)
class Compare(Experiment):
    """Networks with and without dropout, trained in pairs."""

    name: str = "compare"

    @property
    def options_class(self) -> type[Config]:
        return Config

    def prepare(self, config: Config, tell: Tell) -> tuple[Config, Dataset]:
        """Read the data, say how they were read, and fill in the number of training examples."""
        dataset = load(config)
        for sentence in dataset.notes:
            tell(sentence)
        if config.train_size is None:
            config = replace(config, train_size=dataset.default_train_size)
        if config.early_stopping is not None and config.train_size < MIN_EXAMPLES:
            raise OptionError(
                "early_stopping",
                f"expected at least {MIN_EXAMPLES} training examples to hold a fifth back, got {config.train_size}",
            )
        return config, dataset

    def as_json(self, config: Config, dataset: Dataset) -> Options:
        """The options, the number of classes (None for a regression) and the digest of the data."""
        return config.as_json() | {"classes": dataset.classes, "data": dataset.digest[:16]}

    def trials(self, options: Options) -> list[Trial]:
        """One trial for each seed and arm."""
        arms = [arm.name for arm in all_arms(options)]
        return [Trial("", arm, seed) for seed, arm in product(seeds_of(options), arms)]

    def epochs(self, options: Options) -> int:
        """The number of epochs in the options."""
        return int(options["epochs"])

    def run_trial(
        self, config: Config, dataset: Dataset, trial: Trial, after_epoch: Callable[[], None]
    ) -> dict[str, Any]:
        """Train and measure one network.

        Args:
            config: the options, including the number of training examples.
            dataset: the data to split.
            trial: its seed determines the split, the label noise, the initial weights, the order of the examples and
                the masks.
            after_epoch: called after every epoch; can raise to end the training.

        Returns:
            The fields of the `TrainingRun`; rows: the numbers of training, validation and test examples; baseline: see
            `Task.baseline`.

        Raises:
            LabError: the loss is no longer finite.
        """
        streams, arm = Streams.from_seed(trial.seed), ARMS[trial.arm]
        split = draw_split(config, dataset, streams, hold_back=arm.stops_early)
        task = task_of(dataset.classes, split.y_train)
        run = train(config, task, split, streams, method_of(config, arm), after_epoch)
        return record_of(run, task, split)

    def is_complete(self, options: Options, record: Record) -> bool:
        """Whether a record has finite figures of all measures for all epochs that should be measured."""
        measured = [measured["epoch"] for measured in record["curve"]]
        wanted = [epoch for epoch in measured_epochs(options["epochs"]) if epoch <= record["epochs"]]
        figures = [figure for moment in (*record["curve"], record["final"]) for figure in moment.values()]
        measures = all(key in record["final"] and key in record["baseline"] for key in measures_of(options))
        return (
            measured == wanted
            and measures
            and all(map(math.isfinite, (*figures, *record["baseline"].values())))
            and record.keys() >= {*TrainingRun.__dataclass_fields__, "rows"}
        )

    def check(self, options: Options, siblings: Sequence[Record]) -> None:
        """Raise an UnfairPairError if the arms of a pair differ in anything but dropout, or not in dropout."""
        records = {record["arm"]: record for record in siblings}
        for without, with_dropout in arms_of(options):
            if without.name in records and with_dropout.name in records:
                check_fairness(options, records[without.name], records[with_dropout.name])

    def analyze(self, options: Options, records: Sequence[Record]) -> Figures | None:
        """The figures of the finished pairs; None if there are none."""
        return analyze(options, records)

    def describe(self, options: Options, figures: Figures) -> str:
        """What was compared, in one line."""
        return report.describe(options, figures)

    def tables(self, options: Options, figures: Figures) -> Sequence[Table]:
        """One table for each two arms: both, their difference, and the baseline."""
        return [report.comparison_table(figures, two, measures_of(options)) for two in figures["comparisons"]]

    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        """The verdict, then what to know before you believe it."""
        return report.notes(options, figures, measures_of(options))

    @property
    def pictures(self) -> Mapping[str, Draw]:
        return {"learning_curves.png": draw_learning_curves, "comparison.png": draw_comparison}

    def outcome(self, options: Options, versions: dict[str, str], records: Sequence[Record] = ()) -> Comparison:
        return Comparison(self, options, versions, tuple(records))


def record_of(run: TrainingRun, task: Task, split: Split) -> dict[str, Any]:
    """The record of a training run: its fields, the numbers of rows, and the baseline."""
    validation = 0 if split.y_validation is None else len(split.y_validation)
    rows = {"train": len(split.y_train), "validation": validation, "test": len(split.y_test)}
    return vars(run) | {"rows": rows, "baseline": task.baseline(split.y_train, split.y_test)}

"""Pairs of networks that are examined after their training, and the verdicts on claims about them."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from tinygrad_dropout import nn
from tinygrad_dropout.lab.comparison.arms import ARMS, WITH, WITHOUT, method_of
from tinygrad_dropout.lab.comparison.data import draw_split
from tinygrad_dropout.lab.comparison.fairness import check_fairness
from tinygrad_dropout.lab.comparison.measurement import Measured
from tinygrad_dropout.lab.comparison.report import number
from tinygrad_dropout.lab.comparison.tasks import Task, task_of
from tinygrad_dropout.lab.comparison.training import Streams, train_network
from tinygrad_dropout.lab.comparison.verdict import Difference, paired_difference
from tinygrad_dropout.lab.datasets.split import Split
from tinygrad_dropout.lab.evidence.claim import Claim, Parts
from tinygrad_dropout.lab.evidence.many import Compared, ManyComparisons
from tinygrad_dropout.lab.text import counted, table_with_intervals
from tinygrad_dropout.lab.trials import Figures, Options, Record, Trial
from tinygrad_dropout.lab.trials.seeds import arms_of_whole_seeds

if TYPE_CHECKING:
    from rich.table import Table

Pair = Mapping[str, Record]
"""The records of two networks that share everything but dropout, by their arms."""


@dataclass(frozen=True)
class Trained:
    """A trained network.

    Attributes:
        model: the layers of `mlp`, in evaluation mode.
        split: the data, with the labels that it was trained on.
        final: the measurements at the end, see `measure`.
        streams: the random streams of the pair.
    """

    model: nn.Sequential
    split: Split
    final: Measured
    streams: Streams


class Subject(ABC):
    """A kind of network: what it is trained for, how it is examined, and the claims about it.

    Attributes:
        parts: the claims.
    """

    parts: Parts

    def problem(self, setting: Compared, streams: Streams) -> tuple[Split, Task]:
        """The data of a pair, and its task."""
        split = draw_split(setting.config, setting.dataset, streams, hold_back=False)
        return split, task_of(setting.dataset.classes, split.y_train)

    @abstractmethod
    def examine(self, options: Any, trained: Trained) -> dict[str, Any]:
        """The record of a network: `measured`, with a number for each claim, and more for the pictures."""

    @abstractmethod
    def can_be_drawn(self, options: Options, record: Record) -> bool:
        """Whether a record has what the pictures show. It can raise the same errors as `is_complete`."""


class ExaminedPairs(ManyComparisons):
    """An experiment that trains pairs of networks in several settings, and examines each after its training."""

    @abstractmethod
    def subject(self, setting: str) -> Subject:
        """The kind of network in a setting."""

    def as_json(self, options: Any, data: Mapping[str, Compared]) -> Options:
        return asdict(options) | super().as_json(options, data)

    def run_trial(
        self, options: Any, data: Mapping[str, Compared], trial: Trial, after_epoch: Callable[[], None]
    ) -> dict[str, Any]:
        setting, subject = data[trial.configuration], self.subject(trial.configuration)
        config, streams = setting.config, Streams.from_seed(trial.seed)
        split, task = subject.problem(setting, streams)
        method = method_of(config, ARMS[trial.arm])
        model, run = train_network(config, task, split, streams, method, after_epoch, (config.epochs,))
        kept = {"shared": run.shared, "dropped": run.dropped, "test_rows": len(split.y_test)}
        return kept | subject.examine(options, Trained(model, split, run.final, streams))

    def is_complete(self, options: Options, record: Record) -> bool:
        """Whether a record has a finite number for each claim, and the data for the pictures."""
        subject, measured = self.subject(record["configuration"]), record["measured"]
        wanted = {part: claims.keys() for part, claims in subject.parts.items()}
        return (
            {part: values.keys() for part, values in measured.items()} == wanted
            and all(math.isfinite(value) for values in measured.values() for value in values.values())
            and record.keys() >= {"shared", "dropped", "test_rows"}
            and subject.can_be_drawn(options, record)
        )

    def check(self, options: Options, siblings: Sequence[Record]) -> None:
        """Raise an UnfairPairError if the arms of a pair differ in anything but dropout, or not in dropout."""
        records = {record["arm"]: record for record in siblings}
        if len(records) == 2:
            setting = options["configurations"][siblings[0]["configuration"]]
            check_fairness(setting, records[WITHOUT.name], records[WITH.name])

    def analyze(self, options: Options, records: Sequence[Record]) -> Figures | None:
        """For each setting: pairs and test_rows; and parts: for each part and measure, both means, the difference and
        the verdict.
        """
        shown = {}
        for setting in options["configurations"]:
            pairs = pairs_in(records, setting)
            if pairs:
                looks = self.looks(options)
                parts = {
                    part: {name: tested(claim, pairs, part, name, looks) for name, claim in claims.items()}
                    for part, claims in self.subject(setting).parts.items()
                }
                shown[setting] = {"pairs": len(pairs), "test_rows": fewest_test_rows(pairs), "parts": parts}
        return shown or None

    def looks(self, options: Options) -> int:
        """How many intervals are looked at together."""
        return sum(len(claims) for name in options["configurations"] for claims in self.subject(name).parts.values())

    def tables(self, options: Options, figures: Figures) -> Sequence[Table]:
        """A table for each setting: every measure of each part, its difference, and the verdict on the claim."""
        return [self.table(options, setting, shown) for setting, shown in figures.items()]

    def table(self, options: Options, setting: str, shown: Figures) -> Table:
        """The table of one setting."""
        headings = (
            f"mean of {counted(shown['pairs'], 'pair')}",
            "without\ndropout", "with\ndropout", "difference\n(corrected)", "claim",
        )  # fmt: skip
        rows = []
        for part, claims in self.subject(setting).parts.items():
            if part:
                rows.append((f"{part}:", "", "", "", ""))
            for name, claim in claims.items():
                found = shown["parts"][part][name]
                both = (number(found[side], claim.measure.scale) for side in ("without", "with"))
                difference = Difference(
                    **{end: found[end] for end in ("mean", "low", "high")}, pairs=shown["pairs"],
                    test_rows=shown["test_rows"], measure=claim.measure, looks=self.looks(options),
                )  # fmt: skip
                rows.append((claim.measure.label, *both, difference.brief, found["verdict"]))
        return table_with_intervals(headings, rows, intervals=3, title=setting)


def tested(claim: Claim, pairs: Sequence[Pair], part: str, name: str, looks: int) -> Figures:
    """Both means of one measure, their difference with its corrected interval, and the verdict on the claim.

    Args:
        claim: the claim about the measure.
        pairs: the records.
        part, name: where the records hold the measure.
        looks: how many intervals are looked at together.
    """
    without, with_dropout = ([pair[arm.name]["measured"][part][name] for pair in pairs] for arm in (WITHOUT, WITH))
    difference = paired_difference(
        without, with_dropout, measure=claim.measure, test_rows=fewest_test_rows(pairs), looks=looks
    )
    return {
        "without": fmean(without),
        "with": fmean(with_dropout),
        "mean": difference.mean,
        "low": difference.low,
        "high": difference.high,
        "verdict": claim.verdict(difference),
    }


def pairs_in(records: Sequence[Record], setting: str) -> Sequence[Pair]:
    """The finished pairs of a setting, in the order of their seeds."""
    return arms_of_whole_seeds([record for record in records if record["configuration"] == setting], 2)


def fewest_test_rows(pairs: Sequence[Pair]) -> int:
    """The fewest test rows of any network."""
    return min(int(record["test_rows"]) for pair in pairs for record in pair.values())

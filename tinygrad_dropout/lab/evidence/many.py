"""Several configurations, each compared with and without dropout, and looked at together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tinygrad_dropout.lab.comparison.analysis import headline_of, is_still_improving, measures_of, pairs_of
from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT
from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.experiment import Compare
from tinygrad_dropout.lab.comparison.verdict import Difference, paired_difference
from tinygrad_dropout.lab.datasets import Dataset
from tinygrad_dropout.lab.trials import Experiment, Figures, Options, Record, Tell, Trial
from tinygrad_dropout.lab.trials.folder import without_seeds
from tinygrad_dropout.lab.trials.seeds import seeds_of

COMPARE = Compare()


@dataclass(frozen=True)
class Compared:
    """A configuration and its data."""

    config: Config
    dataset: Dataset


class ManyComparisons(Experiment):
    """An experiment whose trials are those of a comparison, for each of several configurations.

    Its options are an object with `configurations()`, which gives each its name, and with `seeds` and `first_seed`.
    """

    def prepare(self, options: Any, tell: Tell) -> tuple[Any, dict[str, Compared]]:
        """Read the data of each configuration."""
        configurations = options.configurations()
        return options, {name: Compared(*COMPARE.prepare(config, tell)) for name, config in configurations.items()}

    def as_json(self, options: Any, data: Mapping[str, Compared]) -> Options:
        """Keep the seeds outside the configurations, so that you can add more to a folder."""
        configurations = {name: without_seeds(COMPARE.as_json(one.config, one.dataset)) for name, one in data.items()}
        return {"seeds": options.seeds, "first_seed": options.first_seed, "configurations": configurations}

    def trials(self, options: Options) -> list[Trial]:
        """All configurations and arms of the first seed, then of the next, so that each seed is finished early."""
        return [
            Trial(name, arm.name, seed)
            for seed in seeds_of(options)
            for name in options["configurations"]
            for arm in (WITHOUT, WITH)
        ]

    def epochs(self, options: Options) -> int:
        return max(int(one["epochs"]) for one in options["configurations"].values())

    def run_trial(
        self, options: Any, data: Mapping[str, Compared], trial: Trial, after_epoch: Callable[[], None]
    ) -> dict[str, Any]:
        one = data[trial.configuration]
        return COMPARE.run_trial(one.config, one.dataset, trial, after_epoch)

    def is_complete(self, options: Options, record: Record) -> bool:
        return COMPARE.is_complete(options["configurations"][record["configuration"]], record)

    def check(self, options: Options, siblings: Sequence[Record]) -> None:
        COMPARE.check(options["configurations"][siblings[0]["configuration"]], siblings)

    def analyze(self, options: Options, records: Sequence[Record]) -> Figures | None:
        """The comparison of each configuration that has a finished pair, by name.

        The figures are those of `Compare`, plus difference (in the measure of the verdict; the interval is corrected
        for the number of configurations), verdict, and improving (the arms whose networks were still improving).
        """
        looks = len(options["configurations"])
        found = {}
        for name, kept in options["configurations"].items():
            own = [record for record in records if record["configuration"] == name]
            shown = COMPARE.analyze(kept, own)
            if shown is not None:
                difference = difference_of(kept, own, looks)
                diverged = any(shown["diverged"].values())
                verdict = "diverged" if diverged else difference.verdict
                improving = [
                    arm.name
                    for arm in (WITHOUT, WITH)
                    if is_still_improving(kept, [pair[arm.name] for pair in pairs_of(kept, own)])
                ]
                found[name] = shown | {"difference": difference.interval, "verdict": verdict, "improving": improving}
        return found or None


def difference_of(options: Options, records: Sequence[Record], looks: int) -> Difference:
    """With dropout minus without in the measure of the verdict, as one of several that are looked at together.

    Args:
        options: the options of one configuration.
        records: its records.
        looks: the number of configurations.
    """
    pairs, key = pairs_of(options, records), headline_of(options)
    values = ([pair[arm.name]["final"][key] for pair in pairs] for arm in (WITHOUT, WITH))
    test_rows = min(pair[WITHOUT.name]["rows"]["test"] for pair in pairs)
    return paired_difference(*values, measure=measures_of(options)[key], test_rows=test_rows, looks=looks)

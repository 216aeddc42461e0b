"""Four networks on MNIST, with the settings chosen for each, compared with the published numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tinygrad_dropout.lab.comparison.verdict import paired_difference
from tinygrad_dropout.lab.datasets.split import Table
from tinygrad_dropout.lab.errors import LabError
from tinygrad_dropout.lab.evidence.paper import report
from tinygrad_dropout.lab.evidence.paper.networks import RECIPES, STANDARD, train
from tinygrad_dropout.lab.evidence.paper.options import PaperOptions
from tinygrad_dropout.lab.evidence.paper.picture import draw
from tinygrad_dropout.lab.evidence.paper.published import TEST_EXAMPLES
from tinygrad_dropout.lab.text import listed
from tinygrad_dropout.lab.trials import Draw, Experiment, Figures, Options, Record, Tell, Trial
from tinygrad_dropout.lab.trials.seeds import arms_of_whole_seeds, seeds_of

if TYPE_CHECKING:
    from rich.table import Table as Shown

ORDER_SEED = 0  # decides which training examples are used if not all are


@dataclass(frozen=True)
class Paper(Experiment):
    """Each network trained from several seeds, with its errors on the test set."""

    name: str = "paper"
    quick: ClassVar[Mapping[str, Any]] = {
        "hidden": (64, 64, 64), "train_size": 2000, "epochs": 20, "choice_epochs": 5,
    }  # fmt: skip

    @property
    def options_class(self) -> type[PaperOptions]:
        return PaperOptions

    def prepare(self, options: PaperOptions, tell: Tell) -> tuple[PaperOptions, Table]:
        """Read the data.

        Raises:
            LabError: the options have no settings for some network, or the data cannot be used.
        """
        if missing := [recipe.name for recipe in RECIPES if recipe.name not in options.settings]:
            raise LabError(f"expected settings for each network (see with_choice), got none for {listed(missing)}")
        return options, options.load()

    def as_json(self, options: PaperOptions, data: Table) -> Options:
        return options.as_json(data, "choice_epochs")

    def trials(self, options: Options) -> list[Trial]:
        return [Trial("", recipe.name, seed) for seed in seeds_of(options) for recipe in RECIPES]

    def epochs(self, options: Options) -> int:
        return int(options["epochs"])

    def run_trial(
        self, options: PaperOptions, data: Table, trial: Trial, after_epoch: Callable[[], None]
    ) -> dict[str, Any]:
        recipe = next(recipe for recipe in RECIPES if recipe.name == trial.arm)
        split = data.split(options.size_of(data), np.random.default_rng(ORDER_SEED))
        settings = options.settings[trial.arm]
        return train(recipe, settings, options.hidden, split, options.epochs, trial.seed, after_epoch)

    def is_complete(self, options: Options, record: Record) -> bool:
        return bool(record["errors"] == record["curve"][-1]["errors"] and record["updates"] >= 0)

    def analyze(self, options: Options, records: Sequence[Record]) -> Figures | None:
        """The figures of the seeds whose four networks are all trained; None if there are none yet.

        Returns:
            seeds; networks: for each its errors, their mean, the number of updates, the number of trainings that
            diverged, and minus_standard and minus_previous: the differences from the standard network and from the
            network before (mean, low, high; in errors, seed by seed, the intervals corrected for the number of both),
        or None."""
        seeds = arms_of_whole_seeds(records, len(RECIPES))
        if not seeds:
            return None
        errors = {recipe.name: [seed[recipe.name]["errors"] for seed in seeds] for recipe in RECIPES}
        networks = {}
        for before, recipe in zip((None, *RECIPES), RECIPES, strict=False):
            own = errors[recipe.name]
            networks[recipe.name] = {
                "errors": own,
                "mean": fmean(own),
                "updates": max(seed[recipe.name]["updates"] for seed in seeds),
                "diverged": sum(seed[recipe.name]["updates"] == 0 for seed in seeds),
                "minus_standard": interval_between(errors[STANDARD.name], own) if before else None,
                "minus_previous": interval_between(errors[before.name], own) if before else None,
            }
        return {"seeds": len(seeds), "networks": networks}

    def describe(self, options: Options, figures: Figures) -> str:
        return report.describe(options, figures)

    def tables(self, options: Options, figures: Figures) -> Sequence[Shown]:
        return report.tables(options, figures)

    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        return report.notes(options, figures)

    @property
    def pictures(self) -> Mapping[str, Draw]:
        return {"paper.png": draw}


def interval_between(before: Sequence[int], after: Sequence[int]) -> Figures:
    """The mean of after minus before and its interval, in errors."""
    shares = ([errors / TEST_EXAMPLES for errors in both] for both in (before, after))
    found = paired_difference(*shares, measure=report.ERRORS, test_rows=TEST_EXAMPLES, looks=report.LOOKS)
    return {"mean": found.mean, "low": found.low, "high": found.high}


PAPER = Paper()

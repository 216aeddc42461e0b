"""The experiment: networks at each value of one setting, and what choosing p on validation data achieves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tinygrad_dropout.lab.comparison.analysis import headline_of, is_still_improving, means
from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT
from tinygrad_dropout.lab.comparison.experiment import Compare
from tinygrad_dropout.lab.comparison.fairness import check_dropped, check_fairness
from tinygrad_dropout.lab.datasets import Dataset
from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.evidence.held_back import (
    best_of,
    check_enough_to_hold_back,
    check_shared,
    difference_between,
    fewest_rows,
    has_all,
    train_held_back,
)
from tinygrad_dropout.lab.evidence.sweep import report
from tinygrad_dropout.lab.evidence.sweep.options import SweepOptions, reported_as_values
from tinygrad_dropout.lab.evidence.sweep.picture import draw_sweep
from tinygrad_dropout.lab.evidence.sweep.settings import FIXED_KEPT, RATES, enough_epochs, name_of, usual_numbers
from tinygrad_dropout.lab.intervals import half_width
from tinygrad_dropout.lab.trials import Draw, Experiment, Figures, Options, Record, Tell, Trial
from tinygrad_dropout.lab.trials.seeds import seeds_of, whole_seeds

if TYPE_CHECKING:
    from rich.table import Table

COMPARE = Compare()
NOT_KEPT = ("early_stopping", "patience", "filled_in")  # options that do not affect the figures
TRAIN_SIZE = "train_size"

Networks = Mapping[tuple[str, str], Record]
"""The records of a seed, by series and value."""


@dataclass(frozen=True)
class Sweep(Experiment):
    """Networks at each value of one setting.

    Over p and input_p, a fifth of the training examples is held back, and the p with the lowest loss on it is
    recommended. To measure what this achieves, p is chosen again for each seed, on its own validation part. A trial's
    configuration is the series, and its arm the value: all networks of a series differ only in their dropout.

    Over any other setting, each value has a network without dropout and one with it, and nothing is held back. A
    trial's configuration is the value, and its arm the series.
    """

    name: str = "sweep"
    quick: ClassVar[Mapping[str, Any]] = {"seeds": 5, "hidden": (64, 64)}

    @property
    def options_class(self) -> type[SweepOptions]:
        return SweepOptions

    def prepare(self, options: Any, tell: Tell) -> tuple[Any, Dataset]:
        options, dataset = COMPARE.prepare(options, tell)
        if not options.values:
            sizes = usual_numbers(TRAIN_SIZE, options.train_size)
            options = replace(options, values=tuple(size for size in sizes if fits(dataset, size)))
        if options.over == TRAIN_SIZE:
            for size in options.values:
                with reported_as_values():
                    dataset.check_train_size(size)
        if options.over == "label_noise" and dataset.classes is None:
            raise OptionError("over", "expected a setting other than label_noise, because a regression has no labels")
        if options.over in RATES:
            check_enough_to_hold_back(options.train_size)
        return options, dataset

    def as_json(self, options: Any, data: Dataset) -> Options:
        kept = COMPARE.as_json(options, data) | {"values": list(options.values), "series": list(options.series())}
        return {name: value for name, value in kept.items() if name not in (*NOT_KEPT, options.over)}

    def trials(self, options: Options) -> list[Trial]:
        """All values and networks of the first seed, then of the next, so that each seed is finished early."""
        networks = [(series, name) for name in map(name_of, options["values"]) for series in options["series"]]
        if options["over"] in RATES:
            return [Trial(series, name, seed) for seed in seeds_of(options) for series, name in networks]
        return [Trial(name, series, seed) for seed in seeds_of(options) for series, name in networks]

    def epochs(self, options: Options) -> int:
        return max(epochs_at(options, value) for value in options["values"])

    def run_trial(self, options: Any, data: Dataset, trial: Trial, after_epoch: Callable[[], None]) -> dict[str, Any]:
        hold_back = options.over in RATES
        series, name = (trial.configuration, trial.arm) if hold_back else (trial.arm, trial.configuration)
        value = next(value for value in options.values if name_of(value) == name)
        config, method = options.network(value, series)
        return train_held_back(config, data, trial.seed, method, after_epoch, hold_back=hold_back)

    def is_complete(self, options: Options, record: Record) -> bool:
        hold_back = options["over"] in RATES
        name = record["arm" if hold_back else "configuration"]
        value = next(value for value in options["values"] if name_of(value) == name)
        return has_all(options, record, epochs_at(options, value), hold_back=hold_back)

    def check(self, options: Options, siblings: Sequence[Record]) -> None:
        """Raise an UnfairPairError if networks that are compared differ in more than dropout, or not in dropout."""
        last = siblings[-1]
        if options["over"] in RATES:
            check_shared(siblings, but=("initial_weights",) if last["configuration"] == FIXED_KEPT else ())
            rates = {name: options.get(name, float(last["arm"])) for name in RATES}
            layers = [rates["input_p"], *(rates["p"] for _ in options["hidden"])]
            check_dropped(f"p = {last['arm']}, seed {last['seed']}", layers, last["dropped"])
        elif len(siblings) == 2:
            pair = {record["arm"]: record for record in siblings}
            check_fairness(options, pair[WITHOUT.name], pair[WITH.name])

    def analyze(self, options: Options, records: Sequence[Record]) -> Figures | None:
        """The figures of the seeds whose networks are all trained; None if there are none yet.

        Returns:
            seeds; rows: the fewest of each part; looks: the number of differences, including those of the
            recommendations; baseline: the mean measures of a prediction that does not use the inputs; scores: for each
            series the mean test score at each value, and half the width of its interval; differences: for each series
            with dropout and each value, the difference from 0 (over p and input_p) or from the network without dropout;
            recommended: for each series over p and input_p, see `recommended`; improving: for each series the values at
            which its networks were still improving at the end.
        """
        names, series = [name_of(value) for value in options["values"]], options["series"]
        seeds = [by_series(options, seed) for seed in whole_seeds(records, len(names) * len(series))]
        if not seeds:
            return None
        rates = options["over"] in RATES
        compared = [
            (arm, name, (arm, "0") if rates else (WITHOUT.name, name))
            for arm in series
            for name in names
            if arm != WITHOUT.name and not (rates and name == "0")
        ]
        looks = len(compared) + (len(series) if rates else 0)
        every = [record for seed in seeds for record in seed.values()]
        differences: dict[str, Figures] = {}
        for arm, name, reference in compared:
            before, after = ([seed[which] for seed in seeds] for which in (reference, (arm, name)))
            differences.setdefault(arm, {})[name] = difference_between(options, before, after, looks)
        return {
            "seeds": len(seeds),
            "rows": fewest_rows(every),
            "looks": looks,
            "baseline": means([record["baseline"] for record in every]),
            "scores": {arm: {name: score(options, [seed[arm, name] for seed in seeds]) for name in names}
                       for arm in series},
            "differences": differences,
            "recommended": {arm: recommended(options, seeds, arm, names, looks) for arm in series} if rates else {},
            "improving": {
                arm: [one for one in names if is_still_improving(options, [seed[arm, one] for seed in seeds])]
                for arm in series
            },
        }  # fmt: skip

    def describe(self, options: Options, figures: Figures) -> str:
        return report.describe(options, figures)

    def tables(self, options: Options, figures: Figures) -> Sequence[Table]:
        return report.tables(options, figures)

    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        return report.notes(options, figures)

    @property
    def pictures(self) -> Mapping[str, Draw]:
        return {"sweep.png": draw_sweep}


def epochs_at(options: Options, value: float) -> int:
    """The number of epochs for the networks of a value."""
    if options["over"] == "epochs":
        return int(value)
    if options["over"] == TRAIN_SIZE:
        return enough_epochs(int(value), options["epochs"], options["batch_size"])
    return int(options["epochs"])


def fits(dataset: Dataset, train_size: int) -> bool:
    """Whether the data set can provide this many training examples."""
    try:
        dataset.check_train_size(train_size)
    except OptionError:
        return False
    return True


def by_series(options: Options, seed: Networks) -> Networks:
    """The records of a seed by series and value, from those by configuration and arm."""
    return seed if options["over"] in RATES else {(arm, value): record for (value, arm), record in seed.items()}


def score(options: Options, records: Sequence[Record]) -> Figures:
    """The mean of the test score, and half the width of its interval."""
    values = np.array([record["final"][headline_of(options)] for record in records])
    return {"mean": float(values.mean()), "half_width": float(half_width(values)) if len(values) > 1 else 0.0}


def recommended(options: Options, seeds: Sequence[Networks], series: str, names: Sequence[str], looks: int) -> Figures:
    """The value that the validation parts recommend, and the result of choosing by them.

    Args:
        options: the options of the sweep.
        seeds: the records of each seed.
        series: the series.
        names: the names of the values.
        looks: the number of differences that are looked at together.

    Returns:
        value: the one with the lowest mean validation loss; losses: those means; chosen: how often each value has the
        lowest loss of its seed; score: the mean test score of each seed's own choice; difference: that minus the score
        of 0. The test rows of a seed do not affect its choice.
    """
    tries = [{name: seed[series, name] for name in names} for seed in seeds]
    losses = {name: fmean(one[name]["final"]["validation_loss"] for one in tries) for name in names}
    choices = [best_of(one) for one in tries]
    chosen = [one[choice] for one, choice in zip(tries, choices, strict=True)]
    return {
        "value": min(losses, key=lambda name: losses[name]),
        "losses": losses,
        "chosen": {name: Counter(choices)[name] for name in names},
        "score": score(options, chosen)["mean"],
        "difference": difference_between(options, [one["0"] for one in tries], chosen, looks),
    }


SWEEP = Sweep()

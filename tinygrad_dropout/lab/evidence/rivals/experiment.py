"""The experiment: the networks of each seed, and the results of those that the validation part chooses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING, Any, ClassVar

from tinygrad_dropout.lab.comparison.analysis import has_diverged, headline_of, is_still_improving, means
from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.experiment import Compare
from tinygrad_dropout.lab.comparison.fairness import check_dropped
from tinygrad_dropout.lab.datasets import Dataset
from tinygrad_dropout.lab.evidence.held_back import (
    best_of,
    check_enough_to_hold_back,
    check_shared,
    difference_between,
    fewest_rows,
    has_all,
    train_held_back,
)
from tinygrad_dropout.lab.evidence.rivals import report
from tinygrad_dropout.lab.evidence.rivals.picture import draw_rivals
from tinygrad_dropout.lab.evidence.rivals.tries import (
    DROPOUT,
    FIRST_UNSEEN_SEED,
    PLAIN_NETWORK,
    STOPPING,
    methods_of,
    networks_of,
    try_of,
)
from tinygrad_dropout.lab.trials import Draw, Experiment, Figures, Options, Record, Tell, Trial
from tinygrad_dropout.lab.trials.seeds import arms_of_whole_seeds, seeds_of

if TYPE_CHECKING:
    from rich.table import Table

COMPARE = Compare()
TUNED = ("p", "input_p", "early_stopping", "patience")  # options of a comparison that do not exist here


@dataclass(frozen=True)
class RivalsOptions(Config):
    """The options: those of a comparison, except for the strengths of the methods, which are tuned.

    Attributes:
        seeds, first_seed: the number of seeds, and the first. By default, no results of these seeds had been seen when
            the strengths were chosen (see `tries`).
    """

    p: float = field(default=Config.p, init=False)
    input_p: float = field(default=Config.input_p, init=False)
    early_stopping: str = field(default=Config.early_stopping, init=False)
    patience: int = field(default=Config.patience, init=False)
    seeds: int = 20
    first_seed: int = FIRST_UNSEEN_SEED


@dataclass(frozen=True)
class Rivals(Experiment):
    """Dropout, its rivals, and a plain network, on the same data.

    Each method is tried in several strengths. For each seed, the one with the lowest loss on that seed's validation
    part is chosen, and only that network's test score counts.
    """

    name: str = "rivals"
    quick: ClassVar[Mapping[str, Any]] = {"seeds": 5, "epochs": 40, "hidden": (64, 64)}

    @property
    def options_class(self) -> type[RivalsOptions]:
        return RivalsOptions

    def prepare(self, options: Any, tell: Tell) -> tuple[Any, Dataset]:
        options, dataset = COMPARE.prepare(options, tell)
        check_enough_to_hold_back(options.train_size)
        return options, dataset

    def as_json(self, options: Any, data: Dataset) -> Options:
        kept = {name: value for name, value in COMPARE.as_json(options, data).items() if name not in TUNED}
        methods = methods_of(options.optimizer, data.classes)
        return kept | {"methods": {name: list(strengths) for name, strengths in methods.items()}}

    def trials(self, options: Options) -> list[Trial]:
        """For each seed, the plain network, then every try of every method."""
        return [Trial("", name, seed) for seed in seeds_of(options) for name in names_of(options)]

    def epochs(self, options: Options) -> int:
        return int(options["epochs"])

    def run_trial(self, options: Any, data: Dataset, trial: Trial, after_epoch: Callable[[], None]) -> dict[str, Any]:
        method = networks_of(options.optimizer, data.classes)[trial.arm]
        return train_held_back(options, data, trial.seed, method, after_epoch, hold_back=True, may_diverge=True)

    def is_complete(self, options: Options, record: Record) -> bool:
        if record["final"] is None:
            return (
                record["rows"].keys() >= {"train", "validation", "test"} and headline_of(options) in record["baseline"]
            )
        return has_all(options, record, self.epochs(options), hold_back=True)

    def check(self, options: Options, siblings: Sequence[Record]) -> None:
        """Raise an UnfairPairError if networks of a seed differ in anything else, or drop too many or too few units."""
        check_shared([one for one in siblings if one["final"] is not None])
        record, methods = siblings[-1], networks_of(options["optimizer"], options["classes"])
        if record["final"] is not None and (method := methods[record["arm"]]).noise == "dropout":
            rates = [method.input_p, *(method.p for _ in options["hidden"])]
            check_dropped(f"{record['arm']}, seed {record['seed']}", rates, record["dropped"])

    def analyze(self, options: Options, records: Sequence[Record]) -> Figures | None:
        """The figures of the seeds whose networks are all trained; None if there are none yet.

        Returns:
            seeds; rows: the fewest of each part; looks: the total number of intervals; plain: the mean test
            score of the plain network; baseline: the same for a prediction that does not use the inputs; methods: for
            each its mean test score, the difference from the plain network, how often each strength was chosen, and how
            many of its tries diverged; against: for each rival, dropout's score minus its; improving: the networks that
            were still improving at the end. A score is None if the plain network, or all tries of the method, diverged
        for a seed."""
        seeds = arms_of_whole_seeds(records, len(names_of(options)))
        if not seeds:
            return None
        key, methods = headline_of(options), options["methods"]
        looks = 2 * len(methods) - 1
        sound = [{name: one for name, one in seed.items() if not diverged(options, one)} for seed in seeds]
        plain = [seed.get(PLAIN_NETWORK) for seed in sound]
        tries = {
            name: [{one: seed[try_of(name, one)] for one in strengths if try_of(name, one) in seed} for seed in sound]
            for name, strengths in methods.items()
        }
        choices = {name: [best_of(of_seed) if of_seed else None for of_seed in tries[name]] for name in methods}
        chosen = {
            name: [
                None if one is None else of_seed[one] for of_seed, one in zip(tries[name], choices[name], strict=True)
            ]
            for name in methods
        }
        return {
            "seeds": len(seeds),
            "rows": fewest_rows([seed[PLAIN_NETWORK] for seed in seeds]),
            "looks": looks,
            "plain": mean_score(key, plain),
            "baseline": means([seed[PLAIN_NETWORK]["baseline"] for seed in seeds]),
            "methods": {
                name: {
                    "mean": mean_score(key, chosen[name]),
                    "difference": difference_between(options, plain, chosen[name], looks),
                    "chosen": {one: Counter(choices[name])[one] for one in strengths},
                    "diverged": sum(len(strengths) - len(of_seed) for of_seed in tries[name]),
                }
                for name, strengths in methods.items()
            },
            "against": {
                name: difference_between(options, chosen[name], chosen[DROPOUT], looks)
                for name in methods
                if name != DROPOUT
            },
            "improving": [
                name
                for name, records in {PLAIN_NETWORK: plain, **chosen}.items()
                if name != STOPPING and (found := without_gaps(records)) and is_still_improving(options, found)
            ],
        }

    def describe(self, options: Options, figures: Figures) -> str:
        return report.describe(options, figures)

    def tables(self, options: Options, figures: Figures) -> Sequence[Table]:
        return report.tables(options, figures)

    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        return report.notes(options, figures)

    @property
    def pictures(self) -> Mapping[str, Draw]:
        return {"rivals.png": draw_rivals}


def diverged(options: Options, record: Record) -> bool:
    """Whether the training made the network worse than an untrained one, or ended with a loss that is not finite."""
    return record["final"] is None or has_diverged(options, record)


def without_gaps(records: Sequence[Record | None]) -> list[Record]:
    """The records; none if one is missing, because its training diverged."""
    found = [record for record in records if record is not None]
    return found if len(found) == len(records) else []


def mean_score(key: str, records: Sequence[Record | None]) -> float | None:
    """The mean of a measure; None if a record is missing."""
    found = without_gaps(records)
    return fmean(record["final"][key] for record in found) if found else None


def names_of(options: Options) -> list[str]:
    """The names of all networks of a seed."""
    tries = (try_of(name, one) for name, strengths in options["methods"].items() for one in strengths)
    return [PLAIN_NETWORK, *tries]


RIVALS = Rivals()

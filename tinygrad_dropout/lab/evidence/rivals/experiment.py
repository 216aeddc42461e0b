"""The experiment: the networks of each seed, and what those show that the validation part has chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING, Any, ClassVar

from tinygrad_dropout.lab.comparison.analysis import headline_of, means
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
    whole_seeds,
)
from tinygrad_dropout.lab.evidence.rivals import report
from tinygrad_dropout.lab.evidence.rivals.picture import draw_rivals
from tinygrad_dropout.lab.evidence.rivals.tries import (
    DROPOUT,
    FIRST_UNSEEN_SEED,
    PLAIN_NETWORK,
    methods_of,
    networks_of,
    try_of,
)
from tinygrad_dropout.lab.trials import Draw, Experiment, Figures, Options, Record, Tell, Trial

if TYPE_CHECKING:
    from rich.table import Table

COMPARE = Compare()
TUNED = ("p", "input_p", "early_stopping", "patience")  # options of a comparison that are no options here


@dataclass(frozen=True)
class RivalsOptions(Config):
    """The options: those of a comparison, but for the strengths of the methods, which are tuned.

    Attributes:
        seeds, first_seed: how many seeds, and the first. By default they are seeds whose results nobody had seen when
            the strengths were spaced (see `tries`).
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
        seeds = range(options["first_seed"], options["first_seed"] + options["seeds"])
        return [Trial("", name, seed) for seed in seeds for name in names_of(options)]

    def epochs(self, options: Options) -> int:
        return int(options["epochs"])

    def run_trial(self, options: Any, data: Dataset, trial: Trial, after_epoch: Callable[[], None]) -> dict[str, Any]:
        method = networks_of(options.optimizer, data.classes)[trial.arm]
        return train_held_back(options, data, trial.seed, method, after_epoch, hold_back=True)

    def is_complete(self, options: Options, record: Record) -> bool:
        return has_all(options, record, self.epochs(options), hold_back=True)

    def check(self, options: Options, siblings: Sequence[Record]) -> None:
        """Raise an UnfairPairError if networks of a seed differ in something else, or dropped too many or too few."""
        check_shared(siblings)
        record, methods = siblings[-1], networks_of(options["optimizer"], options["classes"])
        if (method := methods[record["arm"]]).noise == "dropout":
            rates = [method.input_p, *(method.p for _ in options["hidden"])]
            check_dropped(f"{record['arm']}, seed {record['seed']}", rates, record["dropped"])

    def analyse(self, options: Options, records: Sequence[Record]) -> Figures | None:
        """What the seeds show whose networks are all trained; None while there is none.

        Returns:
            seeds; rows: of each part, the fewest; looks: how many intervals there are in all; plain: the mean test
            score of the plain network; baseline: of a prediction that knows no inputs; methods: for each its mean test
            score, the difference from the plain network, and how often each strength was chosen; against: for each
            rival, dropout's score minus its.
        """
        seeds = [
            {arm: record for (_, arm), record in seed.items()} for seed in whole_seeds(records, len(names_of(options)))
        ]
        if not seeds:
            return None
        key, methods = headline_of(options), options["methods"]
        looks = 2 * len(methods) - 1
        plain = [seed[PLAIN_NETWORK] for seed in seeds]
        choices = {
            name: [best_of({one: seed[try_of(name, one)] for one in strengths}) for seed in seeds]
            for name, strengths in methods.items()
        }
        chosen = {
            name: [seed[try_of(name, one)] for seed, one in zip(seeds, choices[name], strict=True)] for name in methods
        }
        return {
            "seeds": len(seeds),
            "rows": fewest_rows(plain),
            "looks": looks,
            "plain": fmean(record["final"][key] for record in plain),
            "baseline": means([record["baseline"] for record in plain]),
            "methods": {
                name: {
                    "mean": fmean(record["final"][key] for record in chosen[name]),
                    "difference": difference_between(options, plain, chosen[name], looks),
                    "chosen": {one: Counter(choices[name])[one] for one in strengths},
                }
                for name, strengths in methods.items()
            },
            "against": {
                name: difference_between(options, chosen[name], chosen[DROPOUT], looks)
                for name in methods
                if name != DROPOUT
            },
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


def names_of(options: Options) -> list[str]:
    """The names of all networks of a seed."""
    tries = (try_of(name, one) for name, strengths in options["methods"].items() for one in strengths)
    return [PLAIN_NETWORK, *tries]


RIVALS = Rivals()

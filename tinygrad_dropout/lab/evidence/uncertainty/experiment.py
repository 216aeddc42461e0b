"""Networks with dropout on three problems: how sure three ways to predict are, and whether they are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tinygrad_dropout.lab.arrays import digest_of
from tinygrad_dropout.lab.comparison.training import Streams
from tinygrad_dropout.lab.evidence.uncertainty import report, words
from tinygrad_dropout.lab.evidence.uncertainty.analysis import analyze
from tinygrad_dropout.lab.evidence.uncertainty.options import SEEDS, UncertaintyOptions
from tinygrad_dropout.lab.evidence.uncertainty.picture import draw
from tinygrad_dropout.lab.evidence.uncertainty.problems import (
    GAP,
    HIDDEN,
    PLACES,
    PROBLEMS,
    TABLE,
    TEST_ROWS,
    Data,
    problem_of,
    read_data,
)
from tinygrad_dropout.lab.evidence.uncertainty.trial import is_complete, score_problem
from tinygrad_dropout.lab.trials import Draw, Experiment, Figures, Options, Record, Tell, Trial
from tinygrad_dropout.lab.trials.seeds import seeds_of

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class Uncertainty(Experiment):
    """Weight scaling, one mask and Monte Carlo on a function with a gap, on two moons, and on a table."""

    name: str = "uncertainty"
    quick: ClassVar[Mapping[str, Any]] = {"seeds": 8, "epochs": 100, "samples": 50}

    @property
    def options_class(self) -> type[UncertaintyOptions]:
        return UncertaintyOptions

    def prepare(self, options: UncertaintyOptions, tell: Tell) -> tuple[UncertaintyOptions, Data]:
        """Read the table and the splits, and fill in the number of seeds."""
        data = read_data(options)
        for sentence in data.table.notes:
            tell(sentence)
        if not data.splits:
            return replace(options, seeds=options.seeds or SEEDS), data
        left = len(data.splits) - options.config().first_seed
        if options.seeds is not None and options.seeds > left:
            tell(f"{options.seeds} seeds become {left}: there are only {len(data.splits)} given splits.")
        return replace(options, seeds=min(options.seeds or left, left)), data

    def as_json(self, options: UncertaintyOptions, data: Data) -> Options:
        """The options, and the digest of the table and its splits."""
        digest = digest_of(np.array([data.table.digest]), *data.splits)
        return options.as_json() | {"rows": len(data.table.y), "data": digest[:16]}

    def trials(self, options: Options) -> list[Trial]:
        """Every problem of the first seed, then of the next."""
        return [Trial(problem, "", seed) for seed in seeds_of(options) for problem in PROBLEMS]

    def epochs(self, options: Options) -> int:
        """The epochs of two trainings: one to choose the noise, one for the scores."""
        return 2 * int(options["epochs"])

    def run_trial(
        self, options: UncertaintyOptions, data: Data, trial: Trial, after_epoch: Callable[[], None]
    ) -> dict[str, Any]:
        """Train and score a network: see `score_problem`."""
        config, streams = options.config(), Streams.from_seed(trial.seed)
        if trial.configuration != TABLE:
            config = replace(config, hidden=HIDDEN[trial.configuration], input_p=0.0)
        problem = problem_of(trial.configuration, data, trial.seed, np.random.default_rng(streams.split))
        return score_problem(config, problem, streams, options.samples, after_epoch)

    def is_complete(self, options: Options, record: Record) -> bool:
        """Whether the record has finite scores of each method in each place."""
        return is_complete(record, list(PLACES) if record["configuration"] == GAP else [TEST_ROWS])

    def analyze(self, options: Options, records: Sequence[Record]) -> Figures | None:
        """What the records show: see `analysis.analyze`."""
        return analyze(records)

    def describe(self, options: Options, figures: Figures) -> str:
        """What was done, in one line."""
        return words.describe(options, figures)

    def tables(self, options: Options, figures: Figures) -> Sequence[Table]:
        """The scores of the regressions and of the classification, and the differences from weight scaling."""
        return report.tables(options, figures)

    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        """Whether Monte Carlo's bands are too narrow, then the other results."""
        return words.notes(options, figures)

    @property
    def pictures(self) -> Mapping[str, Draw]:
        return {"uncertainty.png": draw}


UNCERTAINTY = Uncertainty()

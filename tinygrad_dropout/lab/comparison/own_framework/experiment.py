"""The comparison, with the user's framework instead of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tinygrad_dropout.lab.comparison.arms import ARMS, method_of
from tinygrad_dropout.lab.comparison.config import AUTOMATIC, Config
from tinygrad_dropout.lab.comparison.data import draw_split
from tinygrad_dropout.lab.comparison.epochs import measured_epochs
from tinygrad_dropout.lab.comparison.experiment import Compare, record_of
from tinygrad_dropout.lab.comparison.own_framework.package import imported, sources_of
from tinygrad_dropout.lab.comparison.own_framework.training import train_own
from tinygrad_dropout.lab.comparison.tasks import task_of
from tinygrad_dropout.lab.comparison.training import Streams
from tinygrad_dropout.lab.datasets import Dataset
from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.trials import Options, Tell, Trial


@dataclass(frozen=True)
class OwnConfig(Config):
    """The options of `Config`, and the user's framework.

    Attributes:
        framework: the folder of the user's package.
    """

    framework: str = AUTOMATIC

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.early_stopping is not None:
            raise OptionError("early_stopping", f"expected none with your own framework, got {self.early_stopping!r}")

    def as_json(self) -> dict[str, Any]:
        options = super().as_json()
        del options["framework"]  # the same package can be elsewhere next time
        return options


@dataclass(frozen=True)
class OwnData:
    """What every worker needs: the data, and the source of the user's package."""

    dataset: Dataset
    sources: dict[str, str]


@dataclass(frozen=True)
class CompareOwn(Compare):
    """Networks with and without dropout, trained in pairs by the user's framework."""

    name: str = "compare-own-framework"

    @property
    def options_class(self) -> type[Config]:
        return OwnConfig

    def prepare(self, config: Config, tell: Tell) -> tuple[Config, Any]:
        """Prepare as `Compare` does, and import the package, so that anything missing is reported immediately."""
        assert isinstance(config, OwnConfig), "see `options_class`"
        folder = config.framework
        sources = sources_of(folder)
        imported(sources)
        config, dataset = super().prepare(config, tell)
        if dataset.classes is None:
            raise OptionError(
                "framework",
                "expected classes to predict, because your framework only has cross_entropy; the target is numbers",
            )
        lines = sum(bool(line.strip()) for text in sources.values() for line in text.splitlines())
        tell(f"trained by your framework in {folder}: {len(sources)} files, {lines} lines")
        return config, OwnData(dataset, sources)

    def as_json(self, config: Config, data: Any) -> Options:
        """The options of `Compare`, with the digest of the package."""
        digest = hashlib.sha256(repr(sorted(data.sources.items())).encode()).hexdigest()
        return super().as_json(config, data.dataset) | {"framework": digest[:16]}

    def run_trial(self, config: Config, data: Any, trial: Trial, after_epoch: Callable[[], None]) -> dict[str, Any]:
        """Run a trial as `Compare` does, with the user's framework."""
        streams, arm = Streams.from_seed(trial.seed), ARMS[trial.arm]
        split = draw_split(config, data.dataset, streams, hold_back=False)
        task = task_of(data.dataset.classes, split.y_train)
        measured = measured_epochs(config.epochs)
        own = imported(data.sources)
        run = train_own(own, config, task, split, streams, method_of(config, arm), after_epoch, measured)
        return record_of(run, task, split)

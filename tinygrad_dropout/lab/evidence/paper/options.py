"""The options of `lab paper`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.datasets.mnist import load_mnist
from tinygrad_dropout.lab.datasets.split import Table
from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.evidence.paper.networks import Settings

MIN_EXAMPLES = 100  # a sixth of them is held back


@dataclass(frozen=True)
class PaperOptions:
    """The options.

    Attributes:
        data_dir: the folder of MNIST's four IDX files; None to download them from OpenML.
        hidden: the units of each hidden layer.
        train_size: the number of training examples to use. Default: all 60,000.
        epochs: passes over them, the same for each network.
        choice_epochs: passes over five sixths of them, for each setting that is tried.
        seeds, first_seed: the number of networks of each kind, and the first seed.
        settings: the settings of each network by name; `Choice` chooses them.

    Raises:
        OptionError: a value is not allowed.
    """

    data_dir: str | None = None
    hidden: tuple[int, ...] = (1024, 1024, 1024)
    train_size: int | None = None
    epochs: int = 80
    choice_epochs: int = 15
    seeds: int = 3
    first_seed: int = 0
    settings: Mapping[str, Settings] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.train_size is not None and self.train_size < MIN_EXAMPLES:
            raise OptionError("train_size", f"expected at least {MIN_EXAMPLES}, got {self.train_size}")
        for name in ("epochs", "choice_epochs"):
            if getattr(self, name) < 1:
                raise OptionError(name, f"expected at least 1, got {getattr(self, name)}")
        Config(dataset="mnist", hidden=self.hidden, seeds=self.seeds, first_seed=self.first_seed)  # checks these

    def load(self) -> Table:
        """MNIST.

        Raises:
            LabError: a file is missing or damaged, or OpenML cannot be reached; or `train_size` is too large.
        """
        table = load_mnist(None if self.data_dir is None else Path(self.data_dir))
        table.check_train_size(self.size_of(table))
        return table

    def size_of(self, table: Table) -> int:
        """The number of training examples that are used."""
        return len(table.y) if self.train_size is None else self.train_size

    def as_json(self, table: Table, *left_out: str) -> dict[str, Any]:
        """The options for JSON, without those in `left_out` and the data folder."""
        given = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}
        kept = {name: value for name, value in given.items() if name not in ("data_dir", *left_out)}
        return kept | {"train_size": self.size_of(table), "data": table.digest[:16]}

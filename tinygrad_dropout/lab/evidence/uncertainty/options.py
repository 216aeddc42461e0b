"""What decides the numbers of `lab uncertainty`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.theory.options import as_dropout_rate, as_whole_number

MAX_SAMPLES = 10_000
SEEDS = 20  # without given splits
SEEN_SEEDS = frozenset(range(20))  # the function with the gap was changed after seeing their results
FIRST_UNSEEN_SEED = 100


@dataclass(frozen=True)
class UncertaintyOptions:
    """The options.

    Attributes:
        csv, target, ignore, missing: a table of numbers to predict and its columns, as in `Config`.
        splits: given test rows of that table for each seed, see `read_splits`. Default: a tenth of the rows, drawn for
            each seed.
        uci: a folder with a table and its splits, see `read_uci`. Without it and without `csv`, the table is
            scikit-learn's diabetes.
        p: the probability that a hidden unit is dropped, in all three networks.
        input_p: the probability that an input is dropped, in the table's network.
        hidden: the hidden layers of the table's network.
        epochs: passes over the training examples.
        samples: masks for Monte Carlo.
        seeds, first_seed: the number of networks of each kind, and the first seed. With given splits, a seed is the
            number of its split: by default the first is 0, and there are as many as splits. Without, the first is
            `FIRST_UNSEEN_SEED`, and there are `SEEDS`.

    Raises:
        OptionError: a value is not allowed.
    """

    csv: str | None = None
    target: str | None = None
    ignore: tuple[str, ...] = ()
    missing: str | None = None
    splits: str | None = None
    uci: str | None = None
    p: float = 0.1
    input_p: float = 0.0
    hidden: tuple[int, ...] = (50,)
    epochs: int = 400
    samples: int = 100
    seeds: int | None = None
    first_seed: int | None = None

    def __post_init__(self) -> None:
        converted = {
            "samples": as_whole_number("samples", self.samples, 2, MAX_SAMPLES),
            "p": as_dropout_rate("p", self.p, above=True, why="at 0 all masks are the same, at 1 nothing is left"),
            "input_p": as_dropout_rate("input_p", self.input_p, above=False, why="at 1 nothing is left"),
        }
        if self.uci is not None:
            for name in ("csv", "splits"):
                if getattr(self, name) is not None:
                    raise OptionError("uci", f"expected no --{name}, because the folder has its own, got both")
        if self.splits is not None and self.csv is None:
            raise OptionError("splits", "expected a CSV file (--csv) that the splits belong to, got none")
        if self.splits is not None and self.missing is not None:
            raise OptionError(
                "missing",
                f"expected none with given splits, because it would change their row numbers, got {self.missing!r}",
            )
        config = self.config()
        converted |= {name: getattr(config, name) for name in ("ignore", "hidden", "epochs", "first_seed")}
        for name, value in converted.items():
            object.__setattr__(self, name, value)

    def config(self) -> Config:
        """The options as a comparison's, which checks the others. The target is read as numbers."""
        names = ("csv", "target", "ignore", "missing")
        table: dict[str, Any] = {name: given for name in names if (given := getattr(self, name)) not in (None, ())}
        if table:
            table["regression"] = True
        first_seed = 0 if self.splits or self.uci else FIRST_UNSEEN_SEED
        return Config(
            **table, label_noise=0, p=self.p, input_p=self.input_p, hidden=self.hidden, epochs=self.epochs,
            seeds=1 if self.seeds is None else self.seeds,
            first_seed=first_seed if self.first_seed is None else self.first_seed,
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """The options for JSON, without folders, because the same files can be elsewhere next time."""
        names = {
            "csv": None if self.csv is None else Path(self.csv).name,
            "splits": None if self.splits is None else Path(self.splits).name,
            "uci": None if self.uci is None else name_of_uci(Path(self.uci)),
        }
        return asdict(self) | {"hidden": list(self.hidden), "ignore": list(self.ignore)} | names


def name_of_uci(folder: Path) -> str:
    """The name of a table whose folder is `yacht`, or `yacht/data`."""
    folder = folder.resolve()
    return folder.parent.name if folder.name == "data" else folder.name

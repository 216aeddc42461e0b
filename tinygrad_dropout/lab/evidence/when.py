"""When dropout helps, when it does nothing, and when it hurts: the same networks on several data sets and budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from tinygrad_dropout.lab import plots
from tinygrad_dropout.lab.comparison.analysis import headline_of, measures_of
from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT
from tinygrad_dropout.lab.comparison.budget import may_change
from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.report import GENERATED, number, own_test_rows
from tinygrad_dropout.lab.comparison.verdict import MIN_PAIRS, Difference, hold_together
from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.evidence.interval_picture import draw_intervals, label_verdicts
from tinygrad_dropout.lab.evidence.many import Compared, ManyComparisons
from tinygrad_dropout.lab.text import counted, listed, new_table
from tinygrad_dropout.lab.trials import Draw, Figures, Options, Outcome, Tell

if TYPE_CHECKING:
    from rich.table import Table

MNIST_1D = "mnist1d"
SETTINGS = {
    "noisy": ("noisy digits", Config()),
    "clean": ("clean digits", Config(label_noise=0)),
    "few": ("100 clean digits", Config(label_noise=0, train_size=100)),
    MNIST_1D: ("MNIST-1D", Config(dataset="mnist1d", p=0.3, input_p=0)),
    "moons": ("two moons", Config(dataset="moons")),
    "tiny": ("8-8 hidden units", Config(label_noise=0, hidden=(8, 8))),
    "short": ("5 epochs", Config(label_noise=0, epochs=5)),
}
"""By what is typed: what the setting is called, and the comparison."""

WORDS = {
    "helps": "helps with",
    "hurts": "hurts with",
    "no effect shown": "shows no effect with",
    "too few pairs": "has too few pairs for a verdict with",
    "diverged": "has no verdict, because the training diverged, with",
}


@dataclass(frozen=True)
class WhenOptions:
    """The options.

    Attributes:
        settings: some of `SETTINGS`. Default: all; but mnist1d only if its package is installed.
        seeds, first_seed: how many pairs of each setting, and the first one's seed.

    Raises:
        OptionError: a value that is not allowed.
    """

    settings: tuple[str, ...] = ()
    seeds: int = 10
    first_seed: int = 0

    def __post_init__(self) -> None:
        for name in self.settings:
            if name not in SETTINGS:
                raise OptionError("settings", f"expected some of {listed(SETTINGS)}, got {name!r}")
        self.configurations()  # which checks the seeds

    def configurations(self) -> dict[str, Config]:
        """The comparisons by the names of their settings, in the order of `SETTINGS`."""
        chosen = [both for name, both in SETTINGS.items() if name in (self.settings or SETTINGS)]
        return {name: replace(config, seeds=self.seeds, first_seed=self.first_seed) for name, config in chosen}


@dataclass(frozen=True)
class When(ManyComparisons):
    """Where dropout helps, does nothing, hurts."""

    name: str = "when"
    quick: ClassVar[Mapping[str, Any]] = {
        "seeds": 5,
        "settings": tuple(name for name in SETTINGS if name != MNIST_1D),
    }

    @property
    def options_class(self) -> type[WhenOptions]:
        return WhenOptions

    def prepare(self, options: WhenOptions, tell: Tell) -> tuple[WhenOptions, dict[str, Compared]]:
        """Leave MNIST-1D out, and say so, if it was not asked for and its package is not installed."""
        if not options.settings and find_spec("mnist1d") is None:
            tell("MNIST-1D is left out: its package is not installed (`pip install mnist1d`).")
            options = replace(options, settings=tuple(name for name in SETTINGS if name != MNIST_1D))
        return super().prepare(options, tell)

    def describe(self, options: Options, figures: Figures) -> str:
        pairs = min(found["pairs"] for found in figures.values())
        return (
            f"{counted(len(figures), 'setting')}, {counted(pairs, 'pair')} of each. Unless the setting says otherwise: "
            "500 clean digits, 256-256 hidden units, p = 0.5, inputs 0.2, 80 epochs. Noisy: 20% of the training "
            "labels are random. MNIST-1D: 4,000 signals, p = 0.3, inputs 0. Two moons: 200 points"
        )

    def tables(self, options: Options, figures: Figures) -> Sequence[Table]:
        """For each setting: both accuracies, the difference with its corrected interval, and the verdict."""
        table = new_table("setting", "without\ndropout", "with\ndropout", "difference\n(corrected)", "dropout")
        for name, found in figures.items():
            kept = options["configurations"][name]
            key, measure = headline_of(kept), measures_of(kept)[headline_of(kept)]
            both = (number(found["arms"][arm.name][key], measure.scale) for arm in (WITHOUT, WITH))
            interval = {end: found["difference"][end] for end in ("mean", "low", "high")}
            difference = Difference(
                **interval, pairs=found["pairs"], test_rows=found["rows"]["test"], measure=measure,
                looks=len(options["configurations"]),
            )  # fmt: skip
            table.add_row(name, *both, difference.brief, found["verdict"])
        return [table]

    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        groups = {
            verdict: [name for name, found in figures.items() if found["verdict"] == verdict] for verdict in WORDS
        }
        parts = [f"{WORDS[verdict]} {listed(names)}" for verdict, names in groups.items() if names]
        improving = [
            f"{name} ({' and '.join(found['improving'])})" for name, found in figures.items() if found["improving"]
        ]
        few = f"At least {MIN_PAIRS} pairs are needed for an interval."
        return [
            f"Dropout {'; it '.join(parts)}.",
            few if groups["too few pairs"] else hold_together(len(options["configurations"])),
            *may_change(improving),
            *([] if groups["too few pairs"] else scope_of({one: options["configurations"][one] for one in figures})),
        ]

    @property
    def pictures(self) -> Mapping[str, Draw]:
        return {"when.png": self.draw}

    def draw(self, outcome: Outcome, file: BinaryIO) -> None:
        """The difference that dropout makes in each setting, with its interval."""
        assert outcome.figures is not None, "a pair is finished"
        drawn = {name: found["difference"] | {"verdict": found["verdict"]}
                 for name, found in outcome.figures.items() if found["verdict"] != "diverged"}  # fmt: skip
        figure = plots.new_figure(width=10, height=2.4 + 0.45 * len(drawn))
        axes = figure.subplots()
        draw_intervals(axes, drawn)
        label_verdicts(axes, {verdict: f"dropout {verdict}" for verdict in ("helps", "hurts")} | {
            "no effect shown": "no effect shown", "too few pairs": "too few pairs"}, drawn)  # fmt: skip
        axes.set(xlabel="with dropout minus without, percentage points of test accuracy")
        plots.save(figure, file, outcome.notes[0], outcome.description, axes, columns=3)


def scope_of(configurations: Mapping[str, Options]) -> list[str]:
    """A sentence about what the intervals leave out, if they leave anything out.

    Args:
        configurations: by their names; those with test rows of their own train on all other rows.
    """
    own = [name for name, one in configurations.items() if own_test_rows(one) is not None]
    split = [name for name, one in configurations.items() if name not in own and one["dataset"] not in GENERATED]
    parts = [
        *([f"about other random splits of the same rows with {listed(split)}"] if split else []),
        *([f"only about other initial weights, orders and masks with {listed(own)}, where all pairs have the same "
           "training and test rows"] if own else []),
    ]  # fmt: skip
    return [f"The intervals are {', and '.join(parts)}."] if parts else []


WHEN = When()

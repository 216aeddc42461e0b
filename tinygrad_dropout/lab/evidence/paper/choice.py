"""The settings for each network, chosen by the errors on a validation part of the training examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_dropout.lab.datasets.split import Split, Table
from tinygrad_dropout.lab.evidence.paper.networks import CANDIDATES, RECIPES, Settings, train
from tinygrad_dropout.lab.evidence.paper.options import PaperOptions
from tinygrad_dropout.lab.text import counted, listed, new_table
from tinygrad_dropout.lab.trials import Draw, Experiment, Figures, Options, Outcome, Record, Tell, Trial

if TYPE_CHECKING:
    from rich.table import Table as Shown

VALIDATION_SHARE = 1 / 6  # of the training examples: 10,000 of 60,000
SEED = 0  # of the validation part, and of the networks that decide the choice


@dataclass(frozen=True)
class Choice(Experiment):
    """Each network with each of its candidates, trained for a while on five sixths of the training examples."""

    name: str = "paper-choice"

    @property
    def options_class(self) -> type[PaperOptions]:
        return PaperOptions

    def prepare(self, options: PaperOptions, tell: Tell) -> tuple[PaperOptions, Table]:
        return options, options.load()

    def as_json(self, options: PaperOptions, data: Table) -> Options:
        return options.as_json(data, "seeds", "first_seed", "epochs", "settings")

    def trials(self, options: Options) -> list[Trial]:
        return [Trial(str(settings), recipe.name, SEED) for recipe in RECIPES for settings in CANDIDATES[recipe.name]]

    def epochs(self, options: Options) -> int:
        return int(options["choice_epochs"])

    def run_trial(
        self, options: PaperOptions, data: Table, trial: Trial, after_epoch: Callable[[], None]
    ) -> dict[str, Any]:
        """Train one network, and count its errors on the validation part; the test set is not used."""
        recipe = next(recipe for recipe in RECIPES if recipe.name == trial.arm)
        split = held_back(data.split(options.size_of(data), np.random.default_rng(SEED)))
        return train(
            recipe,
            settings_named(trial.arm, trial.configuration),
            options.hidden,
            split,
            options.choice_epochs,
            SEED,
            after_epoch,
        )

    def is_complete(self, options: Options, record: Record) -> bool:
        return bool(record["errors"] == record["curve"][-1]["errors"])

    def analyze(self, options: Options, records: Sequence[Record]) -> Figures | None:
        """errors of each candidate; chosen: the one with the fewest (the first, if equal). None until all have run."""
        if len(records) < len(self.trials(options)):
            return None
        errors = {arm: {r["configuration"]: r["errors"] for r in records if r["arm"] == arm} for arm in CANDIDATES}
        return {"errors": errors, "chosen": {arm: min(found, key=found.__getitem__) for arm, found in errors.items()}}

    def describe(self, options: Options, figures: Figures) -> str:
        held = round(VALIDATION_SHARE * options["train_size"])
        return (
            f"MNIST: {options['train_size'] - held:,} training examples, {held:,} others for choosing; "
            f"{counted(options['choice_epochs'], 'epoch')}; one network for each candidate"
        )

    def tables(self, options: Options, figures: Figures) -> Sequence[Shown]:
        table = new_table("network", "settings", "validation errors")
        for arm, found in figures["errors"].items():
            for settings, errors in found.items():
                chosen = "chosen: " if figures["chosen"][arm] == settings else ""
                table.add_row(arm, settings, f"{chosen}{errors:,}")
        return [table]

    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        chosen = figures["chosen"]
        ends = [arm for arm, name in chosen.items() if is_at_an_end(arm, settings_named(arm, name))]
        notes = [f"Chosen: {'; '.join(f'{arm}: {name}' for arm, name in chosen.items())}."]
        if ends:
            notes.append(f"The lowest or the highest learning rate that was tried was chosen for {listed(ends)}.")
        return notes

    @property
    def pictures(self) -> Mapping[str, Draw]:
        return {}


def with_choice(options: PaperOptions, choice: Outcome) -> PaperOptions:
    """Add the settings that were chosen for each network to the options.

    Args:
        options: the options without settings.
        choice: a finished `Choice`.
    """
    assert choice.figures is not None, "it is finished"
    chosen = choice.figures["chosen"].items()
    return replace(options, settings={arm: settings_named(arm, name) for arm, name in chosen})


def settings_named(arm: str, name: str) -> Settings:
    """The candidate settings of a network with this name."""
    return next(settings for settings in CANDIDATES[arm] if str(settings) == name)


def is_at_an_end(arm: str, settings: Settings) -> bool:
    """Whether no lower, or no higher, learning rate was tried."""
    rates = [candidate.lr for candidate in CANDIDATES[arm]]
    return settings.lr in (min(rates), max(rates))


def held_back(split: Split) -> Split:
    """Split the training part: five sixths stay, and the last sixth replaces the test part."""
    kept = len(split.y_train) - round(VALIDATION_SHARE * len(split.y_train))
    return Split(split.x_train[:kept], split.y_train[:kept], split.x_train[kept:], split.y_train[kept:])


CHOICE = Choice()

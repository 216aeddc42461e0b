"""Comparisons so small that they take a moment, and made-up records for what needs no training."""

from typing import Any

from tinygrad_dropout.lab import Compare, Comparison, Config
from tinygrad_dropout.lab.comparison.arms import ARMS, WITH, WITHOUT, arms_of
from tinygrad_dropout.lab.trials import Record, Trial

SMALL: dict[str, Any] = {"dataset": "moons", "train_size": 20, "hidden": (8,), "epochs": 2, "batch_size": 8, "seeds": 2}
SMALL_OPTIONS = "--dataset moons --train-size 20 --hidden 8 --epochs 2 --batch-size 8 --seeds 2"  # the same, typed

LOSSES = {"train_loss": 0.1, "train_loss_dropout_on": 0.3, "test_loss": 0.2}
BASELINE = {"train_loss": 0.69, "train_accuracy": 0.5, "test_loss": 0.69, "test_accuracy": 0.5}


def small_config(**options: Any) -> Config:
    return Config(**{**SMALL, **options})


def small_options(classes: int | None = 2, **options: Any) -> dict[str, Any]:
    """A comparison's options as they are kept."""
    return small_config(**options).as_json() | {"classes": classes, "data": "0"}


def made_up_record(arm: str, seed: int, *test_accuracies: float, test_rows: int = 1000, **final: float) -> Record:
    """A record with these test accuracies after the epochs 1, 2, ..."""
    curve: list[dict[str, float]] = [
        {"epoch": epoch, **LOSSES, "train_accuracy": 1.0, "test_accuracy": accuracy, "test_balanced_accuracy": accuracy}
        for epoch, accuracy in enumerate(test_accuracies, 1)
    ]
    result = {
        "curve": curve,
        "final": curve[-1] | final,
        "epochs": len(curve),
        "shared": {"split": "0"},
        "dropped": [[200, 1000], [500, 1000]] if ARMS[arm].dropout else [[0, 1000], [0, 1000]],
        "rows": {"train": 20, "validation": 4 if ARMS[arm].stops_early else 0, "test": test_rows},
        "baseline": BASELINE | {"test_balanced_accuracy": 0.5},
    }
    return Trial("", arm, seed).record(result)


def made_up_pair(seed: int, without: float, with_dropout: float, **options: Any) -> list[Record]:
    """Both arms' records, of two epochs, with these test accuracies after each."""
    both = ((WITHOUT, without), (WITH, with_dropout))
    return [made_up_record(arm.name, seed, accuracy, accuracy, **options) for arm, accuracy in both]


def comparison_of(*accuracies: tuple[float, float], **options: Any) -> Comparison:
    """A comparison of two epochs, whose pairs have these test accuracies after each."""
    records = [record for seed, two in enumerate(accuracies) for record in made_up_pair(seed, *two)]
    return comparison_with(records, **{"seeds": max(2, len(accuracies)), "epochs": 2} | options)


def comparison_with(records: list[Record], **options: Any) -> Comparison:
    """A comparison that has these records."""
    outcome = Compare().outcome(small_options(**options), {}).with_records(records)
    assert isinstance(outcome, Comparison)
    return outcome


def names_of_arms(early_stopping: str | None) -> list[str]:
    return [arm.name for two in arms_of({"early_stopping": early_stopping}) for arm in two]

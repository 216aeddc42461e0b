"""Comparisons so small that they take a moment, and made-up pairs for what needs no training."""

from typing import Any

from tinygrad_dropout.lab import Config

SMALL: dict[str, Any] = {"dataset": "moons", "train_size": 20, "hidden": (8,), "epochs": 2, "batch_size": 8, "seeds": 2}
SMALL_OPTIONS = "--dataset moons --train-size 20 --hidden 8 --epochs 2 --batch-size 8 --seeds 2"  # the same, typed


def small_config(**options: Any) -> Config:
    return Config(**{**SMALL, **options})


def made_up_pair(seed: int, without: float, with_dropout: float) -> dict[str, Any]:
    """A pair of one epoch with these test accuracies."""

    def epochs(test_accuracy: float) -> list[dict[str, float]]:
        losses = {"train_loss": 0.1, "train_loss_dropout_on": 0.3, "test_loss": 0.2}
        return [{"epoch": 1, **losses, "train_accuracy": 1.0, "test_accuracy": test_accuracy}]

    return {"seed": seed, "without": epochs(without), "with": epochs(with_dropout)}

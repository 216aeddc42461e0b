"""Networks of which one is chosen: each is also measured on a validation part, which the choice may see."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from tinygrad_dropout.lab.comparison.analysis import has_diverged, headline_of, measures_of
from tinygrad_dropout.lab.comparison.budget import last_part
from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.data import draw_split
from tinygrad_dropout.lab.comparison.fairness import UnfairPairError
from tinygrad_dropout.lab.comparison.measurement import loss_and_outputs
from tinygrad_dropout.lab.comparison.methods import Method
from tinygrad_dropout.lab.comparison.tasks import task_of
from tinygrad_dropout.lab.comparison.training import Streams, train_network
from tinygrad_dropout.lab.comparison.verdict import Difference, paired_difference
from tinygrad_dropout.lab.datasets import Dataset
from tinygrad_dropout.lab.datasets.validation import MIN_EXAMPLES
from tinygrad_dropout.lab.errors import DivergedError, OptionError
from tinygrad_dropout.lab.trials import Figures, Options, Record

MEASURED = ("curve", "final", "epochs", "shared", "dropped", "rows", "baseline")
SHARED = ("split", "validation", "initial_weights", "learning_rate", "order", "updates")
ENDED_BY_EPOCHS = ("order", "updates")  # only networks that are trained for all epochs share these
NOISY_VALIDATION = "The validation labels are as noisy as the training labels; test figures use the true labels."


def check_enough_to_hold_back(train_size: int) -> None:
    """Raise an OptionError if there are too few training examples to hold a fifth back."""
    if train_size < MIN_EXAMPLES:
        raise OptionError("train_size", f"expected at least {MIN_EXAMPLES} to hold a fifth back, got {train_size}")


def train_held_back(
    config: Config,
    dataset: Dataset,
    seed: int,
    method: Method,
    after_epoch: Callable[[], None],
    *,
    hold_back: bool,
    may_diverge: bool = False,
) -> dict[str, Any]:
    """Train a network, and measure it at the end.

    Args:
        config: the options; its p and input_p are ignored.
        dataset: the data set to draw the split from.
        seed: decides everything random.
        method: the network's method against overfitting.
        after_epoch: called after each epoch.
        hold_back: whether a fifth of the training examples is the validation part.
        may_diverge: whether a loss that is no longer finite is a result instead of an error.

    Returns:
        What `Compare.run_trial` returns, except that the curve has only the measure of the verdict after the epochs of
        `last_part`, and final also has validation_loss and the validation scores. If a network may diverge and does:
        its rows, its baseline, and None as final.

    Raises:
        DivergedError: the loss is no longer a finite number.
    """
    streams = Streams.from_seed(seed)
    split = draw_split(config, dataset, streams, hold_back=hold_back)
    task = task_of(dataset.classes, split.y_train)
    held_back = 0 if split.y_validation is None else len(split.y_validation)
    data = {
        "rows": {"train": len(split.y_train), "validation": held_back, "test": len(split.y_test)},
        "baseline": task.baseline(split.y_train, split.y_test),
    }
    try:
        network, run = train_network(config, task, split, streams, method, after_epoch, last_part(config.epochs))
    except DivergedError:
        if not may_diverge:
            raise
        return data | {"final": None}
    validation = {}
    if split.x_validation is not None and split.y_validation is not None:
        loss, outputs = loss_and_outputs(network, split.x_validation, split.y_validation, task)
        scores = task.scores(outputs, split.y_validation)
        validation = {"validation_loss": loss, **{f"validation_{name}": value for name, value in scores.items()}}
    key = headline_of({"classes": dataset.classes})
    return data | {
        "curve": [{"epoch": measured["epoch"], key: measured[key]} for measured in run.curve],
        "final": run.final | validation,
        "epochs": run.epochs,
        "shared": run.shared,
        "dropped": run.dropped,
    }


def has_all(options: Options, record: Record, epochs: int, *, hold_back: bool) -> bool:
    """Whether a saved record has everything that `train_held_back` returns.

    Args:
        options: with classes.
        record: the record.
        epochs: the number of epochs that the network should train for, unless it stops early.
        hold_back: whether there should be a validation part.
    """
    final, baseline, curve = record["final"], record["baseline"], record["curve"]
    keys = (*measures_of(options), *(["validation_loss"] if hold_back else []))
    return (
        record.keys() >= set(MEASURED)
        and all(key in final for key in keys)
        and all(key in baseline for key in measures_of(options))
        and all(
            map(math.isfinite, (*final.values(), *baseline.values(), *(one[headline_of(options)] for one in curve)))
        )
        and [one["epoch"] for one in curve] == [epoch for epoch in last_part(epochs) if epoch <= record["epochs"]]
        and (record["epochs"] == epochs or "updates" not in record["shared"])  # only early stopping omits them
    )


def check_shared(records: Sequence[Record], but: Collection[str] = ()) -> None:
    """Raise an UnfairPairError if networks of one seed differ in their split, initial weights, order or updates.

    Networks that stop early have their own number of epochs, and so their own order.

    Args:
        records: the records of one seed.
        but: the names that they do not have to share.
    """
    for name in SHARED:
        sharing = [one for one in records if name not in ENDED_BY_EPOCHS or "updates" in one["shared"]]
        if name not in but and len({one["shared"].get(name) for one in sharing}) > 1:
            raise UnfairPairError(f"seed {records[0]['seed']}: expected all networks to share their {name}")


def fewest_rows(records: Sequence[Record]) -> dict[str, int]:
    """The smallest number of examples in each part."""
    return {part: min(record["rows"][part] for record in records) for part in ("train", "validation", "test")}


def best_of(tries: Mapping[str, Record]) -> str:
    """The try with the lowest validation loss; the first, if several have it."""
    return min(tries, key=lambda name: tries[name]["final"]["validation_loss"])


def difference_between(
    options: Options, before: Sequence[Record | None], after: Sequence[Record | None], looks: int
) -> Figures:
    """After minus before, seed by seed, in the measure of the verdict.

    Args:
        options: with classes.
        before, after: the records of the same seeds, in the same order; None for one whose training diverged.
        looks: the number of such differences that are looked at together.

    Returns:
        mean, low and high, or None; verdict: that of `Difference`, or `diverged` if a training diverged.
    """
    key = headline_of(options)
    pairs = [(one, other) for one, other in zip(before, after, strict=True) if one is not None and other is not None]
    if len(pairs) < len(before):
        return {"mean": None, "low": None, "high": None, "verdict": "diverged"}
    values = ([record["final"][key] for record in records] for records in zip(*pairs, strict=True))
    test_rows = min(record["rows"]["test"] for record, _ in pairs)
    found = paired_difference(*values, measure=measures_of(options)[key], test_rows=test_rows, looks=looks)
    diverged = any(has_diverged(options, record) for pair in pairs for record in pair)
    return found.interval | {"verdict": "diverged" if diverged else found.verdict}


def brief(options: Options, figures: Figures, found: Figures, looks: int) -> str:
    """A difference from `difference_between` as a table shows it; "" if it has no mean.

    Args:
        options: with classes.
        figures: with seeds, and with rows.
        found: the difference.
        looks: the number of such differences that are looked at together.
    """
    if found["mean"] is None:
        return ""
    interval = {end: found[end] for end in ("mean", "low", "high")}
    measure, test_rows = measures_of(options)[headline_of(options)], figures["rows"]["test"]
    return Difference(
        **interval, pairs=figures["seeds"], test_rows=test_rows, measure=measure, looks=looks
    ).brief  # fmt: skip


def too_few(seeds: int, fewest: int) -> str:
    """The sentence instead of a verdict."""
    return f"Too few seeds for a verdict: {seeds}; at least {fewest} are needed."

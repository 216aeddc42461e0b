"""fit: the training loop, with a history, early stopping, a schedule and progress."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from tinygrad_dropout.nn.module import Module
from tinygrad_dropout.optim import Optimizer
from tinygrad_dropout.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau
from tinygrad_dropout.training._batches import Batches
from tinygrad_dropout.training._early_stopping import EarlyStopping
from tinygrad_dropout.training._evaluation import ROWS_AT_ONCE, Batch, Loss, evaluate
from tinygrad_dropout.training._progress import ProgressLine

#: Lists with one number per epoch: "train_loss", "lr", and "validation" if there is one.
History = dict[str, list[float]]


def fit(
    model: Module,
    batches: Iterable[Batch],
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    validate: Sequence[Any] | Callable[[Module], float] | None = None,
    early_stopping: EarlyStopping | None = None,
    schedule: LRScheduler | None = None,
    before_step: Callable[[], object] | None = None,
    after_step: Callable[[], object] | None = None,
    after_epoch: Callable[[History], object] | None = None,
    progress: bool = False,
    history: History | None = None,
) -> History:
    """Train a model, epoch by epoch.

    Each epoch is one pass over the batches in training mode. After it come, in this order: validation, the schedule's
    step, early stopping, and `after_epoch`.

    Args:
        model: any Module. It is in evaluation mode afterwards, even after an error.
        batches: the batches of each epoch, usually `Batches(x, y)`. A batch is a tuple of arrays: the model gets the
            first one, and the loss gets the model's output and the others. So `Batches(x, y, weights)` calls
            `loss(model(x), y, weights)`.
        loss: a function or a module, such as `nn.CrossEntropyLoss()`, that returns a Tensor of one element: the mean
            over the batch's rows.
        optimizer: an optimizer over the model's parameters.
        epochs: the total number of epochs, including those already in `history`.
        validate: arrays to measure the loss on in evaluation mode, in the order of a batch: `(x_val, y_val)`. Or a
            function of the model that returns a number.
        early_stopping: watches the validation measure after each epoch (without validation, the train loss), and
            restores the best weights at the end.
        schedule: its `step()` is called after each epoch. ReduceLROnPlateau gets the measure. For a schedule that
            counts the optimizer's steps, pass its `step` as `after_step`.
        before_step: called before each step of the optimizer, when the gradients are ready, for example
            `lambda: optim.clip_grad_norm_(model.parameters(), 1.0)`.
        after_step: called after each step of the optimizer, for example `lambda: optim.max_norm(parameters, 3)`.
        after_epoch: called with the history after each epoch, for example to save a checkpoint. If it returns True,
            the training ends.
        progress: show the epoch, its figures and the time left on stderr.
        history: the result of an earlier call, to continue from. It is extended in place, so you have it after Ctrl-C.

    Returns:
        Lists with a number for each epoch: "train_loss" (the mean over the rows during training, with dropout on),
        "lr" (of the first parameter group), and "validation" if you passed `validate`.

    Raises:
        FloatingPointError: the loss of an epoch is not a finite number.
        ValueError: there are no batches or no epochs, or the history does not fit.
    """
    if not isinstance(epochs, int | np.integer) or epochs < 1:
        raise ValueError(f"fit: expected epochs to be a whole number of at least 1, got {epochs!r}")
    measure = measure_from(validate, loss)
    history = {} if history is None else history
    done = epochs_done(history, ["train_loss", *(["validation"] if measure else []), "lr"])
    show = ProgressLine(epochs) if progress else None
    try:
        for _ in range(done, epochs):
            if early_stopping and early_stopping.stopped:  # even before the first epoch, when a history is continued
                break
            lr = float(optimizer.param_groups[0]["lr"])
            watched = train_epoch(model.train(), batches, loss, optimizer, before_step, after_step)
            if not math.isfinite(watched):
                raise FloatingPointError(
                    f"fit: expected a finite loss, got {watched} in epoch {len(history['lr']) + 1}: try a learning "
                    f"rate below {lr:g}, or inputs scaled to about 1"
                )
            record = {"train_loss": watched, "lr": lr}
            if measure:
                watched = record["validation"] = float(measure(model.eval()))
            if isinstance(schedule, ReduceLROnPlateau):
                schedule.step(watched)
            elif schedule:
                schedule.step()
            if early_stopping:
                early_stopping.update(watched, model)
            for key, value in record.items():
                history[key].append(value)
            if show:
                show(history)
            if after_epoch and after_epoch(history) is True:
                break
    finally:
        model.eval()
        if early_stopping:
            early_stopping.restore(model)
        if show:
            show.close()
    return history


@np.errstate(over="ignore", invalid="ignore")  # `fit` raises an error for a loss that is not finite
def train_epoch(
    model: Module,
    batches: Iterable[Batch],
    loss: Loss,
    optimizer: Optimizer,
    before_step: Callable[[], object] | None = None,
    after_step: Callable[[], object] | None = None,
) -> float:
    """Train for one pass over the batches, and return the mean loss over the rows. Arguments are as for `fit`."""
    total, rows = 0.0, 0
    for x, *targets in batches:
        batch_loss = loss(model(x), *targets)
        optimizer.zero_grad()
        batch_loss.backward()
        if before_step:
            before_step()
        optimizer.step()
        if after_step:
            after_step()
        total += batch_loss.item() * len(x)
        rows += len(x)
    if not rows:
        raise ValueError("fit: expected batches, got none; with drop_last, Batches leaves out a batch that is not full")
    return total / rows


def measure_from(
    validate: Sequence[Any] | Callable[[Module], float] | None, loss: Loss
) -> Callable[[Module], float] | None:
    """Return the function with which `fit` measures a model: `validate` itself, or the loss on its arrays."""
    if validate is None or callable(validate):
        return validate
    batches = Batches(*validate, batch_size=ROWS_AT_ONCE, shuffle=False)

    @np.errstate(over="ignore", invalid="ignore")  # as in `train_epoch`: NaN is never an improvement
    def measure(model: Module) -> float:
        return evaluate(model, batches, loss)

    return measure


def epochs_done(history: History, keys: list[str]) -> int:
    """Return how many epochs a history has. It must have these lists, of equal length. An empty history gets them."""
    if not history:
        history.update({key: [] for key in keys})
    if sorted(history) != sorted(keys) or len({len(values) for values in history.values()}) != 1:
        given = {key: len(values) for key, values in history.items()}
        raise ValueError(f"fit: expected a history with lists {keys} of equal length, got these lengths: {given}")
    return len(history["lr"])

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

#: One number for each epoch: "train_loss", "lr", and "validation" if there is one.
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

    Each epoch is one pass over the batches in training mode. Then come, in this order: the validation, the schedule's
    step, early stopping, and `after_epoch`.

    Args:
        model: any Module. Afterwards it is in evaluation mode, however the training ended.
        batches: what each epoch goes through, usually `Batches(x, y)`. A batch is a tuple of arrays: the model gets the
            first one, and the loss gets the model's output and the others. So `Batches(x, y, weights)` calls
            `loss(model(x), y, weights)`.
        loss: returns a Tensor of one element, the mean over the batch's rows: `nn.CrossEntropyLoss()`, or a function.
        optimizer: over the model's parameters.
        epochs: how many in all, including those that `history` already has.
        validate: arrays to measure the loss on in evaluation mode, in the order of a batch: `(x_val, y_val)`. Or a
            function of the model that returns a number.
        early_stopping: watches the validation's measure after each epoch (the train loss if nothing is validated),
            and restores the best weights at the end.
        schedule: `step()` is called after each epoch; ReduceLROnPlateau gets the measure. For a schedule over steps,
            pass its `step` as `after_step`.
        before_step: called before each step of the optimizer, when the gradients are there, for example
            `lambda: optim.clip_grad_norm_(model.parameters(), 1.0)`.
        after_step: called after each step of the optimizer, for example `lambda: optim.max_norm(parameters, 3)`.
        after_epoch: called with the history after each epoch, for example to save a checkpoint. If it returns True,
            the training ends.
        progress: show the epoch, its figures and the time left on stderr.
        history: the result of an earlier call, to continue from. It is extended in place, so you have it after Ctrl-C.

    Returns:
        Lists with a number for each epoch: "train_loss" (the mean over the rows, as training saw them: with dropout
        on), "lr" (of the first parameter group), and "validation" if something is validated.

    Raises:
        FloatingPointError: the loss of an epoch is not a finite number.
        ValueError: no batches, no epochs, or a history that does not fit.
    """
    if not isinstance(epochs, int | np.integer) or epochs < 1:
        raise ValueError(f"fit: expected epochs to be a whole number of at least 1, got {epochs!r}")
    measure = measured_by(validate, loss)
    history = {} if history is None else history
    done = epochs_done(history, ["train_loss", *(["validation"] if measure else []), "lr"])
    show = ProgressLine(epochs) if progress else None
    try:
        for _ in range(done, epochs):
            if early_stopping and early_stopping.stopped:  # maybe before the first epoch, if it continues a history
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


@np.errstate(over="ignore", invalid="ignore")  # a loss that is not finite is an error of `fit`
def train_epoch(
    model: Module,
    batches: Iterable[Batch],
    loss: Loss,
    optimizer: Optimizer,
    before_step: Callable[[], object] | None = None,
    after_step: Callable[[], object] | None = None,
) -> float:
    """One pass over the batches; returns the mean loss over the rows. Arguments as for `fit`."""
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
        raise ValueError("fit: expected batches, got none; Batches with drop_last leaves out one that is not full")
    return total / rows


def measured_by(
    validate: Sequence[Any] | Callable[[Module], float] | None, loss: Loss
) -> Callable[[Module], float] | None:
    """What `fit` calls to measure a model: the function that it was given, or the loss on the given arrays."""
    if validate is None or callable(validate):
        return validate
    batches = Batches(*validate, batch_size=ROWS_AT_ONCE, shuffle=False)

    @np.errstate(over="ignore", invalid="ignore")  # as in `train_epoch`: NaN is never an improvement
    def measure(model: Module) -> float:
        return evaluate(model, batches, loss)

    return measure


def epochs_done(history: History, keys: list[str]) -> int:
    """How many epochs a history has. It must have these lists, of the same length; an empty one gets them."""
    if not history:
        history.update({key: [] for key in keys})
    if sorted(history) != sorted(keys) or len({len(values) for values in history.values()}) != 1:
        given = {key: len(values) for key, values in history.items()}
        raise ValueError(f"fit: expected a history with lists of one length called {keys}, got these lengths: {given}")
    return len(history["lr"])

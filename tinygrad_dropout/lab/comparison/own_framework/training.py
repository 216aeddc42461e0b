"""One training run with the user's framework; data, batches and measurements are the same as in `compare`."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout.lab.arrays import Floats, Numbers, digest_of
from tinygrad_dropout.lab.comparison.config import Config
from tinygrad_dropout.lab.comparison.measurement import ROWS_AT_ONCE, Measured
from tinygrad_dropout.lab.comparison.methods import Method
from tinygrad_dropout.lab.comparison.own_framework.package import said
from tinygrad_dropout.lab.comparison.tasks import Task
from tinygrad_dropout.lab.comparison.training import SGD_MOMENTUM, CountedBatches, Streams, TrainingRun
from tinygrad_dropout.lab.datasets.split import Split
from tinygrad_dropout.lab.errors import DivergedError, LabError


def train_own(
    own: Any,
    config: Config,
    task: Task,
    split: Split,
    streams: Streams,
    method: Method,
    after_epoch: Callable[[], None],
    measured: Collection[int],
) -> TrainingRun:
    """Train one network and measure it.

    Args:
        own: the user's framework, with its names as attributes.
        config, task, split, streams, method, after_epoch, measured: as for `training.train_network`.

    Raises:
        DivergedError: the loss is no longer finite.
        LabError: the user's code raised an error.
    """
    try:
        with counted_drops(own.Dropout) as dropped, np.errstate(all="ignore"):
            return OwnRun(own, config, task, split, streams, method).train(after_epoch, measured, dropped)
    except LabError:
        raise
    except (Exception, SystemExit) as error:
        if any(frame.startswith("framework/") for frame in files_of(error)):
            raise LabError(f"your framework raised {said(error)}") from error
        raise LabError(
            f"your framework returned something that the comparison cannot use ({said(error)}); run "
            "`tinygrad-dropout build check 10`"
        ) from error


class OwnRun:
    """One training run.

    Args:
        own, config, task, split, streams, method: as for `train_own`.
    """

    def __init__(self, own: Any, config: Config, task: Task, split: Split, streams: Streams, method: Method) -> None:
        self.own, self.config, self.task, self.split, self.method = own, config, task, split, method
        sizes = [split.x_train.shape[1], *config.hidden, task.outputs]
        masks, weights = np.random.default_rng(streams.masks), np.random.default_rng(streams.weights)
        network = own.mlp(sizes, method.p, weights)
        self.model = own.Sequential(own.Dropout(method.input_p, masks), network)
        parameters = self.model.parameters()
        self.initial_weights = digest_of(*(one.data for one in parameters))
        lr = config.learning_rate
        sgd = config.optimizer == "sgd"
        self.optimizer = own.SGD(parameters, lr=lr, momentum=SGD_MOMENTUM) if sgd else own.Adam(parameters, lr=lr)
        self.batches = CountedBatches(split, task, config.batch_size, np.random.default_rng(streams.batches))

    def train(
        self, after_epoch: Callable[[], None], measured: Collection[int], dropped: dict[int, list[int]]
    ) -> TrainingRun:
        """Train and measure all epochs."""
        curve: list[Measured] = []
        for epoch in range(1, self.config.epochs + 1):
            self.model.train()
            for x, y in self.batches:
                self.step(x, y, epoch)
            if epoch in measured:
                with kept(dropped):
                    curve.append({"epoch": epoch, **self.measure(epoch)})
            after_epoch()
        shared = {
            "split": self.split.digest(),
            "initial_weights": self.initial_weights,
            "order": self.batches.order.hexdigest(),
            "updates": self.batches.updates,
            "optimizer": type(self.optimizer).__name__,
            "learning_rate": self.config.learning_rate,
        }
        return TrainingRun(curve, curve[-1], self.config.epochs, shared, list(dropped.values()))

    def step(self, x: Floats, y: Numbers, epoch: int) -> None:
        """Make one update."""
        self.optimizer.zero_grad()
        loss = self.own.cross_entropy(self.model(self.own.Tensor(x)), y)
        if not math.isfinite(float(loss.data)):
            self.refuse(epoch)
        loss.backward()
        self.optimizer.step()

    def refuse(self, epoch: int) -> None:
        """Raise the error for a loss that is not finite."""
        raise DivergedError(
            f"{self.method.label}, the loss of your framework was no longer a finite number in epoch {epoch}: try a "
            f"learning rate below {self.config.learning_rate:g}"
        )

    def measure(self, epoch: int) -> Measured:
        """Measure as `measurement.measure` does, on a copy, so that the masks and modes of training do not change."""
        task, split, model = self.task, self.split, deepcopy(self.model)
        on, _ = self.loss_and_outputs(model, split.x_train, split.y_train)
        model.eval()
        train_loss, train_outputs = self.loss_and_outputs(model, split.x_train, split.y_train)
        test_loss, test_outputs = self.loss_and_outputs(model, split.x_test, split.y_test)
        found = {
            "train_loss": train_loss,
            "train_loss_dropout_on": on,
            f"train_{task.score}": task.scores(train_outputs, split.y_train)[task.score],
            "test_loss": test_loss,
            **{f"test_{name}": value for name, value in task.scores(test_outputs, split.y_test).items()},
        }
        if not all(map(math.isfinite, found.values())):
            self.refuse(epoch)
        return found

    def loss_and_outputs(self, model: Any, x: Floats, y: Numbers) -> tuple[float, Numbers]:
        """The mean loss over the rows, computed by our framework, and the network's outputs."""
        rows = range(0, len(x), ROWS_AT_ONCE)
        outputs = np.concatenate([model(self.own.Tensor(x[start : start + ROWS_AT_ONCE])).data for start in rows])
        return self.task.loss(td.Tensor(outputs), self.task.targets(y), "sum").item() / len(y), outputs


@contextmanager
def counted_drops(layer: Any) -> Iterator[dict[int, list[int]]]:
    """Within the context, count the nonzero elements that each layer drops in training mode.

    Args:
        layer: the user's class.

    Yields:
        for each layer, in the order of first use, the numbers of dropped elements and of all nonzero elements.
    """
    counts: dict[int, list[int]] = {}
    original = layer.forward

    def forward(self: Any, x: Any) -> Any:
        result = original(self, x)
        if self.training:
            given = np.asarray(x.data) != 0
            count = counts.setdefault(id(self), [0, 0])
            count[0] += int((given & (np.asarray(result.data) == 0)).sum())
            count[1] += int(given.sum())
        return result

    layer.forward = forward
    try:
        yield counts
    finally:
        layer.forward = original


@contextmanager
def kept(counts: dict[int, list[int]]) -> Iterator[None]:
    """Undo any counting that happens within the context."""
    before = {key: list(count) for key, count in counts.items()}
    yield
    counts.clear()
    counts.update(before)


def files_of(error: BaseException) -> list[str]:
    """The files of a traceback."""
    files, step = [], error.__traceback__
    while step is not None:
        files.append(step.tb_frame.f_code.co_filename)
        step = step.tb_next
    return files

"""The workloads: six that are timed for every contender, and two whose growth is measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from math import sqrt
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]

MOMENTUM = 0.9


@dataclass(frozen=True)
class Training:
    """One train step of an MLP: zero gradients, forward, mean cross-entropy, backward, SGD with momentum; float32.

    ReLU and then dropout follow every hidden layer; dropout on the input too where `drop_input` is above 0. Masks are
    drawn afresh at each step.

    Attributes:
        sizes: features, hidden widths, classes.
        batch: rows of the one batch that every step trains on.
        drop_input, drop_hidden: probabilities of dropping.
        lr: the learning rate, so small while timing that nothing changes over a hundred thousand steps. With a larger
            one units die, their velocities decay to denormal numbers, and multiplying these is what would be timed.
        dataset: rows to draw a fresh batch from at each step; 0 if every step trains on the same batch.
        gain: the initial weights have the variance gain / fan_in.
    """

    kind: ClassVar[str] = "training"
    title: str
    sizes: tuple[int, ...]
    batch: int
    drop_input: float = 0.0
    drop_hidden: float = 0.5
    lr: float = 1e-7
    dataset: int = 0
    gain: float = 2.0

    @property
    def rates(self) -> list[float]:
        """The probability of dropping in front of each Linear layer."""
        return [self.drop_input] + [self.drop_hidden] * (len(self.sizes) - 2)

    @property
    def parameter_bytes(self) -> int:
        """The size of all weights and biases."""
        return sum(4 * (fan_in + 1) * fan_out for fan_in, fan_out in pairwise(self.sizes))

    def parameters(self) -> list[tuple[Array, Array]]:
        """(weight (out, in), bias (out,)) of each layer, fresh arrays with the same numbers at each call."""
        rng = np.random.default_rng(0)
        layers = []
        for fan_in, fan_out in pairwise(self.sizes):
            weight = rng.standard_normal((fan_out, fan_in), dtype=np.float32) * np.float32(sqrt(self.gain / fan_in))
            layers.append((weight, np.zeros(fan_out, dtype=np.float32)))
        return layers

    def data(self) -> tuple[Array, Array]:
        """Inputs (rows, features) float32 and labels (rows,) int64: the batch, or the dataset to draw it from."""
        rng = np.random.default_rng(1)
        rows = self.dataset or self.batch
        x = rng.standard_normal((rows, self.sizes[0]), dtype=np.float32)
        return x, rng.integers(0, self.sizes[-1], size=rows)

    def comparable(self) -> Training:
        """The same workload on a few rows, without dropout and with a large learning rate, where all must agree."""
        return replace(self, batch=min(self.batch, 16), drop_input=0.0, drop_hidden=0.0, lr=0.01, dataset=0)


@dataclass(frozen=True)
class ManyParameters:
    """One train step of many small parameters: zero gradients, their sum, backward, SGD with momentum; float32.

    Attributes:
        count: how many parameters there are.
        size: numbers in each.
        lr: the learning rate, see `Training`.
    """

    kind: ClassVar[str] = "many_parameters"
    title: str
    count: int
    size: int = 10
    lr: float = 1e-7

    def parameters(self) -> list[Array]:
        """The parameters, each (size,), fresh arrays with the same numbers at each call."""
        rng = np.random.default_rng(4)
        return [rng.standard_normal(self.size, dtype=np.float32) for _ in range(self.count)]

    def comparable(self) -> ManyParameters:
        """With a learning rate that shows."""
        return replace(self, lr=0.01)


@dataclass(frozen=True)
class Chain:
    """y = y * a + b, `length` times on a vector of `size`; then the sum and its gradient for the first y.

    a and b need no gradient. The time is per node: there are two in each link.
    """

    kind: ClassVar[str] = "chain"
    title: str
    length: int
    size: int = 10

    def data(self) -> tuple[Array, Array, Array]:
        """The first y, a and b, each (size,) float32."""
        rng = np.random.default_rng(2)
        start = rng.standard_normal(self.size, dtype=np.float32)
        factor = rng.uniform(0.9, 1.0, self.size).astype(np.float32)
        return start, factor, rng.standard_normal(self.size, dtype=np.float32)

    def comparable(self) -> Chain:
        """The same."""
        return self


@dataclass(frozen=True)
class RetainedChain(Chain):
    """A `Chain` that is recorded once and walked back `walks` times, the graph retained; the gradients add up."""

    kind: ClassVar[str] = "retained_chain"
    walks: int = 10


@dataclass(frozen=True)
class DropoutAlone:
    """Dropout forward and backward: x (rows, columns) float32 needs a gradient, the upstream gradient is given."""

    kind: ClassVar[str] = "dropout"
    title: str
    rows: int
    columns: int
    p: float

    def data(self) -> tuple[Array, Array]:
        """x and the upstream gradient."""
        rng = np.random.default_rng(3)
        shape = (self.rows, self.columns)
        return rng.standard_normal(shape, dtype=np.float32), rng.standard_normal(shape, dtype=np.float32)

    def comparable(self) -> DropoutAlone:
        """Nothing is dropped."""
        return replace(self, p=0.0)


Workload: TypeAlias = Training | ManyParameters | Chain | RetainedChain | DropoutAlone
KINDS: dict[str, Callable[..., Workload]] = {
    workload.kind: workload for workload in (Training, ManyParameters, Chain, RetainedChain, DropoutAlone)
}


def as_json(workload: Workload) -> str:
    """The workload as text, for another process."""
    return json.dumps({"kind": workload.kind, **asdict(workload)})


def from_json(text: str) -> Workload:
    """The workload that `as_json` wrote."""
    fields = json.loads(text)
    make = KINDS[fields.pop("kind")]
    return make(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()})


WORKLOADS: dict[str, Workload] = {
    "W1": Training("tiny: 2-32-32-2, batch 64", (2, 32, 32, 2), 64),
    "W2": Training("digits: 64-128-128-10, batch 64", (64, 128, 128, 10), 64),
    "W3": Training("MNIST: 784-1024-1024-1024-10, batch 128", (784, 1024, 1024, 1024, 10), 128, drop_input=0.2),
    "W4": Training("wide: 784-4096-4096-10, batch 128", (784, 4096, 4096, 10), 128, drop_input=0.2),
    "W5": Chain("chain: y = y a + b, 10,000 times on 10 elements", 10_000),
    "W6a": DropoutAlone("dropout only: 128 x 1024, p = 0.5", 128, 1024, 0.5),
    "W6b": DropoutAlone("dropout only: 128 x 1024, p = 0.2", 128, 1024, 0.2),
    "W6c": DropoutAlone("dropout only: 1024 x 4096, p = 0.5", 1024, 4096, 0.5),
    "W6d": DropoutAlone("dropout only: 1024 x 4096, p = 0.2", 1024, 4096, 0.2),
}

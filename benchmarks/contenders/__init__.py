"""The contenders: one file each, with a function for each kind of workload.

    training(workload) -> step           step() does one train step and returns the loss
    many_parameters(workload) -> step    the same
    chain(workload) -> step              step() runs the chain forward and backward and returns the first y's gradient
    retained_chain(workload) -> step     the same, backward several times
    dropout(workload) -> step            step() runs dropout forward and backward and returns the gradient of x

A file without one of them is left out of those workloads. A step has done its work when it returns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from benchmarks.workloads import Workload

Step = Callable[[], Any]


@dataclass(frozen=True)
class Contender:
    """A way to write the workloads.

    Attributes:
        key: the file in this folder.
        name: what tables call it.
        needs: the package that must be installed, apart from NumPy.
        computes: False for what only does a part of the work, so that its results mean nothing.
    """

    key: str
    name: str
    needs: str = "numpy"
    computes: bool = True

    @property
    def installed(self) -> bool:
        """Whether the package is installed."""
        return find_spec(self.needs) is not None

    def step(self, workload: Workload) -> Step | None:
        """The workload's step, ready to call; None if this contender lacks the workload."""
        make = getattr(import_module(f"benchmarks.contenders.{self.key}"), workload.kind, None)
        return None if make is None else make(workload)


OURS = Contender("ours", "tinygrad_dropout")
CONTENDERS = (
    OURS,
    Contender("torch_eager", "PyTorch eager", "torch"),
    Contender("torch_best", "PyTorch at its best", "torch"),
    Contender("jax_jit", "JAX jit", "jax"),
    Contender("mygrad_tape", "MyGrad", "mygrad"),
    Contender("bare_tape", "a bare tape"),
    Contender("numpy_naive", "NumPy, naive"),
    Contender("numpy_tricks", "NumPy, every trick"),
    Contender("products_alone", "matrix products only", computes=False),
)


def by_key(key: str) -> Contender:
    """The contender with this file name."""
    return next(contender for contender in CONTENDERS if contender.key == key)

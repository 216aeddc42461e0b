"""Do all contenders compute the same? Checked with dropout off, before anything is timed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.contenders import Contender
from benchmarks.workloads import Array, Workload

STEPS = 3
TOLERANCE = 2e-3  # for float32 sums of thousands of terms in another order, after three steps


class Disagreement(Exception):
    """A contender computes something different from the others."""


def check_agreement(contenders: Sequence[Contender], workload: Workload) -> None:
    """Compare the losses of the contenders' first three train steps, or their gradients.

    The second and third loss come out right only if gradients and updates did.

    Raises:
        Disagreement: names the workload, the contenders and their figures.
    """
    results: dict[str, Array] = {}
    for contender in contenders:
        if contender.computes and (figures := computed(contender, workload)) is not None:
            results[contender.name] = figures
    for name, figures in results.items():
        first = next(iter(results))
        same_shape = figures.shape == results[first].shape
        if not (same_shape and np.allclose(figures, results[first], rtol=TOLERANCE, atol=1e-6)):
            shown = [np.array2string(array.ravel()[:4], precision=6) for array in (results[first], figures)]
            gave = f"{first} gave {shown[0]}, {name} {shown[1]}"
            raise Disagreement(f"{workload.title}: expected all to compute the same; {gave}")


def computed(contender: Contender, workload: Workload) -> Array | None:
    """The losses or gradients of the contender's first steps with dropout off; None if it lacks the workload."""
    step = contender.step(workload.comparable())
    return None if step is None else np.array([np.asarray(step()).copy() for _ in range(STEPS)])

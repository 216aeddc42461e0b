"""The matrix products of a train step and nothing else: no step in NumPy can be faster than this floor."""

from __future__ import annotations

import numpy as np

from benchmarks.contenders import Step
from benchmarks.workloads import Training


def training(workload: Training) -> Step:
    layers = []
    for index, (weight, _) in enumerate(workload.parameters()):
        x = np.ones((workload.batch, weight.shape[1]), dtype=np.float32)
        out = np.ones((workload.batch, weight.shape[0]), dtype=np.float32)
        layers.append((index, x, weight, out, out.copy(), x.copy(), np.empty_like(weight)))

    def step() -> None:
        for _, x, weight, out, _, _, _ in layers:
            np.dot(x, weight.T, out=out)
        for index, x, weight, _, grad, dx, dweight in reversed(layers):
            np.dot(grad.T, x, out=dweight)
            if index > 0:
                np.dot(grad, weight, out=dx)

    return step

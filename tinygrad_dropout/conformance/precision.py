"""float32 in, float32 out: forward and backward, in both modes. (Everything else is examined in float64.)"""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.conformance.trial import Trial


def examine_single_precision(trial: Trial) -> None:
    """`Subject` notes a dtype that changes."""
    subject = trial.subject()
    for training in (True, False):
        subject.forward(trial.numbers(4, 7, dtype=np.float32), training)
        subject.backward(trial.numbers(4, 7, dtype=np.float32), training)

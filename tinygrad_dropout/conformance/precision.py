"""float32 in, float32 out, and the same numbers as in float64, in which everything else is examined."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.conformance.trial import Trial


def examine_single_precision(trial: Trial) -> None:
    """A dtype that changes is noted by `Subject`; values that are wrong in float32 alone are noted here."""
    subject = trial.subject()
    for training in (True, False):
        x, grad = (trial.numbers(9, 17, dtype=np.float32) for _ in range(2))
        y, gx = subject.forward(x, training), subject.backward(grad, training)
        factors = (y != 0) / (1 - trial.p) if training else np.ones(x.shape)
        right = all(np.allclose(out, of * factors, rtol=1e-5, atol=0) for out, of in ((y, x), (gx, grad)))
        if not trial.log.findings and not (right and (not training or (y == 0).any())):
            problem = (
                f"with arrays of float32, {'training' if training else 'eval'} mode is wrong; in float64 it is right"
            )
            trial.log.finding("wrong-in-float32", problem, "the same in every precision")

"""p = 0 drops nothing, p = 1 drops everything, and neither divides by zero. Also invalid p and empty arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from tinygrad_dropout.conformance.examination import ORIGINAL, Examination
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.conformance.report import StopCheck
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes.dropout import edges as mistakes
from tinygrad_dropout.mistakes.dropout import layer as layer_mistakes

SHAPE = (6, 9)
NOT_PROBABILITIES = (-0.1, 1.5, float("nan"))


def examine_edges(examination: Examination) -> Iterator[Finding]:
    """p = 0 and p = 1, forward and backward; and whether the layer refuses a p that is not a probability."""
    for p in (0, 1) if examination.drops else (0,):
        yield from examine_edge(examination, p)
    accepted = [p for p in NOT_PROBABILITIES if accepts(examination, p)]
    if accepted:
        yield mistakes.ACCEPTS_BAD_P.seen(values=", ".join(map(str, accepted)))


def examine_edge(examination: Examination, p: int) -> Iterator[Finding]:
    """Examine p = 0 or p = 1. Refusing it with a ValueError is a matter of taste."""
    try:
        yield from compare_at_edge(examination, p)
    except StopCheck as stop:
        made = stop.finding.mistake is not layer_mistakes.CANNOT_BE_MADE
        if not made and isinstance(stop.__cause__, ValueError):
            yield mistakes.REFUSES[p].seen(problem=stop.finding.message, target="0" if p else "x", p=p)
        else:
            expected = "y = 0 and dL/dx = 0" if p else "y = x and dL/dx = g"
            yield mistakes.FAILS[p].seen(problem=stop.finding.message, expected=expected)


def compare_at_edge(examination: Examination, p: int) -> Iterator[Finding]:
    """Compare y and dL/dx in training mode with what they should be."""
    shape = examination.shape(*SHAPE)
    for dtype in examination.options.dtypes:
        layer = examination.layer(float(p))
        x, grad = examination.numbers(shape, dtype), examination.numbers(shape, dtype)
        found = [differs(examination, p, "y", layer.forward(x), x * (1 - p), "0" if p else "x")]
        if not examination.options.forward_only:
            found.append(differs(examination, p, "dL/dx", layer.backward(grad), grad * (1 - p), "0" if p else "g"))
        wrong = [finding for finding in found if finding is not None]
        if wrong:
            yield wrong[0]
            return


def differs(examination: Examination, p: int, what: str, out: Array, right: Array, formula: str) -> Finding | None:
    """The mistake in an array at p = 0 or p = 1; None if it is right."""
    if np.allclose(out, right, rtol=examination.tolerance(right.dtype), atol=0):
        return None
    expected = f"{what} = {formula}"
    if not np.isfinite(out).all():
        return mistakes.GIVES_NAN[p].seen(what=what, expected=expected)
    mistake = {"y": mistakes.FORWARD_WRONG, "dL/dx": mistakes.BACKWARD_WRONG}.get(what, mistakes.EVAL_WRONG)
    return mistake[p].seen(what=what, worst=float(np.abs(out - right).max()), expected=expected)


def examine_eval_at_edges(examination: Examination) -> Iterator[Finding]:
    """Eval mode at p = 0 and p = 1."""
    x = examination.numbers(examination.shape(*SHAPE))
    for p in (0, 1) if examination.drops else (0,):
        zero = p == 1 and examination.options.convention == ORIGINAL
        with suppress(StopCheck):  # refused, which `examine_edges` reports
            y = examination.layer(float(p)).forward(x, training=False)
            finding = differs(examination, p, "y in eval mode", y, 0 * x if zero else x, "0" if zero else "x")
            if finding is not None:
                yield finding


def accepts(examination: Examination, p: float) -> bool:
    """Whether a layer can be made and called with this p."""
    try:
        examination.layer(p).forward(examination.numbers(examination.shape(*SHAPE)))
    except StopCheck:
        return False
    return True


def examine_empty(examination: Examination) -> Iterator[Finding]:
    """Arrays without rows, and arrays without columns."""
    if examination.options.shapes:
        return
    for sizes in ((0, 5), (4, 0)):
        shape = (*sizes, *(3,) * (examination.options.ndim - 2))
        empty = np.empty(shape, dtype=examination.options.dtypes[-1])
        try:
            for training in (True, False):
                layer = examination.layer()
                layer.forward(empty, training)
                if not examination.options.forward_only:
                    layer.backward(empty, training)
        except StopCheck as stop:
            yield mistakes.EMPTY_FAILS.seen(shape=shape, problem=stop.finding.message)
            return

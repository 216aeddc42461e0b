"""Numbers that a shortcut may stumble over: very small and very large ones, rows of zeros, NaN and infinity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tinygrad_dropout.conformance.examination import Examination
from tinygrad_dropout.conformance.questions.backward import agrees, is_a_mask
from tinygrad_dropout.conformance.questions.layouts import drops_rightly
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes.dropout import values as mistakes

SHAPE = (9, 14)
#: What inputs and gradients are multiplied by: they stay far from the smallest and largest numbers of a precision.
EXTREMES = {"float64": (1e-35, 1e33), "float32": (1e-35, 1e33), "float16": (1e-2, 1e2)}


def examine_values(examination: Examination) -> Iterator[Finding]:
    """What happens to numbers of extreme size, to zeros and to NaN, forward and backward."""
    for look in (extreme_sizes, zeros, nans):
        found = list(look(examination))
        yield from found
        if found:
            return


def extreme_sizes(examination: Examination) -> Iterator[Finding]:
    """Numbers that are flushed to zero, or overflow, although neither they nor the result have to be."""
    if not examination.drops:  # Gaussian factors may be as near to 0 as they like, and take small numbers out of range
        return
    p, shape = examination.p, examination.shape(*SHAPE)
    for dtype in examination.options.dtypes:
        tolerance = examination.tolerance(dtype, p)
        for size in EXTREMES[dtype]:
            factor = np.dtype(dtype).type(size)
            x, grad = examination.numbers(shape, dtype) * factor, examination.numbers(shape, dtype) * factor
            layer = examination.layer()
            factors = layer.forward(x) / x
            if not drops_rightly(factors, examination.scale(p), tolerance):
                yield mistakes.SIZE.seen(what="y", array="x", size=size)
                return
            if examination.options.forward_only or not examination.drops:
                continue  # a factor near 0 would make too small a number
            if not agrees(layer.backward(grad), grad * factors, tolerance):
                yield mistakes.SIZE.seen(what="dL/dx", array="g", size=size)
                return


def zeros(examination: Examination) -> Iterator[Finding]:
    """Rows of zeros, and nothing but zeros: they are dropped from like all others, which only the gradient shows."""
    if examination.options.forward_only or not examination.drops:
        return
    p, shape = examination.p, examination.shape(*SHAPE)
    half = slice(max(1, shape[0] // 2))
    for rows, what in ((half, "rows of zeros"), (slice(None), "nothing but zeros")):
        x, grad = examination.numbers(shape), examination.numbers(shape)
        layer = examination.layer()
        stale = (layer.forward(x) != 0)[rows]
        x[rows] = 0
        layer.forward(x)
        factors = (layer.backward(grad) / grad)[rows]
        if (
            np.array_equal(factors != 0, stale)
            or not is_a_mask(factors, examination.scale(p), examination.tolerance(x.dtype, p))
            or not factors.any()
        ):
            yield mistakes.ZEROS.seen(what=what)
            return


def nans(examination: Examination) -> Iterator[Finding]:
    """NaN and infinity where an element is kept stay what they are: a user has to see them."""
    shape = examination.shape(*SHAPE)
    for value in (np.nan, np.inf):
        layer = examination.layer()
        bad = np.full(shape, value, dtype=examination.dtype)
        if np.isfinite(layer.forward(bad)).all():
            yield mistakes.HIDES.seen(value=value, array="x", what="y")
            return
        if examination.options.forward_only:
            continue
        layer.forward(examination.numbers(shape))
        if np.isfinite(layer.backward(bad)).all():
            yield mistakes.HIDES.seen(value=value, array="g", what="dL/dx")
            return

"""Numbers that shortcuts often get wrong: very small and very large values, rows of zeros, NaN and infinity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tinygrad_dropout.conformance.examination import Examination
from tinygrad_dropout.conformance.questions.backward import agrees, is_a_mask
from tinygrad_dropout.conformance.questions.layouts import drops_correctly
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes.dropout import values as mistakes

SHAPE = (9, 14)
#: Factors for inputs and gradients, which stay far from the smallest and largest numbers of the precision.
EXTREMES = {"float64": (1e-35, 1e33), "float32": (1e-35, 1e33), "float16": (1e-2, 1e2)}


def examine_values(examination: Examination) -> Iterator[Finding]:
    """What happens to numbers of extreme size, to zeros and to NaN, forward and backward."""
    for check in (extreme_sizes, zeros, nans):
        found = list(check(examination))
        yield from found
        if found:
            return


def extreme_sizes(examination: Examination) -> Iterator[Finding]:
    """Numbers that become zero or overflow although the correct result is in range."""
    if not examination.drops:  # Gaussian factors may be so near 0 that small numbers leave the range
        return
    p, shape = examination.p, examination.shape(*SHAPE)
    for dtype in examination.options.dtypes:
        tolerance = examination.tolerance(dtype, p)
        for size in EXTREMES[dtype]:
            factor = np.dtype(dtype).type(size)
            x, grad = examination.numbers(shape, dtype) * factor, examination.numbers(shape, dtype) * factor
            layer = examination.layer()
            factors = layer.forward(x) / x
            if not drops_correctly(factors, examination.scale(p), tolerance):
                yield mistakes.SIZE.seen(what="y", array="x", size=size)
                return
            if examination.options.forward_only or not examination.drops:
                continue  # a factor near 0 would make the number too small
            if not agrees(layer.backward(grad), grad * factors, tolerance):
                yield mistakes.SIZE.seen(what="dL/dx", array="g", size=size)
                return


def zeros(examination: Examination) -> Iterator[Finding]:
    """Rows of zeros, and only zeros: their elements are dropped like any others, which only the gradient shows."""
    if examination.options.forward_only or not examination.drops:
        return
    p, shape = examination.p, examination.shape(*SHAPE)
    half = slice(max(1, shape[0] // 2))
    for rows, what in ((half, "rows of zeros"), (slice(None), "only zeros")):
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
    """NaN and infinity stay visible where an element is kept, so that the user notices them."""
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

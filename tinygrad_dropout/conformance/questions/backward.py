"""Backward multiplies by exactly the forward's factors: the same mask and the same scale."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tinygrad_dropout.conformance.examination import QUICK, Examination
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.mistakes import Finding, Mistake
from tinygrad_dropout.mistakes.dropout import backward as mistakes

SHAPE, SQUARE, WIDE = (23, 17), (16, 16), (8, 64)
LARGE = (199, 331)  # more elements than 16 bits can count
CAPPED = 5  # this many entries with the same absolute value, and none larger, are no coincidence


def examine_backward(examination: Examination) -> Iterator[Finding]:
    """Compare dL/dx with g times the forward's factors: odd and square arrays, several p, every precision."""
    p, other_p = examination.p, examination.other_p
    cells = [(p, SHAPE, examination.dtype)]
    if examination.options.depth != QUICK:
        cells += [(other_p, SQUARE, examination.dtype), (p, LARGE, examination.dtype)]
        cells += [
            cell
            for dtype in examination.options.dtypes[1:]
            for cell in ((p, SQUARE, dtype), (examination.half, WIDE, dtype))
        ]
    for number, (rate, sizes, dtype) in enumerate(cells):
        shape = examination.shape(*sizes)
        where = f", {dtype}, shape {shape}" if number else ""
        found = list(compare_backward(examination, rate, shape, dtype, where))
        yield from found
        if found:
            return
    yield from compare_at_zeros(examination)


def compare_backward(
    examination: Examination, p: float, shape: tuple[int, ...], dtype: str, where: str
) -> Iterator[Finding]:
    """Run one forward and its backward, and compare."""
    layer = examination.layer(p)
    x, grad = examination.numbers(shape, dtype), examination.numbers(shape, dtype)
    y = layer.forward(x)
    before = y.copy()
    factors = before / x
    gx = layer.backward(grad)
    if not np.array_equal(y, before):
        yield mistakes.CHANGES_Y.seen()
    finding = gradient_finding(examination, p, x, before, grad, gx, factors, where=where)
    if finding is not None:
        yield finding


def gradient_finding(
    examination: Examination,
    p: float,
    x: Array,
    y: Array,
    grad: Array,
    gx: Array,
    factors: Array,
    *,
    turn: str = "",
    where: str = "",
) -> Finding | None:
    """The mistake in a gradient; None if the gradient is g times the factors."""
    tolerance = examination.tolerance(x.dtype)
    if agrees(gx, grad * factors, tolerance):
        return None
    mistake, figures = name_backward(x, y, grad, gx, factors, p, tolerance)
    return mistake.seen(turn=turn, where=where, p=p, formula=examination.formula, **figures)


def agrees(one: Array, other: Array, tolerance: float) -> bool:
    """Whether two arrays are finite and equal up to rounding."""
    return bool((np.abs(one - other) <= tolerance * np.abs(other)).all())


def name_backward(
    x: Array, y: Array, grad: Array, gx: Array, factors: Array, p: float, tolerance: float
) -> tuple[Mistake, dict[str, object]]:
    """The mistake in a wrong gradient, with its figures."""
    kept, passed = factors != 0, gx != 0
    if not np.isfinite(gx).all():
        return mistakes.NOT_FINITE, {"count": int((~np.isfinite(gx)).sum())}
    scale = np.median(factors[kept]) if kept.any() else factors.dtype.type(1)
    realized = kept.size / max(1, int(kept.sum()))
    formulas: list[tuple[Mistake, Array]] = [
        (mistakes.IDENTITY, grad),
        (mistakes.FORGETS_MASK, grad * scale),
        (mistakes.FORGETS_SCALE, grad * kept),
        (mistakes.SCALES_TWICE, grad * kept * scale**2),
        (mistakes.SCALES_BY_KEEP, grad * kept * (1 - p)),
        (mistakes.SCALES_BY_1_OVER_P, grad * kept / p),
        (mistakes.INVERTS_MASK, grad * ~kept * scale),
        (mistakes.SUBTRACTS_MASK, grad * ~kept),
        (mistakes.IGNORES_G, factors),
        (mistakes.TIMES_Y, grad * y),
        (mistakes.TIMES_X, grad * x * kept),
        (mistakes.REALIZED, grad * kept * realized),
        (mistakes.PASSES_DROPPED, np.where(kept, grad * scale, grad)),
        (mistakes.SUBTRACTS_P, grad * (kept - p)),
        (mistakes.SUBTRACTS_P_AFTER, grad * kept - p),
        (mistakes.AVERAGES_ROWS, grad * factors / len(grad)),
        (mistakes.AVERAGES_ALL, grad * factors / grad.size),
        (mistakes.WRONG_SIGN, -grad * factors),
        (mistakes.SIGN_OF_Y, grad * scale * (y > 0)),
        (mistakes.SIGN_OF_X, grad * scale * (x > 0)),
    ]
    if gx.ndim == 2 and gx.shape[0] == gx.shape[1]:
        formulas.append((mistakes.TRANSPOSED, grad * factors.T))
    for mistake, formula in formulas:
        if agrees(gx, formula, tolerance):
            figures = {"scale": scale, "square": scale**2, "keep": 1 - p, "inverse": 1 / p, "realized": realized}
            return mistake, figures
    if not passed.any():
        return mistakes.ZERO, {}
    if (passed != kept).any():
        return mistakes.ANOTHER_MASK, {"agree": float((passed == kept).mean())}
    largest = np.abs(gx).max()
    count = int((np.abs(gx) >= largest * (1 - tolerance)).sum())
    if count >= CAPPED:
        return mistakes.CLIPS, {"count": count, "value": float(largest)}
    right = grad * factors
    errors = np.abs(gx - right) / np.maximum(np.abs(right), np.finfo(gx.dtype).tiny)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(errors)), gx.shape))
    got, expected = float(gx[index]), float(right[index])
    return mistakes.WRONG, {"index": list(index), "got": got, "right": expected, "ratio": got / expected}


def compare_at_zeros(examination: Examination) -> Iterator[Finding]:
    """Where x is 0, y is 0 even if the element is kept, so a mask inferred from the output is wrong there."""
    shape, tolerance = examination.shape(*SHAPE), examination.tolerance(examination.dtype)
    layer = examination.layer()
    x, grad = examination.numbers(shape), examination.numbers(shape)
    zero = np.zeros(shape, dtype=bool)
    zero[..., ::2] = True
    x[zero] = 0
    y = layer.forward(x)
    gx = layer.backward(grad)
    if not gx[zero].any():
        yield mistakes.FROM_THE_OUTPUT.seen(count=int(zero.sum()))
        return
    factors, forward_factors = gx[zero] / grad[zero], y[~zero] / x[~zero]
    scale = float(np.median(forward_factors[forward_factors != 0]))
    elsewhere = agrees(gx[~zero], grad[~zero] * forward_factors, tolerance)
    if not elsewhere or (examination.drops and not is_a_mask(factors, scale, tolerance)):
        yield mistakes.WRONG_AT_ZEROS.seen(formula=examination.formula)


def is_a_mask(factors: Array, scale: float, tolerance: float) -> bool:
    """Whether each factor is 0 or the scale, and not all are the scale."""
    kept = factors != 0
    return not kept.all() and agrees(factors[kept], np.full(int(kept.sum()), scale), 10 * tolerance)

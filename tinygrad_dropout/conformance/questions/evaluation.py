"""Eval mode is the identity, forward and backward, and training mode works as before after it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tinygrad_dropout.conformance.examination import ORIGINAL, QUICK, Examination
from tinygrad_dropout.conformance.guarded import Array, GuardedLayer
from tinygrad_dropout.mistakes import Finding, Mistake
from tinygrad_dropout.mistakes.dropout import evaluation as mistakes

SHAPE, OTHER_SHAPE = (19, 11), (8, 21)
EVAL_CALLS = 22


def examine_eval(examination: Examination) -> Iterator[Finding]:
    """From training to eval mode and back, in every precision and with another shape."""
    dtypes = examination.options.dtypes if examination.options.depth != QUICK else examination.options.dtypes[:1]
    for dtype in dtypes:
        found = list(examine_eval_with(examination, dtype))
        yield from found
        if found:
            return
    yield from examine_fresh_eval(examination)
    if examination.options.depth != QUICK:
        yield from examine_many_evals(examination)


def examine_eval_with(examination: Examination, dtype: str) -> Iterator[Finding]:
    """Training mode, eval mode, training mode again."""
    layer, p = examination.layer(), examination.p
    shape = examination.shape(*SHAPE)
    x, grad = (examination.numbers(shape, dtype) for _ in range(2))
    before = examination.mask_of(layer.forward(x), x)
    backward = not examination.options.forward_only
    if backward:
        layer.backward(grad)
    y = layer.forward(x, training=False)
    scaled_back = False
    if not is_right(examination, y, x):
        mistake, figures = name_eval(examination, x, y)
        yield mistake.seen(p=p, **figures, **targets(examination))
        scaled_back = mistake is mistakes.SCALES_BY_KEEP
    if backward:
        gx = layer.backward(grad, training=False)
        if not is_right(examination, gx, grad) and not (scaled_back and np.allclose(gx, grad * (1 - p), rtol=1e-5)):
            mistake, figures = name_eval_backward(grad, gx, before)
            yield mistake.seen(p=p, **figures, **targets(examination))
    after = examination.mask_of(layer.forward(x), x)
    if after.all() and not before.all():
        yield mistakes.NEVER_DROPS_AGAIN.seen(p=p)
    elif np.array_equal(after, before):
        yield mistakes.OLD_MASK.seen()
    elif np.array_equal(after, examination.mask_of(layer.forward(x), x)):
        yield mistakes.REPEATS_A_MASK.seen()


def targets(examination: Examination) -> dict[str, str]:
    """What eval mode should give, as formulas."""
    original = examination.options.convention == ORIGINAL
    return {"target": "x (1 - p)" if original else "x", "target_g": "g (1 - p)" if original else "g"}


def is_right(examination: Examination, out: Array, given: Array) -> bool:
    """Whether eval mode gave the right result: exactly x, unless it has to scale."""
    if examination.options.convention == ORIGINAL:
        right = given * examination.eval_scale(examination.p)
        return bool(np.allclose(out, right, rtol=examination.tolerance(given.dtype), atol=0))
    return bool(np.array_equal(out, given))


def name_eval(examination: Examination, x: Array, y: Array) -> tuple[Mistake, dict[str, object]]:
    """The mistake in a wrong result of eval mode, with its figures."""
    p = examination.p
    if not np.isfinite(y).all():
        return mistakes.NOT_FINITE, {}
    if (y == 0).any():
        return mistakes.DROPS, {"rate": float((y == 0).mean())}
    ratio = y / x
    tolerance = examination.tolerance(x.dtype)
    for mistake, factor in (
        (mistakes.SCALES_BY_KEEP, 1 - p),
        (mistakes.SCALES_BY_INVERSE, 1 / (1 - p)),
        (mistakes.SCALES_BY_P, p),
        (mistakes.DOES_NOT_SCALE, 1.0),
    ):
        if np.allclose(ratio, factor, rtol=tolerance, atol=0) and factor != examination.eval_scale(p):
            return mistake, {"factor": factor}
    if np.allclose(ratio, examination.eval_scale(p), rtol=tolerance, atol=0):
        return mistakes.ROUNDED, {}
    return mistakes.CHANGES_X, {"low": float(ratio.min()), "high": float(ratio.max())}


def name_eval_backward(grad: Array, gx: Array, last_kept: Array) -> tuple[Mistake, dict[str, object]]:
    """The mistake in a wrong gradient of eval mode, with its figures."""
    if not gx.any():
        return mistakes.BACKWARD_ZERO, {}
    if (gx == 0).any():
        if np.array_equal(gx != 0, last_kept):
            return mistakes.BACKWARD_OLD_MASK, {}
        return mistakes.BACKWARD_DROPS, {"rate": float((gx == 0).mean())}
    return mistakes.BACKWARD_SCALES, {"factor": float(np.median(gx / grad))}


def examine_fresh_eval(examination: Examination) -> Iterator[Finding]:
    """Eval mode before any training forward, twice in a row, and with shapes that change from call to call."""
    fresh, shape = examination.layer(), examination.shape(*SHAPE)
    x = examination.numbers(shape)
    for when in ("before any training forward", "the second time"):
        y = fresh.forward(x, training=False)
        right = is_right(examination, y, x)
        if not examination.options.forward_only:
            grad = examination.numbers(shape)
            right = right and is_right(examination, fresh.backward(grad, training=False), grad)
        if not right:
            yield mistakes.DEPENDS_ON_THE_PAST.seen(when=when)
            return
    if examination.options.shapes:
        return
    other = examination.numbers(examination.shape(*OTHER_SHAPE))
    for training in (True, False, True):
        for array in (other, x):
            call_both(examination, fresh, array, training)


def call_both(examination: Examination, layer: GuardedLayer, array: Array, training: bool) -> None:
    """Call forward and, if there is one, backward, only to see whether they raise."""
    layer.forward(array, training)
    if not examination.options.forward_only:
        layer.backward(array, training)


def examine_many_evals(examination: Examination) -> Iterator[Finding]:
    """Eval mode stays the same over many calls."""
    layer = examination.layer()
    x = examination.numbers(examination.shape(3, 5))
    layer.forward(x)
    first = layer.forward(x, training=False)
    for call in range(2, EVAL_CALLS + 1):
        y = layer.forward(-x if call == 2 else x, training=False)
        if call == 2:
            if not is_right(examination, first, x):
                yield mistakes.OUTPUT_OVERWRITTEN.seen(**targets(examination))
                return
            continue
        if not is_right(examination, y, x):
            what = f"set {int((y == 0).sum())} of {y.size} elements to 0" if (y == 0).any() else "changed x"
            yield mistakes.LEAKS_LATER.seen(call=call, what=what, **targets(examination))
            return

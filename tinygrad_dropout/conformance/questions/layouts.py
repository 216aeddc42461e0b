"""Arrays with one row, one column, other numbers of axes or another memory layout are treated like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tinygrad_dropout.conformance.examination import Examination
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.conformance.questions.backward import agrees
from tinygrad_dropout.conformance.report import StopCheck
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes.dropout import edges as mistakes
from tinygrad_dropout.mistakes.dropout import structure as structure_mistakes

#: name -> the same numbers in another layout
LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "a transposed array": lambda array: np.asarray(array, order="F"),
    "every second column of a larger array": lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
    "an array with its rows reversed": lambda array: np.ascontiguousarray(array[::-1])[::-1],
}
SHAPE, ONE_ROW, ONE_COLUMN, SQUARE = (12, 18), (1, 400), (400, 1), (24, 24)


def examine_layouts(examination: Examination) -> Iterator[Finding]:
    """The same numbers in arrays that are not C-contiguous: forward, backward and eval mode."""
    shape, p = examination.shape(*SHAPE), examination.p
    for dtype in examination.options.dtypes:
        x, grad = examination.numbers(shape, dtype), examination.numbers(shape, dtype)
        for layout, arranged in list(LAYOUTS.items())[: None if dtype == examination.dtype else 1]:
            layer = examination.layer()
            y = layer.forward(arranged(x))
            factors = y / x
            if examination.drops and not drops_correctly(
                factors, examination.scale(p), examination.tolerance(dtype, p)
            ):
                yield mistakes.WRONG_FOR_LAYOUT.seen(array="x", layout=layout, what="y")
                return
            if not examination.options.forward_only:
                gx = layer.backward(arranged(grad))
                if not agrees(gx, grad * factors, examination.tolerance(dtype)):
                    yield mistakes.WRONG_FOR_LAYOUT.seen(array="g", layout=layout, what="dL/dx")
                    return
                factors = layer.forward(arranged(x)) / x
                if not agrees(layer.backward(grad), grad * factors, examination.tolerance(dtype)):
                    yield mistakes.WRONG_FOR_LAYOUT.seen(array="x", layout=f"{layout} and g in C order", what="dL/dx")
                    return
            if not agrees(
                layer.forward(arranged(x), training=False), x * examination.eval_scale(p), examination.tolerance(dtype)
            ):
                yield mistakes.WRONG_FOR_LAYOUT.seen(array="x", layout=layout, what="y in eval mode")
                return


def drops_correctly(factors: Array, scale: float, tolerance: float) -> bool:
    """Whether every factor is 0 or the scale, with some of each."""
    kept = factors != 0
    return bool(kept.any() and not kept.all() and agrees(factors[kept], np.full(int(kept.sum()), scale), tolerance))


def examine_single_rows(examination: Examination) -> Iterator[Finding]:
    """A batch of one row, rows of one element, and a square array."""
    if examination.options.shapes or examination.options.shared_axes:
        return
    p = examination.p
    for shape in (examination.enlarged(ONE_ROW, 1), examination.enlarged(ONE_COLUMN), examination.enlarged(SQUARE)):
        x, grad = examination.numbers(shape), examination.numbers(shape)
        layer = examination.layer()
        y = layer.forward(x)
        factors = y / x
        kept = examination.mask_of(y, x)
        if kept.all() or not kept.any():
            what = "nothing" if kept.all() else "everything"
            yield structure_mistakes.BY_SIZE.seen(shape=shape, what=what, often="")
            return
        if kept.shape == kept.T.shape and np.array_equal(kept, kept.T):
            yield structure_mistakes.SYMMETRIC.seen(shape=shape)
            return
        if examination.drops and not drops_correctly(factors, examination.scale(p), examination.tolerance(x.dtype, p)):
            yield mistakes.ONE_ROW.seen(shape=shape, what="y is wrong")
            return
        if not examination.options.forward_only:
            gx = layer.backward(grad)
            if not agrees(gx, grad * factors, examination.tolerance(x.dtype)):
                yield mistakes.ONE_ROW.seen(shape=shape, what="dL/dx is wrong")
                return


def examine_other_axes(examination: Examination) -> Iterator[Finding]:
    """Arrays with one, three and four axes: forward, backward and eval mode."""
    if examination.options.shapes or examination.options.shared_axes:
        return
    main, second = examination.dtype, examination.options.dtypes[-1]
    for shape, p, dtype in (
        ((300,), examination.p, main),
        ((5, 6, 7), examination.p, main),
        ((4, 6, 16), examination.half, second),
        ((3, 4, 5, 6), examination.p, main),
    ):
        finding = compare_with_axes(examination, examination.enlarged(shape), p, dtype)
        if finding is not None:
            yield finding
            return


def compare_with_axes(examination: Examination, shape: tuple[int, ...], p: float, dtype: str) -> Finding | None:
    """The mistake for an array of this shape; None if there is none."""
    x, grad = examination.numbers(shape, dtype), examination.numbers(shape, dtype)
    tolerance = examination.tolerance(dtype, p)
    layer = examination.layer(p)
    try:
        y = layer.forward(x)
    except StopCheck as stop:
        return structure_mistakes.TWO_AXES_ONLY.seen(shape=shape, problem=stop.finding.message)
    factors = y / x
    if examination.drops and not drops_correctly(factors, examination.scale(p), tolerance):
        kept = y != 0
        what = "nothing" if kept.all() else "everything" if not kept.any() else "a fraction other than p"
        return structure_mistakes.BY_AXES.seen(shape=shape, what=what)
    if not examination.options.forward_only and not agrees(layer.backward(grad), grad * factors, tolerance):
        return structure_mistakes.BACKWARD_BY_AXES.seen(shape=shape)
    if not agrees(layer.forward(x, training=False), x * examination.eval_scale(p), tolerance):
        return structure_mistakes.EVAL_BY_AXES.seen(shape=shape)
    return None

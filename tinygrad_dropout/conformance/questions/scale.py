"""Kept elements are divided by exactly 1 - p. Other factors are compared with known mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import sqrt

import numpy as np

from tinygrad_dropout.conformance.examination import ORIGINAL, Examination
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.conformance.observation import Observation
from tinygrad_dropout.conformance.report import StopCheck
from tinygrad_dropout.mistakes import Finding, Mistake
from tinygrad_dropout.mistakes.dropout import edges as edge_mistakes
from tinygrad_dropout.mistakes.dropout import layer as layer_mistakes
from tinygrad_dropout.mistakes.dropout import scale as mistakes

#: Wrong scales and their formulas. The first formula that fits names the mistake.
WRONG_SCALES: tuple[tuple[Mistake, Callable[[float], float]], ...] = (
    (mistakes.MISSING, lambda p: 1.0),
    (mistakes.INVERTED, lambda p: 1 / (1 - p)),
    (mistakes.IS_1_OVER_P, lambda p: 1 / p),
    (mistakes.IS_1_MINUS_P, lambda p: 1 - p),
    (mistakes.IS_P, lambda p: p),
    (mistakes.TWICE, lambda p: 1 / (1 - p) ** 2),
    (mistakes.SQUARE_ROOT, lambda p: 1 / sqrt(1 - p)),
    (mistakes.IS_1_PLUS_P, lambda p: 1 + p),
)
Figures = dict[str, float | str]
CAPPED = 20  # this many elements with the same absolute value, and none larger, are no coincidence


def examine_scale(examination: Examination) -> Iterator[Finding]:
    """Name a wrong scale, from forwards with different p and different arrays."""
    observations = examination.observations
    wrong = [
        each for each in observations if relative_error(examination, each) > examination.tolerance(each.x.dtype, each.p)
    ]
    if wrong:
        yield name_scale(examination, wrong, observations)
        return
    error = max((relative_error(examination, each) for each in observations if each.x.dtype == np.float64), default=0.0)
    if error > 1e-12:
        yield mistakes.SINGLE_PRECISION.seen(error=error, formula=examination.formula)


def relative_error(examination: Examination, observed: Observation) -> float:
    """The largest relative error of a forward's factors."""
    return float(np.abs(observed.factors.astype(np.float64) / examination.scale(observed.p) - 1).max())


def name_scale(examination: Examination, wrong: list[Observation], observations: Sequence[Observation]) -> Finding:
    """Name the formula that fits the first wrong scale."""
    observed = wrong[0]
    p = observed.p
    figures: Figures = {"p": p, "scale": observed.scale, "right": examination.scale(p), "formula": examination.formula}
    if not any(bad.x.flags.c_contiguous for bad in wrong) and len(wrong) < len(observations):
        return edge_mistakes.WRONG_FOR_LAYOUT.seen(array="x", layout="a transposed array", what="y")
    if np.ptp(observed.factors) > examination.tolerance(observed.x.dtype, p) * abs(observed.scale):
        return name_varying_scale(observed, figures)
    fitting = (mistake for mistake, compute in WRONG_SCALES if close(observed.scale, compute(p), p))
    named = next(fitting, None)
    rate = observed.dropped_rate
    if named is mistakes.IS_1_OVER_P and abs(rate - (1 - p)) < 0.05:
        return mistakes.P_IS_KEEP.seen(rate=rate, **figures)
    if named is mistakes.TWICE and abs(rate - (1 - (1 - p) ** 2)) < 0.04:
        return mistakes.DROPS_TWICE.seen(rate=rate, **figures)
    if named is mistakes.MISSING and scales_in_eval(examination, observed):
        return mistakes.ORIGINAL.seen(keep=1 - p, **figures)
    if named is not None:
        return named.seen(**figures)
    return name_unknown_scale(wrong, observations, figures)


def name_varying_scale(observed: Observation, figures: Figures) -> Finding:
    """Name why the kept elements of one forward have different factors."""
    largest = float(np.abs(observed.y).max())
    count = int((np.abs(observed.y) >= largest * (1 - 1e-6)).sum())
    if count >= CAPPED:
        return layer_mistakes.IS_CLIPPED.seen(count=count, value=largest)
    spread = {"low": float(observed.factors.min()), "high": float(observed.factors.max()), **figures}
    for axis, line in ((-1, "row"), (0, "column")) if observed.kept.ndim > 1 else ():
        by_line = observed.kept.shape[axis] / np.maximum(observed.kept.sum(axis=axis, keepdims=True), 1)
        if np.allclose(observed.y, observed.x * observed.kept * by_line, rtol=1e-5):
            return mistakes.REALIZED_BY_ROW.seen(line=line, **spread)
    return mistakes.VARIES.seen(where=observed.where, **spread)


def name_unknown_scale(wrong: list[Observation], observations: Sequence[Observation], figures: Figures) -> Finding:
    """Name a scale that is not a formula of p only."""
    observed = wrong[0]
    p = observed.p
    if close(observed.scale, observed.kept.size / int(observed.kept.sum()), p):
        return mistakes.REALIZED.seen(**figures)
    measures: tuple[tuple[str, Callable[[Array], float]], ...] = (
        ("sum", lambda a: float(a.sum(dtype=np.float64))),
        ("norm", lambda a: float(np.linalg.norm(a))),
        ("variance", lambda a: float(a.var(dtype=np.float64))),
        ("largest absolute value", lambda a: float(np.abs(a).max())),
    )
    for what, measure in measures:
        if close(measure(observed.y), measure(observed.x), p):
            return mistakes.DEPENDS_ON_X.seen(measure=what, **figures)
    constant = next((other for other in observations if other.p != p and close(other.scale, observed.scale, p)), None)
    if constant is not None and observed is observations[0]:
        return mistakes.IGNORES_P.seen(other_p=constant.p, **figures)
    right = [other for other in observations if all(other is not bad for bad in wrong)]
    if right:
        if all(abs(bad.p - 0.5) > 0.4 for bad in wrong):
            fine = sorted({other.p for other in right if abs(other.p - 0.5) <= 0.4})
            return mistakes.WRONG_NEAR_THE_ENDS.seen(fine=", ".join(map(str, fine)), **figures)
        if any(other.p == p for other in right):
            return mistakes.DEPENDS_ON_THE_ARRAY.seen(where=observed.where, **figures)
    if abs(observed.scale / float(figures["right"]) - 1) < 0.01:
        return mistakes.ROUNDED.seen(**figures)
    return mistakes.WRONG.seen(**figures)


def scales_in_eval(examination: Examination, observed: Observation) -> bool:
    """Whether eval mode multiplies by 1 - p."""
    if examination.options.convention == ORIGINAL:
        return False
    x = observed.x[:2]
    try:
        y = examination.layer(observed.p).forward(x, training=False)
    except StopCheck:
        return False
    return bool(np.allclose(y, x * (1 - observed.p), rtol=1e-5, atol=0))


def close(one: float, other: float, p: float) -> bool:
    """Whether two scales are the same up to rounding in float32."""
    return abs(one - other) <= 1e-6 * max(1, p / (1 - p)) * abs(other)

"""Kept elements are divided by 1 - p, exactly; what else they are multiplied by has a name."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np

from tinygrad_dropout.conformance.report import Log, Violation
from tinygrad_dropout.conformance.seen import SAME, Seen
from tinygrad_dropout.conformance.subject import Array
from tinygrad_dropout.conformance.trial import Trial

#: A wrong scale has a code, a formula and a way to compute it. The first that fits names it.
WRONG_SCALES: list[tuple[str, str, Callable[[float], float]]] = [
    ("scale-missing", "1", lambda p: 1.0),
    ("scale-is-1/p", "1/p", lambda p: 1 / p),
    ("scale-is-1-p", "1 - p", lambda p: 1 - p),
    ("scale-is-p", "p", lambda p: p),
    ("scale-applied-twice", "1/(1 - p)²", lambda p: 1 / (1 - p) ** 2),
    ("scale-is-a-square-root", "1/sqrt(1 - p)", lambda p: 1 / sqrt(1 - p)),
    ("scale-is-1+p", "1 + p", lambda p: 1 + p),
]

UNKNOWN = "no formula that is known here"


def examine_scale(trial: Trial, seen: Seen, other: Seen) -> None:
    """Name what is wrong with the scale, in two forwards that differ in p."""
    errors = [float(np.abs(ratios(one) * (1 - one.p) - 1).max()) for one in (seen, other)]
    error = max(errors)
    if error > SAME:
        name_scale(trial, *((seen, other) if errors[0] > SAME else (other, seen)))
    elif error > 1e-12:
        problem = f"the scale is off by {error:.1g} of its value with x in float64: it was computed in float32"
        trial.log.remark("scale-in-single-precision", problem, "1/(1 - p) in the precision of x")


def ratios(seen: Seen) -> Array:
    """What each kept element was multiplied by."""
    return np.asarray(seen.y[seen.kept] / seen.x[seen.kept])


def name_scale(trial: Trial, seen: Seen, other: Seen) -> None:
    """Say which wrong formula fits the scale of the first of two forwards."""
    p, scale, log = seen.p, seen.scale, trial.log
    expected = f"x {1 / (1 - p):.4g} = 1/(1 - p), with p the probability of dropping"
    if np.ptp(ratios(seen)) > SAME * abs(scale):
        name_varying_scale(seen, log, expected)
        return
    fitting = ((code, formula) for code, formula, compute in WRONG_SCALES if close(scale, compute(p)))
    code, formula = next(fitting, ("scale-is-wrong", UNKNOWN))
    seen_as = f"the elements that were kept are multiplied by {scale:.6g} = {formula} at p = {p}"
    if code == "scale-is-1/p" and abs(seen.dropped_rate - (1 - p)) < 0.05:
        code = "p-is-taken-for-the-probability-of-keeping"
        seen_as += f", and {seen.dropped_rate:.3f} of all are dropped"
    elif code == "scale-applied-twice" and abs(seen.dropped_rate - (1 - (1 - p) ** 2)) < 0.04:
        code = "drops-twice"
        seen_as += f", and {seen.dropped_rate:.3f} = 1 - (1 - p)² of all are dropped: two masks in a row"
    elif code == "scale-missing" and scales_in_eval(trial):
        code = "original-scheme"
        seen_as += f", and in eval mode all are multiplied by {1 - p:.4g} = 1 - p: the scheme of 2012"
    elif code == "scale-is-wrong":
        code, seen_as = name_unknown_scale(seen, other, seen_as)
    log.finding(code, seen_as, expected)


def name_varying_scale(seen: Seen, log: Log, expected: str) -> None:
    """Say why kept elements of one forward are multiplied by different numbers."""
    ratio = ratios(seen)
    spread = f"between {ratio.min():.4g} and {ratio.max():.4g}"
    by_row = seen.kept.shape[1] / np.maximum(seen.kept.sum(axis=1, keepdims=True), 1)
    if np.allclose(seen.y, seen.x * seen.kept * by_row, rtol=SAME):
        what = f"each row's kept elements are multiplied by its own size/kept, {spread}"
        log.finding("scale-from-the-realised-rate", what, expected)
    else:
        log.finding("scale-varies", f"the elements that were kept are multiplied by numbers {spread}", expected)


def name_unknown_scale(seen: Seen, other: Seen, seen_as: str) -> tuple[str, str]:
    """Code and message for a scale that no formula of p alone gives."""
    if close(seen.scale, seen.kept.size / int(seen.kept.sum())):
        problem = f"the elements that were kept are multiplied by {seen.scale:.6g} = size/kept of this very mask"
        return "scale-from-the-realised-rate", problem
    for what, measure in (("sum", np.sum), ("norm", np.linalg.norm)):
        if close(float(measure(seen.y)), float(measure(seen.x))):
            problem = f"the elements that were kept are multiplied by {seen.scale:.6g}, so that y has the {what} of x"
            return "scale-depends-on-x", problem
    if close(other.scale, seen.scale):
        problem = f"the elements that were kept are multiplied by {seen.scale:.6g} at p = {seen.p} and {other.p}"
        return "scale-ignores-p", problem
    if abs(seen.scale * (1 - seen.p) - 1) < 0.01:
        return "scale-is-rounded", seen_as.replace(UNKNOWN, "1/(1 - p) with few digits")
    return "scale-is-wrong", seen_as


def scales_in_eval(trial: Trial) -> bool:
    """Whether eval mode multiplies by 1 - p."""
    x = trial.numbers(5, 7)
    try:
        y = trial.subject().forward(x, training=False)
    except Violation:
        return False
    return bool(np.allclose(y, x * (1 - trial.p), rtol=SAME))


def close(one: float, other: float) -> bool:
    """Whether two scales are the same up to rounding in float32."""
    return abs(one - other) <= SAME * abs(other)

"""Eval mode is the network without dropout, and nothing is scaled twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tinygrad_dropout.conformance.model.examination import ModelExamination, rate_of
from tinygrad_dropout.conformance.model.questions.modes import difference, words
from tinygrad_dropout.conformance.model.trace import Array, Call, RunOptions, Trace, close, listed, quoted
from tinygrad_dropout.mistakes import Finding, Mistake
from tinygrad_dropout.mistakes import models as mistakes

TOLERANCE = 1e-3


def examine_layers_scale(examination: ModelExamination) -> Iterator[Finding]:
    """Each layer's output has the same mean in both modes."""
    evals = {call.place: call for call in examination.evaluation[0].calls if call.visible}
    for rows in examination.visible_places:
        call = rows[0][0]
        other = evals.get(call.place)
        train = scale_of_kept([call for row in rows for call in row])
        everywhere = constant(other.factors[other.shown]) if other is not None and not other.dropped.any() else None
        if train is None or everywhere is None or call.p is None or not any(first.dropped.any() for first in rows[0]):
            continue
        keeps = likely_keeps(rows, call.p)
        if all(abs(everywhere - keep * train) > TOLERANCE * max(everywhere, 1) for keep in keeps):
            mistake = name_scales(train, everywhere, keeps[0])
            yield mistake.seen(train=train, eval=everywhere, p=call.p, **words([call]))


def name_scales(train: float, everywhere: float, keep: float) -> Mistake:
    """Which mistake it is if the means of a layer's two modes differ."""
    if abs(train - 1) < TOLERANCE and abs(everywhere - 1) < TOLERANCE:
        return mistakes.NEVER_SCALED
    if abs(train * keep - 1) < TOLERANCE and abs(everywhere - 1) > TOLERANCE:
        return mistakes.SCALED_TWICE
    return mistakes.SCALES_DISAGREE


def likely_keeps(rows: list[list[Call]], p: float) -> list[float]:
    """The probability of keeping: 1 - p, or p by another convention; both if the rate fits neither."""
    seen, margin = rate_of([call for row in rows for call in row])
    fitting = [keep for keep in (1 - p, p) if abs(seen - (1 - keep)) <= margin]
    return fitting[:1] or [1 - p, p]


def scale_of_kept(calls: list[Call]) -> float | None:
    """The factor of the kept elements; None if they have different factors."""
    kept = [call.factors[(call.factors != 0) & call.shown] for call in calls]
    return constant(np.concatenate(kept)) if kept else None


def constant(factors: Array) -> float | None:
    """The value that all factors have; None if they differ or there are none."""
    factors = factors.ravel()
    if factors.size == 0 or not np.isfinite(factors).all():
        return None
    middle = float(np.median(factors))
    return middle if bool(np.allclose(factors, middle, rtol=TOLERANCE, atol=0)) else None


def examine_scale_outside(examination: ModelExamination) -> Iterator[Finding]:
    """With dropouts removed, training mode (except batch norm) computes the same as eval mode."""
    subject = examination.subject
    taken_out = RunOptions(change=lambda call: 1.0, without_hidden=True, inputs=True)
    evaluated = examination.run(False, taken_out)
    subject.set_mode(True)
    for module in subject.named.values():
        if subject.is_batch_norm(module):
            module.training = False
    trained = subject.run(taken_out)
    if trained.draws and not evaluated.draws:
        drew = listed(f"{function} in {quoted(key)}" for function, key in trained.draws)
        examination.not_checked.append(
            f"eval mode compared with the network without dropout: it also draws from {drew}"
        )
        return
    met = first_difference(evaluated, trained)
    if met is None:
        return
    where, a, b = met
    factor = constant(np.divide(a, b, out=np.zeros_like(a), where=b != 0)[b != 0]) if a.shape == b.shape else None
    formula = formula_of(factor, [call.p for call in examination.training[0].calls if call.should_drop])
    if factor is not None and formula:
        yield mistakes.SCALED_OUTSIDE.seen(where=where, factor=factor, formula=formula)
    else:
        yield mistakes.EVAL_DIFFERS.seen(where=where, difference=difference([a], [b]))


def first_difference(one: Trace, other: Trace) -> tuple[str, Array, Array] | None:
    """The first input of a module, or else the output, that differs between two traces."""
    if [visit.key for visit in one.visits] == [visit.key for visit in other.visits]:
        for visit, again in zip(one.visits, other.visits, strict=True):
            for a, b in zip(visit.x, again.x, strict=False):
                if not close(a, b, 1e-4):
                    return f"the input of {quoted(visit.key)}", a, b
    for a, b in zip(one.outputs, other.outputs, strict=False):
        if not close(a, b, 1e-4):
            return "the output", a, b
    return None


def formula_of(factor: float | None, rates: list[float | None]) -> str:
    """The factor as a formula of one of the model's values of p; "" if none fits."""
    for p in rates:
        if factor is None or p is None:
            continue
        for text, value in (("1 - p", 1 - p), ("1/(1 - p)", 1 / (1 - p)), ("p", p), ("1/p", 1 / p)):
            if abs(factor - value) < TOLERANCE * value:
                return f"{text} for p = {p:.4g}"
    return ""

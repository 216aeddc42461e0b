"""Two layers share nothing: neither masks, nor modes, nor p."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tinygrad_dropout.conformance.examination import QUICK, Examination
from tinygrad_dropout.conformance.guarded import Array, GuardedLayer
from tinygrad_dropout.conformance.questions.backward import SHAPE, agrees
from tinygrad_dropout.conformance.statistics import SIGMAS, correlation_deviation, rate_deviation, sigma_threshold
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes.dropout import calls as mistakes

FAR_RATE = 0.95  # far from every p that an examination uses


def examine_two_layers(examination: Examination) -> Iterator[Finding]:
    """Whether making and using one layer affects another."""
    shape = examination.shape(*SHAPE)
    one, other = examination.layer(), examination.layer()
    x = examination.numbers(shape)
    finding = next(related_layers(examination, one, other, x), None)
    if finding is not None:
        yield finding
        return
    if not examination.options.forward_only:
        grad = examination.numbers(shape)
        factors = one.forward(x) / x
        other.forward(examination.numbers(shape))
        if not agrees(one.backward(grad), grad * factors, examination.tolerance(x.dtype)):
            yield mistakes.SHARED_MASK.seen()
    if examination.drops:
        yield from shared_rate(examination, one, x)
    one.set_training(False)
    if examination.mask_of(other.forward(x), x).all():
        yield mistakes.SHARED_MODE.seen()


def related_layers(examination: Examination, one: GuardedLayer, other: GuardedLayer, x: Array) -> Iterator[Finding]:
    """Layers whose masks are not independent: two layers, three in a row, and two with the same generator."""

    def draws(layer: GuardedLayer, calls: int) -> list[Array]:
        return [examination.options.draws_in(examination.mask_of(layer.forward(x), x)) for _ in range(calls)]

    quick = examination.options.depth == QUICK
    calls = 1 if quick else 3
    theirs = draws(other, calls)
    yield from related_masks(draws(one, calls), theirs)
    if not quick:
        yield from related_masks(theirs, draws(examination.layer(), calls))  # only two of the three may be related
        rng = np.random.default_rng(examination.seed)
        first, second = (draws(examination.layer(rng=rng), 1)[0] for _ in range(2))
        if np.array_equal(first, second):
            yield mistakes.COPIES_THE_GENERATOR.seen()


def related_masks(ours: list[Array], theirs: list[Array]) -> Iterator[Finding]:
    """Masks that another layer also has, in the same call or another one, or masks that depend on each other."""
    for call, mask in enumerate(ours, start=1):
        for other_call, other in enumerate(theirs, start=1):
            if np.array_equal(mask, other):
                yield mistakes.SAME_IN_EVERY_LAYER.seen(call=call, other=other_call)
            elif abs(correlation_deviation(mask, other)) > sigma_threshold(len(ours) * len(theirs)):
                agree = float((mask == other).mean())
                yield mistakes.LAYERS_DEPEND.seen(call=call, other=other_call, agree=agree)


def shared_rate(examination: Examination, one: GuardedLayer, x: Array) -> Iterator[Finding]:
    """Whether a layer takes on the p of a layer that was made after it."""
    p, other_p = examination.p, examination.other_p if examination.options.rates else FAR_RATE
    if p == other_p:
        return
    examination.layer(other_p)
    kept = examination.mask_of(one.forward(x), x)
    draws = examination.options.draws_of(x.shape)
    dropped = round((1 - float(kept.mean())) * draws)
    if abs(rate_deviation(dropped, draws, p)) > SIGMAS > abs(rate_deviation(dropped, draws, other_p)):
        yield mistakes.SHARED_P.seen(p=p, other_p=other_p, rate=dropped / draws)

"""In training mode every call of every dropout draws its own mask, and drops with probability p."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import log

import numpy as np

from tinygrad_dropout.conformance.model.examination import (
    CHANCE,
    FORWARDS,
    ModelExamination,
    rate_of,
    unlikely_to_agree,
)
from tinygrad_dropout.conformance.model.questions.modes import words
from tinygrad_dropout.conformance.model.random_state import seed_everything
from tinygrad_dropout.conformance.model.trace import Array, Call, listed, same
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes import models as mistakes


def examine_reseeding(examination: ModelExamination) -> Iterator[Finding]:
    """A forward leaves each generator in a state that depends on its previous state."""
    ends = []
    for seed in (1, 2):
        seed_everything(examination.seed + seed)
        before = [source.fingerprint() for source in examination.subject.sources()]
        examination.run(True)
        after = [source.fingerprint() for source in examination.subject.sources()]
        ends.append((before, after))
    (before, after), (other_before, other_after) = ends
    states = zip(examination.subject.sources(), before, after, other_before, other_after, strict=False)
    reset = [source.name for source, a, b, c, d in states if a != b and b == d and a != c]
    if reset:
        yield mistakes.RESEEDS.seen(sources=listed(reset), is_="is" if len(reset) == 1 else "are")


def examine_masks_vary(examination: ModelExamination) -> Iterator[Finding]:
    """Every dropout drops something, and none uses a mask twice."""
    frozen: list[Call] = []
    nothing: list[Call] = []
    for rows in examination.visible_places:
        first = rows[0]
        if all_agree(rows):
            (frozen if any(call.changes for call in first) else nothing).append(first[0])
        elif (pair := repeated(rows)) is not None:
            yield mistakes.COME_AGAIN.seen(earlier=pair[0] + 1, later=pair[1] + 1, **words(first))
    if frozen:
        yield mistakes.FROZEN.seen(count=FORWARDS, **words(frozen))
    if nothing:
        yield mistakes.DROPS_NOTHING.seen(count=FORWARDS, p=nothing[0].p, **words(nothing))


def all_agree(rows: list[list[Call]]) -> bool:
    """Whether all forwards used the same factors, and not by chance."""
    return unlikely_to_agree(rows[0], FORWARDS - 1) and all(agree(rows[0], row) for row in rows[1:])


def repeated(rows: list[list[Call]]) -> tuple[int, int] | None:
    """Two forwards that used the same factors, and not by chance."""
    if not unlikely_to_agree(rows[0]):
        return None
    pairs = combinations(range(len(rows)), 2)
    return next(((i, j) for i, j in pairs if agree(rows[i], rows[j])), None)


def agree(one: list[Call], other: list[Call]) -> bool:
    """Whether two forwards' calls dropped the same elements and scaled the others equally."""
    return len(one) == len(other) and all(equal_masks(a, b) for a, b in zip(one, other, strict=True))


def equal_masks(one: Call, other: Call) -> bool:
    """Whether two calls used the same factors, as far as both inputs show them."""
    if one.x is None or other.x is None or one.x.shape != other.x.shape:
        return False
    shown = one.shown & other.shown
    return bool(np.allclose(one.factors[shown], other.factors[shown], rtol=1e-3))


def examine_sharing(examination: ModelExamination) -> Iterator[Finding]:
    """Two layers, or two calls of one layer, do not drop the same elements in the same forward."""
    for rows in examination.visible_places:
        if len(rows[0]) > 1 and all(calls_agree(row) for row in rows):
            yield mistakes.CALLS_SHARE.seen(**words(rows[0]))
    for one, other in combinations(examination.visible_places, 2):
        if any(nested_by_no_chance(a[0], b[0]) for a, b in zip(one, other, strict=True)):
            yield mistakes.SHARED.seen(**words([one[0][0], other[0][0]]))


def calls_agree(row: list[Call]) -> bool:
    """Whether the calls of one layer in one forward all used the same mask, and not by chance."""
    return unlikely_to_agree(row[1:]) and all(equal_masks(row[0], call) for call in row[1:])


def nested_by_no_chance(one: Call, other: Call) -> bool:
    """Whether one layer drops everything that the other drops, in memory order, because both compare the same draws.

    Two generators in the same state cause this, even if the shapes and rates differ.
    """
    few, many = (one, other) if (one.p or 0) <= (other.p or 0) else (other, one)
    shown, dropped, dropped_too = common(few, many)
    assert many.p is not None
    return not (dropped & ~dropped_too & shown).any() and int((dropped & shown).sum()) * log(many.p) < CHANCE


def common(few: Call, many: Call) -> tuple[Array, Array, Array]:
    """Where both masks can be seen, and the two masks, for the elements that both have."""
    assert few.x is not None
    assert many.x is not None
    size = min(few.x.size, many.x.size)
    shown = few.shown.ravel()[:size] & many.shown.ravel()[:size]
    return shown, few.dropped.ravel()[:size], many.dropped.ravel()[:size]


def examine_rates(examination: ModelExamination) -> Iterator[Finding]:
    """Each layer drops with its p. This is a coarse check; `check_dropout` has a finer one."""
    for rows in examination.visible_places:
        calls = [call for row in rows for call in row]
        p = calls[0].p
        seen, margin = rate_of(calls)
        if p is None or seen == 0 or abs(seen - p) <= margin:
            continue  # noise instead of a mask has no zeros
        mistake = mistakes.P_IS_KEEP if abs(seen - (1 - p)) < min(margin, abs(seen - p)) else mistakes.ANOTHER_RATE
        yield mistake.seen(rate=seen, p=p, **words(calls[:1]))


def examine_whole_examples(examination: ModelExamination) -> Iterator[Finding]:
    """No layer drops whole rows, unless it drops paths."""
    for rows in examination.visible_places:
        calls = [call for row in rows for call in row]
        shape = calls[0].x.shape if calls[0].x is not None else ()
        if len(shape) < 2 or shape[0] < 2 or "path" in calls[0].kind.lower() or "depth" in calls[0].kind.lower():
            continue
        p = calls[0].p or 0.0
        width = min(int(np.prod(shape[1:])), 1000)
        chance = len(calls) * shape[0] * log(p**width + (1 - p) ** width) if width > 1 else 0.0
        if (
            chance < CHANCE
            and any(call.dropped.any() for call in calls)
            and all(rows_are_whole(call) for call in calls)
        ):
            yield mistakes.WHOLE_EXAMPLES.seen(shape=shape, **words(calls[:1]))


def rows_are_whole(call: Call) -> bool:
    """Whether each row is entirely dropped or entirely kept."""
    assert call.x is not None
    shown = call.shown.reshape(len(call.x), -1)
    dropped = call.dropped.reshape(len(call.x), -1)
    return bool((dropped.any(axis=1) == (dropped | ~shown).all(axis=1)).all())


def examine_outputs_vary(examination: ModelExamination) -> Iterator[Finding]:
    """Training forwards differ if a dropout is on."""
    on = [call for call in examination.training[0].calls if call.on and call.should_drop]
    traces = examination.training
    if on and traces[0].outputs and all(same(traces[0].outputs, trace.outputs, 0) for trace in traces[1:]):
        seen = [call for call in on if call.visible]
        if seen and not unlikely_to_agree(seen, FORWARDS - 1):
            return
        yield mistakes.DETERMINISTIC.seen(count=FORWARDS, **words(on))

"""Backward uses the same masks as forward."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tinygrad_dropout.conformance.model.examination import ModelExamination
from tinygrad_dropout.conformance.model.questions.evaluation import scale_of_kept
from tinygrad_dropout.conformance.model.questions.modes import words
from tinygrad_dropout.conformance.model.questions.randomness import equal_masks
from tinygrad_dropout.conformance.model.trace import Array, Call, RunOptions, Trace, close
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes import models as mistakes

TOLERANCE = 1e-3  # of the largest number in the same gradient
ROUNDING = 1e-5  # of the largest number in all gradients


def examine_gradients(examination: ModelExamination) -> Iterator[Finding]:
    """Each gradient equals the gradient of the network with the forward's dropout factors held fixed."""
    trace = examination.replay(RunOptions(backward=True))
    if trace.backward_error:
        yield from name_error(trace)
        return
    recomputed = list(examine_recomputing(trace))
    if recomputed:
        yield from recomputed
        return
    infinite = {name: int((~np.isfinite(grad)).sum()) for name, grad in trace.gradients.items()}
    name = next((name for name, count in infinite.items() if count), None)
    if name is not None:
        if all(np.isfinite(output).all() for output in trace.outputs):
            yield mistakes.NOT_FINITE.seen(which=f"the gradient of {name}", count=infinite[name])
        return
    yield from examine_replayed(examination, trace)


def name_error(trace: Trace) -> Iterator[Finding]:
    """Name why backward raised: a dropout that works in place, or another reason."""
    in_place = [call for call in trace.calls if call.in_place and call.on]
    if in_place and "modified by an inplace operation" in trace.backward_error:
        yield mistakes.IN_PLACE_BREAKS_BACKWARD.seen(error=trace.backward_error, **words(in_place))
    else:
        yield mistakes.BACKWARD_RAISES.seen(error=trace.backward_error)


def examine_recomputing(trace: Trace) -> Iterator[Finding]:
    """A forward that runs again during backward draws the same masks."""
    changed = []
    for again in trace.recomputed:
        first = earlier(again, trace.calls)
        if first is not None and not equal_masks(first, again):
            changed.append(again)
    if changed:
        yield mistakes.RECOMPUTED.seen(**words(changed))


def earlier(again: Call, calls: list[Call]) -> Call | None:
    """The call in the forward that a call during backward repeats: the same layer with the same input."""
    if not again.visible:
        return None
    matching = (call for call in calls if call.place == again.place and call.visible)
    return next((call for call in matching if np.array_equal(call.x, again.x)), None)  # type: ignore[arg-type]


def examine_replayed(examination: ModelExamination, trace: Trace) -> Iterator[Finding]:
    """The same forward, with each dropout replaced by its factors, has the same gradients."""
    calls = [call for call in trace.calls if call.visible and call.on and is_product(call)]
    if not calls:
        return
    fixed = replayed(examination, calls)
    again = examination.replay(RunOptions(backward=True))
    if not all(close(fixed_out, out, TOLERANCE) for fixed_out, out in zip(fixed.outputs, trace.outputs, strict=True)):
        examination.not_checked.append(
            "gradients: with all generators in the same state, a forward gave another result"
        )
        return
    if [a for a in again.outputs if not any(np.array_equal(a, b) for b in trace.outputs)]:
        return
    differing = differing_gradient(trace, fixed)
    if differing is not None:
        name, apart = differing
        guilty = [call for call in first_of_each(calls) if not explained(examination, call, calls, trace)] or calls
        yield mistakes.ANOTHER_GRADIENT.seen(which=f"the gradient of {name}", difference=apart, **words(guilty))


def is_product(call: Call) -> bool:
    """Whether y is x times a mask and a single scale; AlphaDropout, for example, also adds something."""
    assert call.y is not None
    return scale_of_kept([call]) is not None and not call.y[~call.shown].any()


def replayed(examination: ModelExamination, calls: list[Call]) -> Trace:
    """Run a forward and a backward with the factors of these calls instead of their dropouts."""
    waiting = list(calls)
    done: list[tuple[Call, Array]] = []

    def factors(call: Call) -> Array | None:
        """The factors of the same call in the original forward."""
        for earlier, known in done:  # during backward, calls may repeat in any order
            if earlier.place == call.place and call.again and same_input(earlier, call):
                return known
        for original in waiting:
            if original.place == call.place and not call.again:
                waiting.remove(original)
                done.append((call, original.factors))
                return original.factors
        return None

    return examination.replay(RunOptions(change=factors, backward=True))


def same_input(one: Call, other: Call) -> bool:
    """Whether two calls had the same input up to rounding."""
    return one.x is not None and other.x is not None and close(one.x, other.x)


def differing_gradient(one: Trace, other: Trace) -> tuple[str, float] | None:
    """The name of the first gradient that differs, and by how much."""
    largest = max((float(np.abs(grad).max(initial=0)) for grad in other.gradients.values()), default=0.0)
    for name, grad in other.gradients.items():
        compared = one.gradients.get(name, np.zeros_like(grad))
        difference = float(np.abs(grad - compared).max(initial=0))
        if not close(grad, compared, TOLERANCE) and difference > ROUNDING * largest:
            return name, difference
    return None


def first_of_each(calls: list[Call]) -> list[Call]:
    """The first call of each dropout."""
    return list({call.place: call for call in reversed(calls)}.values())[::-1]


def explained(examination: ModelExamination, call: Call, calls: list[Call], trace: Trace) -> bool:
    """Whether replacing only this dropout by its factors leaves the gradients unchanged."""
    fixed = replayed(examination, [other for other in calls if other.place == call.place])
    return differing_gradient(trace, fixed) is None

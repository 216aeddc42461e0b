"""Where dropout is placed, and with which p."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from tinygrad_dropout.conformance.model.examination import ModelExamination
from tinygrad_dropout.conformance.model.questions.modes import words
from tinygrad_dropout.conformance.model.trace import Call, RunOptions, listed, probability_of, quoted
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes import models as mistakes

VARIANCE_SHIFT = 1.1


def examine_ends_of_p(examination: ModelExamination) -> Iterator[Finding]:
    """No dropout has p = 0 or p = 1."""
    calls = examination.training[0].calls
    ones = [call for call in calls if call.p == 1 and call.on]
    if ones:
        yield mistakes.P_IS_1.seen(**words(ones))
    zeros = [call for call in calls if call.p == 0]
    named = examination.subject.named.items()
    kinds = ("dropout", "hidden")
    keys = [
        key for key, module in named if examination.subject.kind_of(module) in kinds and probability_of(module) == 0
    ]
    names = list(dict.fromkeys([*(call.name for call in zeros), *(quoted(key) for key in keys)]))
    if names:
        yield mistakes.P_IS_0.seen(layers=listed(names), drops="drop" if len(names) > 1 else "drops")


def examine_output(examination: ModelExamination) -> Iterator[Finding]:
    """There is a layer with parameters between the last dropout and the output."""
    subject = examination.subject
    if any(subject.is_frozen(module) for module in subject.named.values()):
        return  # PyTorch's graph does not show parameters that are not trained
    trace = examination.replay()
    graph = subject.graph(trace)
    last = [call for call in trace.calls if call.on and call.should_drop and call.made_by is not None]
    last = [call for call in last if graph.is_last(call.made_by)]
    if last:
        yield mistakes.ON_OUTPUT.seen(**words(last))


def examine_input(examination: ModelExamination) -> Iterator[Finding]:
    """Less than half of the model's input is dropped."""
    subject = examination.subject
    given = [value for value in (*subject.args, *subject.kwargs.values()) if hasattr(value, "shape")]
    arrays = [array.ravel() for value in given if (array := np.asarray(value)).dtype.kind == "f"]
    for call in examination.training[0].calls:
        if call.on and call.visible and call.should_drop and (call.p or 0) >= 0.5 and is_one_of(call, arrays):
            yield mistakes.HALF_OF_THE_INPUT.seen(p=call.p, **words([call]))


def is_one_of(call: Call, arrays: list[np.ndarray]) -> bool:
    """Whether the call's input is one of these arrays, in any shape."""
    assert call.x is not None
    flat = call.x.ravel()
    return any(flat.shape == array.shape and np.allclose(flat, array, rtol=1e-2) for array in arrays)


def examine_in_a_row(examination: ModelExamination) -> Iterator[Finding]:
    """No dropout directly follows another."""
    calls = [call for call in examination.training[0].calls if call.on and call.visible and call.should_drop]
    for first, second in pairwise(calls):
        if follows(first, second):
            both = 1 - (1 - (first.p or 0)) * (1 - (second.p or 0))
            yield mistakes.TWO_IN_A_ROW.seen(p=both, **words([first, second]))


def follows(first: Call, second: Call) -> bool:
    """Whether the second call was given what the first returned."""
    assert first.y is not None
    assert second.x is not None
    return bool(first.dropped.any()) and np.array_equal(first.y.ravel(), second.x.ravel())


def examine_batch_norms(examination: ModelExamination) -> Iterator[Finding]:
    """The input of each batch norm has the same variance with and without dropout."""
    with_dropout = [trace.variances for trace in examination.training]
    if not with_dropout[0]:
        return
    without = examination.replay(RunOptions(change=lambda call: 1.0, without_hidden=True)).variances
    shifted = {}
    for key, variance in without.items():
        seen = np.mean([variances[key] for variances in with_dropout if key in variances], axis=0)
        alive = variance > 0
        if alive.any():
            ratio = float(np.median(seen[alive] / variance[alive]))
            if ratio > VARIANCE_SHIFT:
                shifted[key] = ratio
    if shifted:
        names = [quoted(key) for key in shifted]
        is_ = "are" if len(names) > 1 else "is"
        yield mistakes.BEFORE_BATCH_NORM.seen(layers=listed(names), is_=is_, ratio=max(shifted.values()))

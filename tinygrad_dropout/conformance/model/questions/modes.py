"""train() and eval() reach every dropout, and eval mode is deterministic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from tinygrad_dropout.conformance.model.examination import ModelExamination
from tinygrad_dropout.conformance.model.trace import Call, Trace, listed, quoted, same
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes import models as mistakes


def examine_eval_reaches(examination: ModelExamination) -> Iterator[Finding]:
    """After eval(), no dropout is told to drop, and none drops anyway."""
    first, second = examination.evaluation
    left_on = [call for call in first.calls if call.on and call.p != 0]
    layers = [call for call in left_on if call.layer is not None]
    again = {id(call.layer) for call in second.calls}
    remade = [call for call in layers if call.key is None and id(call.layer) not in again]
    unregistered = [call for call in layers if call.key is None and id(call.layer) in again]
    registered = [call for call in layers if call.key is not None]
    if unregistered:
        where = listed(examination.subject.where(call.layer) or "an unknown place" for call in unregistered)
        yield mistakes.NOT_REGISTERED.seen(where=where, **words(unregistered))
    if remade:
        yield mistakes.MADE_IN_FORWARD.seen(**words(remade))
    if registered:
        yield mistakes.EVAL_NOT_REACHING.seen(**words(registered))
    functions = [call for call in left_on if call.layer is None]
    if functions:
        yield mistakes.FUNCTION_IN_EVAL.seen(**words(functions))
    off = [call for call in first.calls if not call.on and call.visible and call.dropped.any()]
    if off:
        yield mistakes.LAYER_DROPS_IN_EVAL.seen(**words(off))
    if not (left_on or off):
        yield from examine_eval_repeats(first, second)


def examine_eval_repeats(first: Trace, second: Trace) -> Iterator[Finding]:
    """Two forwards in eval mode give the same result; if they differ, no dropout is to blame."""
    if same(first.outputs, second.outputs):
        return
    drew = listed(f"{function} in {quoted(key)}" for function, key in first.draws) if first.draws else ""
    draws = f"it draws from {drew}" if drew else "no dropout is on, so something else is random or keeps state"
    yield mistakes.EVAL_RANDOM.seen(difference=difference(first.outputs, second.outputs), draws=draws)


def examine_train_reaches(examination: ModelExamination) -> Iterator[Finding]:
    """After train(), every dropout is told to drop."""
    subject = examination.subject
    off = [call for call in examination.training[0].calls if not call.on and call.p != 0]
    layers = [call for call in off if call.layer is not None]
    frozen = [call for call in layers if call.owner is not None and subject.is_frozen(call.owner)]
    others = [call for call in layers if call not in frozen]
    if others:
        yield mistakes.TRAIN_NOT_REACHING.seen(**words(others))
    functions = [
        call for call in off if call.layer is None and call.p is not None and getattr(call.owner, "training", True)
    ]
    if functions:
        yield mistakes.FUNCTION_OFF.seen(**words(functions))
    if frozen:
        yield mistakes.FROZEN_PART_IN_EVAL.seen(**words(frozen))


def examine_modes_stay(examination: ModelExamination) -> Iterator[Finding]:
    """A forward does not change any mode."""
    for traces, mode, other in (
        (examination.training, "training", "eval"),
        (examination.evaluation, "eval", "training"),
    ):
        if traces[0].modes_changed:
            layers = listed(quoted(key) for key in traces[0].modes_changed)
            yield mistakes.FORWARD_CHANGES_MODE.seen(layers=layers, mode=mode, other=other)
            return


def examine_eval_draws(examination: ModelExamination) -> Iterator[Finding]:
    """Evaluation does not change the random numbers drawn after it."""
    sources = examination.subject.sources()
    before = [source.fingerprint() for source in sources]
    examination.run(False)
    drawn = [source.name for source, state in zip(sources, before, strict=True) if source.fingerprint() != state]
    if drawn:
        yield mistakes.DRAWS_IN_EVAL.seen(sources=listed(drawn))


def words(calls: Iterable[Call]) -> dict[str, str]:
    """The layers as they appear in a sentence, with verbs that agree in number."""
    names = list(dict.fromkeys(call.name for call in calls))
    many = len(names) > 1
    verbs = (
        {"is_": "are", "drops": "drop", "writes": "write"}
        if many
        else {"is_": "is", "drops": "drops", "writes": "writes"}
    )
    return {"layers": listed(names), **verbs}


def difference(one: list[Any], other: list[Any]) -> float:
    """The largest difference between outputs."""
    both = list(zip(one, other, strict=False))
    if not both or any(a.shape != b.shape for a, b in both):
        return float("nan")
    return max(float(np.max(np.abs(a - b), initial=0)) for a, b in both)

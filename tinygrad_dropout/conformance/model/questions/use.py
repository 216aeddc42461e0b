"""Every dropout is called, its result is used, and it does not overwrite values that are used elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tinygrad_dropout.conformance.model.examination import ModelExamination
from tinygrad_dropout.conformance.model.questions.modes import difference, words
from tinygrad_dropout.conformance.model.trace import Array, Call, RunOptions, listed, probability_of, quoted, same
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes import models as mistakes

CONTAINERS = ("ModuleList", "ModuleDict")


def examine_calls(examination: ModelExamination) -> Iterator[Finding]:
    """Every registered dropout is called in training mode if the module around it is called."""
    entered = set().union(*(trace.entered for trace in examination.training))
    named = examination.subject.named
    uncalled = [
        key
        for key, module in named.items()
        if examination.subject.kind_of(module) == "dropout"
        and id(module) not in entered
        and (probability_of(module) or 0) > 0
        and id(parent_of(key, named)) in entered
    ]
    if uncalled:
        yield mistakes.NOT_CALLED.seen(layers=listed(quoted(key) for key in uncalled))


def parent_of(key: str, named: dict[str, Any]) -> Any:
    """The module that contains a module, ignoring lists and dicts of modules."""
    while key:
        key = key.rpartition(".")[0]
        module = named.get(key)
        if module is not None and type(module).__name__ not in CONTAINERS:
            return module
    return None


def examine_results_are_used(examination: ModelExamination) -> Iterator[Finding]:
    """The output depends on what each dropout returns."""
    trace = examination.replay()
    graph = examination.subject.graph(trace)
    for place in unused_places([call for call in trace.calls if call.on], graph):
        noise = np.random.Generator(np.random.PCG64(examination.seed))

        def noisy(call: Call, place: Any = place, noise: Any = noise) -> Array | None:
            """Random factors for one dropout's output."""
            return noise.normal(size=call.x.shape).astype(call.x.dtype) if call.place == place else None  # type: ignore[union-attr]

        plain, changed = (examination.replay(RunOptions(change=change)) for change in (lambda call: None, noisy))
        if plain.outputs and same(plain.outputs, changed.outputs, 0):
            yield mistakes.RESULT_UNUSED.seen(**words([call for call in trace.calls if call.place == place]))


def unused_places(calls: list[Call], graph: Any) -> list[Any]:
    """The dropouts that have no call in the output's graph."""
    places: dict[Any, bool] = {}
    for call in calls:
        if call.visible and call.should_drop:
            places[call.place] = places.get(call.place, False) or graph.has(call.made_by)
    return [place for place, used in places.items() if not used]


def examine_writing(examination: ModelExamination) -> Iterator[Finding]:
    """A dropout that works in place does not change anything that is used again, including the model's input."""
    for training, mode in ((True, "training"), (False, "eval")):
        trace = examination.training[0] if training else examination.evaluation[0]
        if trace.changed_inputs:
            culprits = [call for call in trace.calls if call.in_place]
            by = f": {words(culprits)['layers']} {words(culprits)['writes']} into its input" if culprits else ""
            yield mistakes.CHANGES_INPUT.seen(mode=mode, by=by)
            break
    in_place = [call for call in examination.training[0].calls if call.in_place and call.on]
    if in_place:
        plain, apart = examination.replay(), examination.replay(RunOptions(on_copies=True))
        if not same(plain.outputs, apart.outputs):
            apart_by = difference(plain.outputs, apart.outputs)
            yield mistakes.IN_PLACE_CHANGES.seen(difference=apart_by, **words(in_place))

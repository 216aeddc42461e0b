"""From a failed grade to the replay: one backward pass with the learner's backward next to the right one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from runpy import run_path

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.conformance.global_state import own_global_state
from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grader import answer
from tinygrad_dropout.drills.grader.judge import Array, Judge
from tinygrad_dropout.drills.grader.result import Rejected
from tinygrad_dropout.study.wrong_run import Difference, describe_difference, first_difference

P = 0.4
#: operation -> the network in which it is used; the others are used in `network`
NETWORK_WITH = {
    **dict.fromkeys(("add", "multiply", "matmul", "mean", "sum"), "few_operations"),
    **dict.fromkeys(("subtract", "divide", "exp", "log", "tanh"), "more_operations"),
    **dict.fromkeys(("embedding", "softmax"), "attention_pooling"),
}
#: Loaded by path like a learner's script, so that the page shows their lines next to the operations.
NETWORKS = run_path(str(Path(__file__).with_name("networks.py")), run_name="networks")


def write_page(exercise: Exercise, source: str, filename: str, page: Path) -> dict[str, str]:
    """Write the page.

    Returns:
        `shows`: what the page shows; or `problem`: why there is no page.
    """
    if not exercise.has_replay:
        return {"problem": f"{exercise.noun} {exercise.number} is not about one backward, which is what a replay shows"}
    try:
        with own_global_state(0):
            replay, difference = run_replay(exercise, source, filename)
            replay.save(page)
    except Exception as error:
        return {"problem": f"there is no replay: {why(error).removesuffix('.')}"}
    if difference is None:
        return {"shows": "your backward gives the right gradient at every step of this pass"}
    (recorded,) = replay.passes
    return {
        "shows": f"step {difference.step + 1} of {len(recorded.steps)}: {describe_difference(recorded, difference)}"
    }


def run_replay(exercise: Exercise, source: str, filename: str) -> tuple[study.Replay, Difference | None]:
    """The replay, and the first step at which the learner's pass differs from the right one."""
    judge = Judge(answer.run(source, filename, exercise.refused), source=source)
    if exercise.bug:
        bug = exercise.bug(judge)
        with study.record(bug=bug) as replay:
            NETWORKS[NETWORK_WITH.get(bug.operation, "network")](P)
    else:
        assert exercise.layers is not None, "it has one of the two"
        replay = pass_through(exercise.layers(judge, P))
    recorded = replay.passes[0]
    return replay, first_difference(recorded, replay.rerun_with_bug(recorded))


def why(error: Exception) -> str:
    """A sentence on what went wrong: the grader's own, if it has one."""
    cause = error if isinstance(error, Rejected) else error.__cause__
    if isinstance(cause, Rejected):
        return cause.rejection.message
    shapes = re.search(r"that shape (\(.*?\)) was broadcast to, got shape (\(.*?\))", str(error))
    if shapes:
        return f"your backward gives shape {shapes[2]} where {shapes[1]} is right; it needs the right shapes"
    if isinstance(error, study.StudyError):
        return str(error).replace("bug yours: its backward function failed", "your backward failed in it")
    return answer.raised(error, "your layer")[1]


#: A dropout layer's forward: x -> y and its own backward.
Forward = Callable[[Array], tuple[Array, Callable[[Array], Array]]]


def pass_through(layers: Sequence[Forward]) -> study.Replay:
    """A backward pass through an MLP with two of the learner's dropout layers, or the same one twice.

    The masks are those that the learner's forwards drew; right is what the framework's dropout does with them.
    """
    backwards: list[tuple[Array, Callable[[Array], Array]]] = []
    given: dict[bytes, Array] = {}  # the first results of their backwards, because the pass runs more than once

    def dropout(h: td.Tensor, forward: Forward) -> td.Tensor:
        y, theirs = forward(h.data.copy())
        backwards.append((np.asarray(y) != 0, theirs))
        backward.__wrapped__ = theirs  # type: ignore[attr-defined]  # whose source is shown
        return F.dropout(h, P, mask=backwards[-1][0])

    def backward(grad: Array, x: td.Tensor, mask: Array, p: float, scaling: str) -> tuple[Array, ...]:
        if mask.tobytes() not in given:
            theirs = next(theirs for known, theirs in backwards if np.array_equal(known, mask))
            given[mask.tobytes()] = np.asarray(theirs(grad.copy()))
        return (given[mask.tobytes()].copy(),)

    bug = study.Bug("dropout", backward, "your backward", "yours")
    with study.record(bug=bug) as replay:
        NETWORKS["two_layers"](lambda h: dropout(h, layers[0]), lambda h: dropout(h, layers[1]))
    return replay

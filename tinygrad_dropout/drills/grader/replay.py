"""From a failed grade to the replay: one backward pass with the learner's backward beside the right one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.conformance.randomness import own_global_state
from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grader import answer
from tinygrad_dropout.drills.grader.grade import Rejected
from tinygrad_dropout.drills.grader.judge import Array, Judge
from tinygrad_dropout.study.wrong_run import Difference, first_difference, in_words

P = 0.4


def write_page(exercise: Exercise, source: str, filename: str, page: Path) -> dict[str, str]:
    """Write the page.

    Returns:
        `shows`: what is to be seen there; or `problem`: why there is nothing.
    """
    if not exercise.has_replay:
        return {"problem": f"exercise {exercise.number} is not about one backward, which is what a replay shows"}
    try:
        with own_global_state(0):
            replay, difference = ran(exercise, source, filename)
            replay.save(page)
    except Exception as error:
        return {"problem": f"there is no replay: {why(error).removesuffix('.')}"}
    if difference is None:
        return {"shows": "your backward gives the right gradient at every step of this pass"}
    (recorded,) = replay.passes
    return {"shows": f"step {difference.step + 1} of {len(recorded.steps)}: {in_words(recorded, difference)}"}


def ran(exercise: Exercise, source: str, filename: str) -> tuple[study.Replay, Difference | None]:
    """The pass, and the first step at which the two part."""
    answer.LEARNERS.add(filename)
    judge = Judge(answer.run(source, filename, exercise.refused), source=source)
    if exercise.bug:
        replay = recorded_pass(exercise.bug(judge))
    else:
        assert exercise.layers is not None, "it has one of the two"
        replay = pass_through(exercise.layers(judge, P))
    recorded = replay.passes[0]
    return replay, first_difference(recorded, replay.wrong(recorded))


def why(error: Exception) -> str:
    """What went wrong in a sentence: the grader's own, where it has one."""
    cause = error if isinstance(error, Rejected) else error.__cause__
    if isinstance(cause, Rejected):
        return cause.rejection.message
    shapes = re.search(r"that shape (\(.*?\)) was broadcast to, got shape (\(.*?\))", str(error))
    if shapes:
        return f"your backward gives shape {shapes[2]} where {shapes[1]} is right; it needs the right shapes"
    if isinstance(error, study.StudyError):
        return str(error).replace("bug yours: its backward function failed", "your backward failed in it")
    return answer.raised(error, "your layer")[1]


def recorded_pass(bug: study.Bug) -> study.Replay:
    """A backward pass in which the bug's operation takes part: of a small MLP with dropout, or of a few operations."""
    rng = np.random.default_rng(0)
    if bug.operation in ("linear", "relu", "dropout", "cross_entropy"):
        values = rng.normal(size=(3, 4))
        values[0] = 0  # where the bias is 0, too, ReLU is at its kink
        x, target = td.Tensor(values, name="x"), np.array([0, 2, 1])
        model = td.nn.Sequential(
            td.nn.Linear(4, 4, dtype=np.float64, rng=rng),
            td.nn.ReLU(),
            td.nn.Dropout(P, rng=rng),
            td.nn.Linear(4, 4, dtype=np.float64, rng=rng),
        )
        for name, parameter in model.named_parameters():
            parameter.name = name
        bias = dict(model.named_parameters())["0.bias"]
        bias.data = np.where(np.arange(4) < 3, 0.0, bias.data)
        with study.record(bug=bug) as replay:
            loss = F.cross_entropy(model(x), target)
            loss.backward()
        return replay
    shapes = {"x": (3, 3), "y": (3, 3), "weight": (3, 3)}  # square: a transpose is seen in numbers
    x, y, weight = (td.Tensor(rng.normal(size=shapes[name]), requires_grad=True, name=name) for name in shapes)
    with study.record(bug=bug) as replay:
        product = (x * y + x) @ weight
        loss = ((product * product).mean(axis=1) * product.sum(axis=1)).sum()
        loss.backward()
    return replay


#: A dropout layer's forward: x -> y and the backward of this very forward.
Forward = Callable[[Array], tuple[Array, Callable[[Array], Array]]]


def pass_through(layers: Sequence[Forward]) -> study.Replay:
    """A backward pass through an MLP with two of the learner's dropout layers, or the same one twice.

    The masks are those that the learner's forwards drew; right is what the framework's dropout does with them.
    """
    backwards: list[tuple[Array, Callable[[Array], Array]]] = []
    given: dict[bytes, Array] = {}  # what their backwards gave at first: the pass is done more than once

    def dropout(h: td.Tensor, forward: Forward) -> td.Tensor:
        y, theirs = forward(h.data.copy())
        backwards.append((np.asarray(y) != 0, theirs))
        return F.dropout(h, P, mask=backwards[-1][0])

    def backward(grad: Array, x: td.Tensor, mask: Array, p: float, scaling: str) -> tuple[Array, ...]:
        if mask.tobytes() not in given:
            theirs = next(theirs for known, theirs in backwards if np.array_equal(known, mask))
            given[mask.tobytes()] = np.asarray(theirs(grad.copy()))
        return (given[mask.tobytes()].copy(),)

    rng = np.random.default_rng(0)
    x, target = td.Tensor(rng.normal(size=(4, 3)), name="x"), np.array([0, 2, 1, 2])
    first, second, third = (td.nn.Linear(*sizes, dtype=np.float64, rng=rng) for sizes in ((3, 5), (5, 5), (5, 3)))
    with study.record(bug=study.Bug("dropout", backward, "your backward", "yours")) as replay:
        h = dropout(first(x).tanh(), layers[0])  # tanh, whose output is never 0: so 0 is dropped
        h = dropout(second(h).tanh(), layers[1])
        loss = F.cross_entropy(third(h), target)
        loss.backward()
    return replay

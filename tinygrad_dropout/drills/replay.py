"""From a failed grade to the replay: one backward pass with the learner's backward beside the right one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.drills import answer
from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grade import Rejected
from tinygrad_dropout.drills.judge import Judge
from tinygrad_dropout.study.wrong_run import first_difference, in_words


def write_page(exercise: Exercise, source: str, filename: str, page: Path) -> dict[str, str]:
    """Write the page.

    Returns:
        `shows`: what is to be seen there; or `problem`: why there is nothing.
    """
    if exercise.bug is None:
        return {"problem": f"exercise {exercise.number} has no backward function that could be replayed"}
    try:
        answer.LEARNERS.add(filename)
        bug = exercise.bug(Judge(answer.run(source, filename, exercise.refused), source=source))
        replay = recorded_pass(bug)
        recorded = replay.passes[0]
        difference = first_difference(recorded, replay.wrong(recorded))
    except (Rejected, study.StudyError) as error:
        cause = error if isinstance(error, Rejected) else error.__cause__
        says = cause.rejection.message if isinstance(cause, Rejected) else str(error)
        return {"problem": f"there is no replay: {says.removesuffix('.')}"}
    replay.save(page)
    if difference is None:
        return {"shows": "your backward gives the right gradient at every step of this pass"}
    return {"shows": f"step {difference.step + 1} of {len(recorded.steps)}: {in_words(recorded, difference)}"}


def recorded_pass(bug: study.Bug) -> study.Replay:
    """A backward pass in which the bug's operation takes part: of a small MLP with dropout, or of a few operations."""
    rng = np.random.default_rng(0)
    if bug.operation in ("linear", "relu", "dropout", "cross_entropy"):
        x, target = td.Tensor(rng.normal(size=(4, 3)), name="x"), np.array([0, 2, 1, 2])
        model = td.nn.Sequential(
            td.nn.Linear(3, 5, dtype=np.float64, rng=rng),
            td.nn.ReLU(),
            td.nn.Dropout(0.4, rng=rng),
            td.nn.Linear(5, 3, dtype=np.float64, rng=rng),
        )
        for name, parameter in model.named_parameters():
            parameter.name = name
        with study.record(bug=bug) as replay:
            loss = F.cross_entropy(model(x), target)
            loss.backward()
        return replay
    shapes = {"x": (2, 3), "y": (2, 3), "weight": (3, 4)}
    x, y, weight = (td.Tensor(rng.normal(size=shapes[name]), requires_grad=True, name=name) for name in shapes)
    with study.record(bug=bug) as replay:
        product = (x * y + x) @ weight
        loss = (product * product).mean(axis=0).sum()
        loss.backward()
    return replay

"""Grade an answer, in this process."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable

import numpy as np

from tinygrad_dropout.conformance.global_state import own_global_state
from tinygrad_dropout.drills.bundle import is_bundle
from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grader import answer
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.result import NOT_WRITTEN, SEEN_IN_A_REPLAY, Grade, Rejected, Rejection
from tinygrad_dropout.drills.grader.shown import MARGIN, WIDTH
from tinygrad_dropout.drills.grader.surroundings import surroundings_kept
from tinygrad_dropout.drills.stage import Stage


def grade(
    exercise: Exercise,
    source: str,
    *,
    seed: int = 0,
    filename: str = answer.FILE,
    width: int = WIDTH,
    on_claim: Callable[[str, str], None] = lambda event, claim: None,
) -> Grade:
    """Grade an answer.

    Args:
        exercise: the exercise that it answers.
        source: the text of the learner's file, or of their package: see `bundle`.
        seed: the seed of all inputs.
        filename: the file name for tracebacks.
        width: the width of the lines that will show the grade, in characters; arrays are formatted for it.
        on_claim: called for every claim, as for `Judge`.
    """
    if not is_bundle(source) and is_untouched(source, exercise.of(source).starter):
        message = "This is not written yet: the gap is unchanged."
        return Grade(rejection=Rejection(NOT_WRITTEN, message, "Read the task, then fill the gap."))
    judge = Judge({}, source=source, seed=seed, on_claim=on_claim)
    try:
        with own_global_state(seed), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            np.set_printoptions(linewidth=width - MARGIN)
            judge.namespace = answer.run(source, filename, exercise.refused)
            with surroundings_kept():
                exercise.check(judge)
    except Rejected as rejected:
        if isinstance(exercise, Stage) and exercise.is_seen_in_a_replay(judge, rejected.rejection):
            judge.note(SEEN_IN_A_REPLAY)
        return judge.grade(rejected.rejection)
    except Exception as error:  # the answer did something that its checks did not foresee
        code, message, question = answer.raised(error, "Your answer, when the grader ran it,")
        return judge.grade(Rejection(code, message, question, traceback=answer.own_traceback(error)))
    return judge.grade()


def is_untouched(source: str, starter: str) -> bool:
    """Whether a file does the same as the starter: changed spaces and comments are not an answer."""
    try:
        return ast.dump(ast.parse(source)) == ast.dump(ast.parse(starter))
    except (SyntaxError, ValueError):
        return False

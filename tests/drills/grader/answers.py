"""What several tests use: an exercise in a scratch folder, and a judge of a source."""

from tinygrad_dropout.drills.grader import answer
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.result import Rejected


def judge_of(source, seed=0):
    """A judge of a learner's file."""
    return Judge(answer.run("import numpy as np\n" + source), source=source, seed=seed)


def rejection_of(action):
    """With what an action ends."""
    try:
        action()
    except Rejected as rejected:
        return rejected.rejection
    return None

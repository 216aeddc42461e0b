"""Shared by several tests: a judge of source code, and the rejection of an action."""

from tinygrad_dropout.drills.grader import answer
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.result import Rejected


def judge_of(source, seed=0):
    """A judge of a learner's file."""
    return Judge(answer.run("import numpy as np\n" + source), source=source, seed=seed)


def rejection_of(action):
    """The rejection that an action raises; None if it raises none."""
    try:
        action()
    except Rejected as rejected:
        return rejected.rejection
    return None

"""The answers of the exercises, graded once for all tests that ask: what a grade is depends on nothing else."""

from functools import cache

from tinygrad_dropout.drills.grader.grade_in_process import grade


def graded(exercise, source, *, seed=0):
    """As `grade`."""
    return once(exercise, source, seed)


@cache
def once(exercise, source, seed):
    return grade(exercise, source, seed=seed)

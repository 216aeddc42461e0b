"""A learner's function instead of an operation's backward, for the replay."""

from __future__ import annotations

from typing import Any

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.study import Bug


def bug_of(operation: str, backward: Any, theirs: Answer) -> Bug:
    """What the replay runs next to the right backward.

    Args:
        operation: the operation whose backward it is.
        backward: called as the operation's backward is; it calls the learner's function.
        theirs: that function, whose source and docstring the replay shows.
    """
    backward.__wrapped__, backward.__doc__ = theirs.function, theirs.function.__doc__
    return Bug(operation, backward, f"your {theirs.name}", "yours")

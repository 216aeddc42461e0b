"""Protects the grading process from a learner's file: settings are restored, replaced functions are reported."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from tinygrad_dropout.conformance.global_state import settings_restored
from tinygrad_dropout.drills.grader.result import Rejected, Rejection

SHARED = {"numpy": np, "numpy.linalg": np.linalg, "numpy.random": np.random, "builtins": builtins}
OURS = ("solution.py", "checks.py", "right.py", "wrong.py", "solutions/", "drills/exercises", "tinygrad_dropout")

Functions = dict[tuple[str, str], object]


def shared_functions() -> Functions:
    """(module, name) -> the NumPy and Python functions, which the checks also use."""
    return {
        (module, name): value
        for module, space in SHARED.items()
        for name, value in vars(space).items()
        if callable(value)
    }


@contextmanager
def surroundings_kept() -> Iterator[None]:
    """Run a learner's file inside a `with`; settings that it changes for the whole process are restored.

    So `np.seterr(all="raise")` at the top of a file changes neither the checks nor the learner's own functions.

    Raises:
        Rejected: it replaced one of the shared functions, which is restored, too.
    """
    before = shared_functions()
    with settings_restored():
        try:
            yield
        finally:
            now = shared_functions()
            replaced = [key for key in before if now.get(key) is not before[key]]
            for module, name in replaced:
                setattr(SHARED[module], name, before[module, name])
    if replaced:
        refuse_replaced(*replaced[0])


def refuse_replaced(module: str, name: str) -> None:
    """Reject a file that replaced a function that the checks use."""
    raise Rejected(
        Rejection(
            "replaces-a-function",
            f"Your file replaces {module}.{name}, which the rest of the program uses too; expected no change.",
            "Give your own function another name.",
        )
    )


def refuse_reading_the_answer(tree: ast.AST) -> None:
    """Reject a string that names the exercises' files: the answer would be read, not written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
            found = next((name for name in OURS if name in node.value.replace("\\", "/")), None)
            if found:
                raise Rejected(
                    Rejection(
                        "reads-the-answer",
                        f"Your file names {found} in line {node.lineno}; expected an answer of your own.",
                        "In an interview there is no such file to read.",
                    )
                )

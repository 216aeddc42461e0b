"""Rejects an answer that raises the recursion limit, which only postpones the overflow."""

from __future__ import annotations

import ast

from tinygrad_dropout.drills.grader.judge import Judge


def names_in(source: str) -> set[str]:
    """Every name that a source mentions, as a name, an attribute, an import or a text."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        found |= {str(getattr(node, name, "")) for name in ("attr", "id", "module", "value")}
        found |= {alias.name for alias in getattr(node, "names", ()) if isinstance(alias, ast.alias)}
    return found


def refuse_a_raised_limit(judge: Judge) -> None:
    """Check that the answer neither raises the limit nor starts a thread with a larger stack."""
    if names_in(judge.source) & {"setrecursionlimit", "stack_size"}:
        judge.reject(
            "raises-the-recursion-limit",
            "Your file raises the recursion limit; a longer chain still overflows it, or the process's own stack.",
            "Which data structure of your own could hold the work that is left, and grow as needed?",
            kind="order",
        )

"""Whether an answer relies on a raised recursion limit, which only moves the end of what it can do."""

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
    """See that the answer leaves the limit where it is, and starts no thread with a larger stack."""
    if names_in(judge.source) & {"setrecursionlimit", "stack_size"}:
        judge.reject(
            "raises-the-recursion-limit",
            "Your file raises the recursion limit; the next longer chain overflows it, or the process's own stack.",
            "Which structure of your own could hold what is still to be done, and grow as it needs?",
            kind="order",
        )

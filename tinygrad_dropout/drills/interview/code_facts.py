"""Facts about the code of an answer, each of which can lead to an interviewer's question.

The facts come from the syntax tree, so they are found in every exercise and in all the usual ways to write an answer.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tinygrad_dropout.drills.interview import facts_of_arrays, facts_of_dropout, facts_of_graphs, facts_of_numbers
from tinygrad_dropout.drills.interview.syntax import Fact

#: fact -> (description, whether it is true of a syntax tree)
FACTS: dict[str, tuple[str, Fact]] = {
    **facts_of_graphs.FACTS,
    **facts_of_arrays.FACTS,
    **facts_of_numbers.FACTS,
    **facts_of_dropout.FACTS,
}


def facts(source: str, notes: Iterable[str] = ()) -> set[str]:
    """Find the facts about an answer that are worth a question.

    Args:
        source: the text of the answer. If it is not Python, only the notes are found.
        notes: what the grader noted about the answer.

    Returns:
        The names of the facts in FACTS that are true, and the notes.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # ValueError for a null byte, before Python 3.12
        return set(notes)
    return {*notes, *(name for name, (_, holds) in FACTS.items() if holds(tree))}

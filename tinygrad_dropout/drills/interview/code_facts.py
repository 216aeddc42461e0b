"""What an interviewer sees in an answer: facts about its code, each of which can lead to a question.

The facts are found in the syntax tree, so they hold of any answer that is written in one of the usual ways, whatever
the exercise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tinygrad_dropout.drills.interview import facts_of_arrays, facts_of_dropout, facts_of_graphs, facts_of_numbers
from tinygrad_dropout.drills.interview.syntax import Fact

#: fact -> (what is seen, whether it holds of a source)
FACTS: dict[str, tuple[str, Fact]] = {
    **facts_of_graphs.FACTS,
    **facts_of_arrays.FACTS,
    **facts_of_numbers.FACTS,
    **facts_of_dropout.FACTS,
}


def facts(source: str, notes: Iterable[str] = ()) -> set[str]:
    """Find what is worth a question in an answer.

    Args:
        source: the text of the answer. If it is not Python, only the notes are found.
        notes: what the grader noted about the answer.

    Returns:
        The names of the facts in FACTS that hold, and the notes.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # the latter for a null byte, before Python 3.12
        return set(notes)
    return {*notes, *(name for name, (_, holds) in FACTS.items() if holds(tree))}

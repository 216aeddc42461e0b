"""Texts about the candidate's own tests: the results of a run, and the score."""

from __future__ import annotations

from textwrap import indent

from tinygrad_dropout.drills.grader.report import Line, one_shown, printed
from tinygrad_dropout.drills.interview.own_tests import Score, TestResult, TestRun
from tinygrad_dropout.drills.layout import wrap

MAX_NAMED = 3  # mistakes that were not caught

HOW_TO = """\
Your file has no tests yet. A test is a function test_... in the same file, without arguments and with asserts in it:

    def test_a_case_worked_out_by_hand():
        {sample}
"""


def comparison_of(function: str) -> str:
    """A typical line of a test of a function on arrays."""
    return f"assert np.allclose({function}(...), [...])"


def lines_of_run(run: TestRun, sample: str, width: int) -> list[Line]:
    """(kind, text) of each paragraph, as for `grader.report`.

    Args:
        run: the run of the tests.
        sample: an example of a line in a test, shown if there are no tests.
        width: the width of a line, in characters.
    """
    lines = [line for result in run.results for line in lines_of_result(result, width)]
    if run.problem:
        lines.append(("wrong", wrap(run.problem, width)))
    elif not run.results:
        lines.append(("", wrap(HOW_TO.format(sample=sample).rstrip(), width)))
    return lines + ([("", printed(run.printed, width))] if run.printed else [])


def lines_of_result(result: TestResult, width: int) -> list[Line]:
    """The lines of one test: its result, and below it the two sides of a failed comparison."""
    if result.passed:
        return [("right", wrap(f"  passed  {result.name}", width, indent=10))]
    place = f", {result.place}" if result.place else ""
    message = result.message.replace("\n", "\n" + " " * 10)
    lines = [("wrong", wrap(f"  failed  {result.name}{place}: {message}", width, indent=10))]
    if result.shown:
        sides = "\n".join(one_shown(label, text, 5, width - 10) for label, text in result.shown)
        lines.append(("", indent(sides, " " * 10)))
    return lines


def lines_of_score(score: Score, width: int) -> list[Line]:
    """(kind, text) of each paragraph about the score."""
    if not score.count:
        return [("", "You wrote no tests of your own.")]
    texts = []
    if score.problem:
        texts.append(("wrong", f"Not all of your tests could be run. {score.problem}"))
    texts += [
        ("wrong", f"{name} rejects the reference solution, so the test is wrong: {why.splitlines()[0]}.")
        for name, why in score.rejecting
    ]
    texts += [
        ("wrong", f"{name} accepts the reference solution and rejects your answer: trust the test.")
        for name in score.failing
    ]
    if score.known:
        kind = "right" if score.caught == score.known else ""
        texts.append((kind, f"{whose(score)} {caught(score)} known mistakes.{not_caught(score)}"))
    return [(kind, wrap(text, width)) for kind, text in texts]


def whose(score: Score) -> str:
    """`Your 3 tests catch`, of the valid ones."""
    which = "Your" if score.valid == score.count else "The other" if score.valid else "None"
    return f"{which} test catches" if score.valid == 1 else f"{which} {score.valid} tests catch"


def caught(score: Score) -> str:
    """`9 of 14`."""
    return f"{score.caught} of {score.known}"


def not_caught(score: Score) -> str:
    """The first few mistakes that were missed."""
    if not score.missed:
        return ""
    more = len(score.missed) - MAX_NAMED
    named = "; ".join(score.missed[:MAX_NAMED])
    return f" Not caught: {named}{f'; and {more} more' if more > 0 else ''}."

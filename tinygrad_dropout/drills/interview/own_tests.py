"""The candidate's own tests: run them, and find out how many of the known mistakes they catch."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from time import monotonic
from typing import Any

from tinygrad_dropout.drills.exercise import DrillError
from tinygrad_dropout.drills.grader.grade_in_subprocess import MAX_MEMORY, MAX_OUTPUT, TIME_LIMIT, how_it_ended
from tinygrad_dropout.drills.grader.own_tests import names_of_tests
from tinygrad_dropout.drills.grader.shown import WIDTH
from tinygrad_dropout.sandbox import Bounds, SandboxError, run

WORK = "tinygrad_dropout.drills.grader.tests_in_process:run_tests"
SECONDS = 20.0  # for all the known mistakes together
SECONDS_EACH = 2.0  # for each of them, in addition to three times what the reference solution took
YOURS, REFERENCE = "yours", "reference"
OUT_OF_TIME = "out of time"


@dataclass(frozen=True)
class Subject:
    """What the tests are run on.

    Attributes:
        starter: the file that the candidate started with; the tests are about the names that it defines.
        reference: a correct answer.
        wrong: (description, text) of wrong answers.
        refused: names of NumPy's that an answer must not use.
    """

    starter: str
    reference: str
    wrong: Sequence[tuple[str, str]] = ()
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def tested(self) -> str:
        """The name of the function or class to write."""
        tree = ast.parse(self.starter)
        defined = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
        return next((node.name for node in defined if "NotImplementedError" in ast.unparse(node)), "your_function")

    @cached_property
    def names(self) -> list[str]:
        """The names of the functions, classes and values that the starter defines."""
        names: list[str] = []
        for node in ast.parse(self.starter).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.append(node.name)
            elif isinstance(node, ast.Assign):
                names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        return names


@dataclass(frozen=True)
class TestResult:
    """The result of one test.

    Attributes:
        name: the name of the test.
        passed: whether it passed.
        place: where it failed, `line 12`; "" if unknown.
        message: why it failed; "" if it did not.
        shown: (label, text) of the two sides of a comparison that failed.
    """

    __test__ = False  # otherwise pytest would collect it as a class of tests

    name: str
    passed: bool
    place: str = ""
    message: str = ""
    shown: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TestRun:
    """The results of the tests on one version of the answer.

    Attributes:
        results: the results of the tests that were run, in order.
        problem: why they could not all be run; "" if they could.
        printed: what they printed.
        seconds: how long they took.
    """

    __test__ = False

    results: tuple[TestResult, ...] = ()
    problem: str = ""
    printed: str = ""
    seconds: float = 0.0

    @property
    def passed(self) -> set[str]:
        """The names of the tests that passed."""
        return {result.name for result in self.results if result.passed}


@dataclass(frozen=True)
class Score:
    """The score of the tests.

    Attributes:
        count: the number of tests.
        valid: how many of them accept the reference solution.
        failing: the valid ones that the candidate's own answer fails.
        rejecting: (name, reason) of those that are wrong because they reject the reference solution.
        caught: how many of the known mistakes the valid tests reject.
        known: how many were tried.
        missed: descriptions of those that were not caught.
        problem: why the tests could not be run; "" if they could.
    """

    count: int = 0
    valid: int = 0
    failing: tuple[str, ...] = ()
    rejecting: tuple[tuple[str, str], ...] = ()
    caught: int = 0
    known: int = 0
    missed: tuple[str, ...] = ()
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """The score as plain values."""
        return asdict(self)


def run_tests(source: str, shown_as: str, subject: Subject, *, width: int = WIDTH) -> TestRun:
    """Run the tests of a file on the answer in it.

    Args:
        source: the candidate's file.
        shown_as: its name.
        subject: what the tests are about.
        width: the width of the lines that will show the results, in characters.

    Raises:
        DrillError: the process for it cannot be started.
    """
    return run_versions(source, shown_as, subject, [(YOURS, None)], width=width)[YOURS]


def score_tests(source: str, shown_as: str, subject: Subject) -> Score:
    """Run the tests on the answer and on the reference solution, and the valid ones on known wrong answers.

    Args:
        source: the candidate's file.
        shown_as: its name.
        subject: what the tests are about.

    Raises:
        DrillError: the process for it cannot be started.
    """
    names = names_of_tests(source)
    if not names:
        return Score()
    runs = run_versions(source, shown_as, subject, [(REFERENCE, subject.reference), (YOURS, None)])
    reference, yours = runs[REFERENCE], runs.get(YOURS, TestRun())
    valid = [name for name in names if name in reference.passed]
    score = Score(
        len(names),
        len(valid),
        tuple(name for name in valid if name not in yours.passed),
        tuple((result.name, result.message) for result in reference.results if not result.passed),
        problem=reference.problem,
    )
    caught, missed = try_mistakes(source, shown_as, subject, valid, reference.seconds) if valid else (0, [])
    return replace(score, caught=caught, known=caught + len(missed), missed=tuple(missed))


def try_mistakes(
    source: str, shown_as: str, subject: Subject, valid: Collection[str], seconds: float
) -> tuple[int, list[str]]:
    """Run the valid tests on the known wrong answers until the time is over.

    Returns:
        How many were caught, and the descriptions of the others. A wrong answer that ends or hangs its process is
        caught.
    """
    ends, caught = monotonic() + SECONDS, 0
    missed: list[str] = []
    left = [(str(number), text) for number, (_, text) in enumerate(subject.wrong)]
    while left and (time_left := ends - monotonic()) > 0:
        runs = run_versions(
            source, shown_as, subject, left, only=valid, each=SECONDS_EACH + 3 * seconds, time_limit=time_left
        )
        for key, ended in runs.items():
            if ended.problem == OUT_OF_TIME:
                return caught, missed
            if not ended.results and not ended.problem:
                continue  # this wrong answer cannot be tested
            if ended.problem or not all(result.passed for result in ended.results):
                caught += 1
            else:
                missed.append(subject.wrong[int(key)][0])
        left = left[len(runs) :]
    return caught, missed


def run_versions(
    source: str,
    shown_as: str,
    subject: Subject,
    versions: Sequence[tuple[str, str | None]],
    *,
    width: int = WIDTH,
    only: Collection[str] | None = None,
    each: float | None = None,
    time_limit: float = TIME_LIMIT,
) -> dict[str, TestRun]:
    """Run tests on versions of the answer; versions after one that ended the process are left out.

    The arguments are those of `tests_in_process.run_tests`; `each` limits the seconds for one version, `time_limit` for
    all of them.
    """
    given = [source, shown_as, dict(subject.refused), width, subject.names, versions, only and list(only), each]
    try:
        ended = run(WORK, given, Bounds(time_limit, MAX_OUTPUT, MAX_MEMORY))
    except SandboxError as error:
        raise DrillError(f"{shown_as} cannot be run: {error}") from error
    runs: dict[str, TestRun] = {}
    key, test = "", ""
    for message in ended.messages:
        key, test = message.get("version", key), message.get("test", "" if "result" in message else test)
        known = runs.setdefault(key, TestRun(printed=ended.printed))
        if "result" in message:
            result = message["result"]
            shown = tuple((label, text) for label, text in result.pop("shown"))
            runs[key] = replace(known, results=(*known.results, TestResult(**result, shown=shown)))
        elif "problem" in message:
            runs[key] = replace(known, problem=message["problem"])
        elif "took" in message:
            runs[key] = replace(known, seconds=message["took"])
    if ended.why != "returned":
        problem = how_it_ended(ended, time_limit)[1]
        if only is not None and ended.why == "time":
            problem = OUT_OF_TIME
        elif test:
            problem = f"In {test}: {problem[0].lower()}{problem[1:]}"
        known = runs.get(key, TestRun(printed=ended.printed))
        runs[key or versions[0][0]] = replace(known, problem=problem)
    return runs

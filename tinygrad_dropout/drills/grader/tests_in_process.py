"""Runs a learner's own tests on their answer or on another one, in a separate process."""

from __future__ import annotations

import inspect
import signal
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import numpy as np

from tinygrad_dropout.conformance.global_state import own_global_state
from tinygrad_dropout.drills.grader import answer
from tinygrad_dropout.drills.grader.own_tests import COMPARED, Sides, remembering_tests
from tinygrad_dropout.drills.grader.result import Rejected
from tinygrad_dropout.drills.grader.shown import MARGIN, as_text
from tinygrad_dropout.drills.grader.surroundings import surroundings_kept

Say = Callable[..., None]
MAX_LINES = 6  # lines of a message


class TooSlowError(BaseException):
    """A test did not finish in time."""


def run_tests(
    say: Say,
    source: str,
    shown_as: str,
    refused: Mapping[str, str],
    width: int,
    names: Collection[str],
    versions: Collection[tuple[str, str | None]],
    only: Collection[str] | None,
    seconds: float | None,
) -> None:
    """Run a file's tests on several versions of the answer.

    It sends these messages: `version` before each version; `test` before each test and `result` after it; `took`, with
    the seconds, after each version. `unusable` means that a version defines nothing that is tested, and `problem` that
    the learner's file cannot be run.

    Args:
        say: sends a message.
        source: the learner's file.
        shown_as: its name.
        refused: NumPy names that the answer must not use.
        width: the width of a line, in characters.
        names: the names that are tested, to which a version gives other values.
        versions: (key, text of a file); None stands for the learner's own.
        only: the names of the tests to run, and a version then ends at the first failure; None for all tests.
        seconds: the time limit for each version; None for none.
    """
    np.set_printoptions(linewidth=width - MARGIN)
    for key, text in versions:
        say(version=key)
        began = perf_counter()
        try:
            with own_global_state(0), time_limit(seconds), warnings.catch_warnings(), surroundings_kept():
                warnings.simplefilter("ignore")
                run_version(say, source, shown_as, refused, names, text, only)
        except Rejected as rejected:
            say(problem=rejected.rejection.message)
        except TooSlowError:
            say(result={"name": "", "passed": False, "place": "", "message": "never ended", "shown": []})
        say(took=perf_counter() - began)


def run_version(
    say: Say,
    source: str,
    shown_as: str,
    refused: Mapping[str, str],
    names: Collection[str],
    text: str | None,
    only: Collection[str] | None,
) -> None:
    """Run the tests on one version."""
    namespace = answer.run(source, shown_as, refused)
    if text is not None:
        replacements = definitions(text, names)
        if not replacements:
            say(unusable=True)
            return
        namespace.update(replacements)
    sides = Sides()
    namespace[COMPARED] = sides.compared
    for name, code in remembering_tests(source, shown_as):
        exec(code, namespace)
        if only is not None and name not in only:
            continue
        say(test=name)
        result = run_test(name, namespace[name], sides)
        say(result=result)
        if only is not None and not result["passed"]:
            return


def definitions(text: str, names: Collection[str]) -> dict[str, Any] | None:
    """The values that one of our own files gives to these names; None if the file does not run."""
    namespace: dict[str, Any] = {"__name__": "version"}
    try:
        exec(compile(text, "another answer", "exec"), namespace)
    except TooSlowError:
        raise
    except BaseException:
        return None
    return {name: namespace[name] for name in names if name in namespace}


def run_test(name: str, test: Callable[[], Any], sides: Sides) -> dict[str, Any]:
    """Call a test and return how it ended."""
    sides.last = ()
    try:
        if inspect.signature(test).parameters:
            return failed(name, "", f"{name} takes arguments; expected a test without any")
        with np.errstate(all="ignore"):
            if inspect.iscoroutine(value := test()):
                value.close()
                return failed(name, "", f"{name} is an `async def`; expected a plain `def`")
    except (TooSlowError, KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:
        return failed(name, answer.line_of(error), *reason(error, sides))
    return {"name": name, "passed": True, "place": "", "message": "", "shown": []}


def failed(name: str, place: str, message: str, shown: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    """The result of a test that failed."""
    return {"name": name, "passed": False, "place": place, "message": message, "shown": shown}


def reason(error: BaseException, sides: Sides) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Why a test failed, and the two sides of its comparison."""
    text = "\n".join(str(error).strip().splitlines()[:MAX_LINES])
    if isinstance(error, NotImplementedError):
        return "what it tests is not written yet", ()
    if not isinstance(error, AssertionError):
        return f"{type(error).__name__}: {text}".rstrip(": "), ()
    shown = tuple(zip(("left", "right"), map(as_text, sides.last), strict=False))
    return text or "the assertion failed", shown


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise TooSlowError inside a `with` after a number of seconds, if the system has a timer for that."""
    if seconds is None or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

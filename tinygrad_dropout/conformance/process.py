"""Runs an examination in a separate process that can be stopped, since a layer may hang or end the process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tinygrad_dropout.conformance.adapters import of
from tinygrad_dropout.conformance.check import check_dropout
from tinygrad_dropout.conformance.report import CannotDrive, Report
from tinygrad_dropout.conformance.target import TargetError, load
from tinygrad_dropout.mistakes.dropout import layer as mistakes
from tinygrad_dropout.sandbox import Bounds, SandboxError, run
from tinygrad_dropout.sandbox.output import print_to_stderr

MAX_OUTPUT = 10_000_000  # bytes; printing a few arrays is not a mistake
MAX_MEMORY = 4 * 2**30  # bytes of data; importing JAX takes a third of this

#: why the process ended before the examination was done -> the layer's mistake
ENDS = {
    "time": mistakes.NEVER_RETURNS,
    "output": mistakes.FLOODS_THE_OUTPUT,
    "memory": mistakes.OUT_OF_MEMORY,
    "fork": mistakes.FORKS_AND_GOES_ON,
    "interrupt": mistakes.RAISES_KEYBOARD_INTERRUPT,
    "raised": mistakes.CANNOT_BE_EXAMINED,
    "exit": mistakes.ENDS_THE_PROCESS,
}


def check_target(
    target: str,
    *,
    seeds: int,
    time_limit: float,
    strict: bool = False,
    options: Mapping[str, Any] | None = None,
) -> Report:
    """Examine the class or function that `target` names. Its output goes to standard error.

    Args:
        target: `path/to/file.py:Name` or `package.module:Name`.
        seeds: how many seeds to examine with.
        time_limit: the time limit for the whole examination, in seconds.
        strict: whether edge cases count as errors.
        options: further options of `check_dropout`, as plain values.

    Returns:
        The first report that fails, or the last one.

    Raises:
        TargetError: the target does not exist, an option is wrong, or no process can be started.
    """
    bounds = Bounds(time_limit, MAX_OUTPUT, MAX_MEMORY)
    arguments = [target, seeds, strict, dict(options or {})]
    try:
        ended = run(f"{__name__}:examine", arguments, bounds, here=True, on_line=print_to_stderr)
    except SandboxError as error:
        raise TargetError(f"{target} cannot be examined: {error}") from error
    if ended.why != "returned":
        figures = {"seconds": time_limit, "most": MAX_OUTPUT, "how": ended.detail, "error": ended.detail}
        return Report((ENDS[ended.why].seen(**figures),))
    (message,) = ended.messages
    if "problem" in message:
        raise TargetError(message["problem"])
    return Report.from_json(message["report"])


def examine(say: Callable[..., None], target: str, seeds: int, strict: bool, options: dict[str, Any]) -> None:
    """In the separate process: send the report, or the problem of a TargetError."""
    try:
        make = of(load(target))
        for seed in range(seeds):
            report = check_dropout(make, seed=seed, **options)
            if report.exit_code(strict):
                break
    except CannotDrive as obstacle:
        report = obstacle.report
    except (TargetError, ValueError) as error:
        say(problem=str(error))
        return
    say(report=report.as_json())

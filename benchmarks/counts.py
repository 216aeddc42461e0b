"""The cost of a step in counts that are the same on every machine: calls, and bytecodes of the framework.

The suite bounds the calls (tests/test_cost.py). Bytecodes are only counted here, to compare two versions: a bound on
them would forbid code that is plainer and no slower.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import tinygrad_dropout
from benchmarks.contenders import OURS, Step
from benchmarks.workloads import WORKLOADS, Chain

PACKAGE = str(Path(tinygrad_dropout.__file__).parent)
COUNTED = ("W1", "W5")  # the others run the same code


def counts(key: str) -> dict[str, float]:
    """The calls of Python functions, calls of C functions and bytecodes of our step (or per node of the chain)."""
    workload = WORKLOADS[key]
    if isinstance(workload, Chain):
        workload = replace(workload, length=1000)  # counting is slow, and a node costs the same in every chain
    step = OURS.step(workload)
    assert step is not None
    step()  # does everything that is only done once
    share = 2 * workload.length if isinstance(workload, Chain) else 1
    found = calls(step) | {"bytecodes": bytecodes(step)}
    return {name: count / share for name, count in found.items()}


def calls(step: Step) -> dict[str, int]:
    """The number of calls of functions written in Python, and in C, during a step."""
    counted: Counter[str] = Counter()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        counted[event] += 1

    before = sys.getprofile()
    with uncollected():
        sys.setprofile(note)
        try:
            step()
        finally:
            sys.setprofile(before)
    return {"Python calls": counted["call"] - 1, "C calls": counted["c_call"] - 1}  # the step itself, setprofile itself


@contextmanager
def uncollected() -> Iterator[None]:
    """Within the context, no garbage is collected, because its callbacks would be counted."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def bytecodes(step: Step) -> int:
    """The number of the framework's bytecode instructions that run during a step."""
    counted = 0

    def note(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal counted
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counted += event == "opcode"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        step()
    finally:
        sys.settrace(before)
    return counted

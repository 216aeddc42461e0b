"""The peak memory of a workload: one process for each contender, measured by the system.

`peak_of` starts this file as a program of its own, which takes a few steps and prints how far the memory of the process
rose above what it took before there was a workload. Only Linux reports the peak of a part of a process's life.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.processes import output_of
from benchmarks.workloads import Training, Workload, as_json, from_json

STEPS = 3
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
MEASURABLE = STATUS.exists() and CLEAR.exists()


def peak_of(contender: str, workload: Workload) -> int:
    """Bytes at the peak of the workload's steps, parameters included, beyond what the process took before.

    Raises:
        Failed: the measured process failed.
    """
    measuring = f"measuring the memory of {contender}"
    return int(output_of(["benchmarks.memory", contender, as_json(workload)], measuring))


def of_this_process(field: str) -> int:
    """A field of the process's status, in bytes: VmRSS is its current memory, VmHWM the most it has had."""
    for line in STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise LookupError(f"the system does not tell {field}")


def measured(contender: str, workload: Workload) -> int:
    """The peak of this process while it takes the workload's steps."""
    from benchmarks.contenders import by_key

    chosen = by_key(contender)
    small = chosen.step(Training("small", (8, 8, 2), 4))
    assert small is not None, f"{contender} does not train"
    small()  # loads everything that is loaded only once
    before = of_this_process("VmRSS")
    step = chosen.step(workload)
    assert step is not None, f"{contender} takes no part in {workload.title}"
    CLEAR.write_text("5", encoding="ascii")  # the peak counts from here on
    for _ in range(STEPS):
        step()
    return of_this_process("VmHWM") - before


if __name__ == "__main__":
    print(measured(sys.argv[1], from_json(sys.argv[2])))

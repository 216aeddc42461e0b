"""The peak memory of training: one process for each contender, measured by the system.

`peak_of` starts this file as a program of its own, which trains for a few steps and prints how far the memory of the
process rose above what it took before there was a network. Only Linux tells the peak of a part of a process's life.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.workloads import Training

STEPS = 3
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
MEASURABLE = STATUS.exists() and CLEAR.exists()


class NoPeak(Exception):
    """The process that was to be measured failed."""


def peak_of(contender: str, workload: Training) -> int:
    """Bytes at the peak of the train steps, parameters included, beyond what the process took before."""
    command = [sys.executable, "-m", "benchmarks.memory", contender, json.dumps(asdict(workload))]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        last = run.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise NoPeak(f"measuring the memory of {contender} failed: {last[0]}")
    return int(run.stdout)


def of_this_process(field: str) -> int:
    """A field of the process's status, in bytes: VmRSS is what it takes now, VmHWM the most it has taken."""
    for line in STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise NoPeak(f"the system does not tell {field}")


def measured(contender: str, workload: Training) -> int:
    """The peak of this process while it trains."""
    from benchmarks.contenders import by_key

    chosen = by_key(contender)
    small = chosen.step(Training("small", (8, 8, 2), 4))
    assert small is not None, f"{contender} does not train"
    small()  # loads what is loaded once
    before = of_this_process("VmRSS")
    step = chosen.step(workload)
    assert step is not None
    CLEAR.write_text("5", encoding="ascii")  # the peak counts from here on
    for _ in range(STEPS):
        step()
    return of_this_process("VmHWM") - before


if __name__ == "__main__":
    fields = json.loads(sys.argv[2])
    print(measured(sys.argv[1], Training(**{**fields, "sizes": tuple(fields["sizes"])})))

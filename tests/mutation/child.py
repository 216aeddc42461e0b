"""Run pytest on a copy of a repository, within limits, and note which test failed and how long each file took.

    python child.py ROOT PACKAGE REPORT SECONDS PYTEST_ARGUMENTS...

It runs as a script, and imports nothing from its own folder. ROOT comes first on the path. The exit code is pytest's,
or NOT_THE_COPY if PACKAGE would be imported from elsewhere. After SECONDS of processor time (0: no limit), the system
ends it. A limit on the time of day would depend on the machine's other work.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

NOT_THE_COPY = 90
GIGABYTE = 2**30
MEMORY, FILE_SIZE = 4 * GIGABYTE, GIGABYTE


class Notes:
    """A pytest plugin: the seconds that each file's tests took, and the first test (or file) that failed."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.failed: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid.partition("::")[0]] += report.duration
        self.note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.note(report)

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed and self.failed is None:
            self.failed = report.nodeid


def limit(seconds: int) -> None:
    """Limit the time, the memory and the disk space of an endless mutant, if the system has such limits."""
    with contextlib.suppress(ImportError, ValueError):
        import resource

        if seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_SIZE, FILE_SIZE))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main(root: str, package: str, report: str, seconds: str, *arguments: str) -> int:
    sys.path[0] = root
    limit(int(seconds))
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None or not Path(found.origin).is_relative_to(root):
        return NOT_THE_COPY
    notes = Notes()
    code = pytest.main([*arguments], plugins=[notes])
    Path(report).write_text(json.dumps({"failed": notes.failed, "seconds": notes.seconds}), encoding="utf-8")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

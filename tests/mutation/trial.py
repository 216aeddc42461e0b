"""One mutant at a time: put it into a private copy of the repository, and see whether a test fails there."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.mutation import child
from tests.mutation.mutants import Mutant

#: Not copied: files that tools have left, and files that no test of the core reads.
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "*.png", "*.svg")

PYTEST = ("-x", "-q", "-p", "no:cacheprovider")
START, PATIENCE = 15, 3  # a run can take this many seconds, plus this many times its time before the change:
WAITING = 5  # in processor time, and this many times as long in total


@dataclass(frozen=True)
class Subject:
    """What is mutated, and which tests check it.

    Attributes:
        root: the repository.
        package: its name for imports.
        files: what is mutated, as paths from the root.
        tests: the test files.
        mirrored: the tests that are likely to notice a change to a file; they run first.
    """

    root: Path
    package: str
    files: Sequence[str]
    tests: Sequence[str]
    mirrored: Callable[[str], Sequence[str]]


class BrokenSuiteError(Exception):
    """The suite fails, or can't be run, on the unchanged code."""


class ClosedError(Exception):
    """The copy was closed while a mutant was being tried: there is no verdict."""


@dataclass
class Verdict:
    """The verdict on a mutant: "killed", "timed out" (killed, too) or "survived"; and the test that killed it."""

    outcome: str
    by: str | None = None

    @property
    def killed(self) -> bool:
        return self.outcome != "survived"


@dataclass
class Copy:
    """A private copy of a subject's repository, in which mutants are tried one after the other."""

    subject: Subject
    folder: Path
    seconds: Mapping[str, float] = field(default_factory=dict)  # for each test file, on the unchanged code
    running: subprocess.Popen[bytes] | None = None
    closed: bool = False

    def __post_init__(self) -> None:
        self.root = self.folder / "copy"
        shutil.copytree(self.subject.root, self.root, ignore=LEFT_OUT)
        (self.folder / "temporary").mkdir()
        without_torch = self.folder / "without_torch"
        without_torch.mkdir()
        (without_torch / "torch.py").write_text('raise ImportError("left out")\n')
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(without_torch), str(self.root)]),
            "TMPDIR": str(self.folder / "temporary"),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self.environment.pop("REQUIRE_TORCH", None)

    def run_unchanged(self) -> None:
        """Run the suite on the unchanged code, where it must pass, and note how long each file's tests take."""
        code, report = self.pytest(self.subject.tests)
        if code != 0:
            problem = "the package was imported from elsewhere" if code == child.NOT_THE_COPY else report.get("failed")
            raise BrokenSuiteError(f"the suite does not pass on the unchanged code: {problem or self.output()[-500:]}")
        self.seconds = report["seconds"]
        # From here on no bytecode is written: Python treats a file with the same size and second as the same file.
        self.environment["PYTHONDONTWRITEBYTECODE"] = "1"

    def try_out(self, mutant: Mutant, hint: str | None = None) -> Verdict:
        """Find out whether a test fails on the mutant: first the `hint`, then the mirrored tests, then all tests."""
        path = self.root / mutant.place.file
        original = path.read_text(encoding="utf-8")
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
            compiled.unlink()
        path.write_text(mutant.source, encoding="utf-8")
        mirrored = self.subject.mirrored(mutant.place.file)
        others = [name for name in self.subject.tests if name not in mirrored]
        try:
            if hint and (verdict := self.verdict([hint])).by:  # if the test no longer exists, none has failed
                return verdict
            verdict = self.verdict(mirrored)
            return verdict if verdict.killed or not others else self.verdict(others)
        finally:
            path.write_text(original, encoding="utf-8")

    def verdict(self, tests: Sequence[str]) -> Verdict:
        """Run these tests on the copy in its current state."""
        before = sum(self.seconds.get(name, 0) for name in tests)
        try:
            code, report = self.pytest(tests, round(START + PATIENCE * before))
        except subprocess.TimeoutExpired:
            return Verdict("timed out")
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return Verdict("timed out")
        if code == child.NOT_THE_COPY:
            raise BrokenSuiteError("the package was imported from elsewhere")
        return Verdict("killed", report.get("failed")) if code else Verdict("survived")

    def pytest(self, tests: Sequence[str], seconds: int = 0) -> tuple[int, Mapping[str, Any]]:
        """Run these tests in a separate process group; return the exit code and the notes of `child.py`."""
        if self.closed:
            raise ClosedError
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        settings = [str(self.root), self.subject.package, str(report), str(seconds), *PYTEST]
        with open(self.folder / "output", "wb") as output:
            self.running = subprocess.Popen(
                [sys.executable, child.__file__, *settings, *tests],
                cwd=self.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                code = self.running.wait(WAITING * seconds if seconds else None)
            finally:
                self.stop()
        if self.closed:
            raise ClosedError
        return code, json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}

    def output(self) -> str:
        return (self.folder / "output").read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """Stop the running tests, and start no others."""
        self.closed = True
        self.stop()

    def stop(self) -> None:
        """Stop the running tests and all their processes."""
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()

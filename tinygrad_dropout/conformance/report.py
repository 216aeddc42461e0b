"""What a check found, for a program (`ok`, `code`) and for a person (`str`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a layer, or (as a remark) a matter of taste.

    Attributes:
        code: its name, which stays the same from version to version: `scale-is-1/p`.
        message: what was seen, with the numbers that show it.
        expected: what a right layer does.
    """

    code: str
    message: str
    expected: str

    def __str__(self) -> str:
        return f"[{self.code}] {self.message}\n     expected: {self.expected}"


@dataclass(frozen=True)
class Report:
    """What `check_dropout` found.

    Attributes:
        findings: what is wrong, the most telling first.
        remarks: matters of taste. They fail no layer.
        not_checked: what could not be looked at, and why.
    """

    findings: tuple[Finding, ...]
    remarks: tuple[Finding, ...] = ()
    not_checked: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def __str__(self) -> str:
        count = len(self.findings)
        verdict = "This dropout is right." if self.ok else f"This dropout is wrong: {count} finding{'s'[: count > 1]}."
        lines = [verdict, *(f"  {number}. {finding}" for number, finding in enumerate(self.findings, start=1))]
        lines += [f"  remark {remark}" for remark in self.remarks]
        lines += [f"  not checked: {what}" for what in self.not_checked]
        return "\n".join(lines)


class Violation(Exception):
    """A layer did what makes further questions of the same kind pointless."""

    def __init__(self, code: str, message: str, expected: str) -> None:
        super().__init__(message)
        self.finding = code, message, expected


class Log:
    """Collects findings while a check runs; of each code the first one."""

    def __init__(self) -> None:
        self.findings: dict[str, Finding] = {}
        self.remarks: dict[str, Finding] = {}
        self.not_checked: list[str] = []

    def finding(self, code: str, message: str, expected: str) -> None:
        """Something is wrong."""
        self.findings.setdefault(code, Finding(code, message, expected))

    def remark(self, code: str, message: str, expected: str) -> None:
        """Something is a matter of taste."""
        self.remarks.setdefault(code, Finding(code, message, expected))

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Inside, a Violation ends the block and becomes a finding; so does what nobody has thought of."""
        try:
            yield
        except Violation as violation:
            self.finding(*violation.finding)
        except Exception as error:
            problem = f"what the layer returned could not be examined: {described(error)}"
            self.finding("cannot-be-examined", problem, "arrays of ordinary numbers")

    def report(self) -> Report:
        """What was collected."""
        return Report(tuple(self.findings.values()), tuple(self.remarks.values()), tuple(self.not_checked))


def described(error: BaseException) -> str:
    """An exception in one line."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # an exception that cannot be shown
        text = ""
    return f"{type(error).__name__}: {text:.200}" if text else type(error).__name__

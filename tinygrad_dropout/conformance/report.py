"""What a check found, for programs (`ok`, `code`, `exit_code`) and for people (`str`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from tinygrad_dropout.mistakes import EDGE_CASE, ERROR, REMARK, Finding, Mistake

RIGHT, WRONG, NOT_EXAMINED = 0, 1, 3  # exit codes; 2 is for a mistake in the command


@dataclass(frozen=True)
class Report:
    """What `check_dropout` or `check_model` found.

    Attributes:
        errors: what is wrong, the most informative first.
        edge_cases: what is wrong only in a corner that most users never reach, such as NaN at p = 1.
        remarks: matters of taste, which never fail.
        not_checked: what could not be checked, and why.
        allowed: findings that `allow` accepts.
        problem: why nothing could be examined at all; "" if it could.
        instead: code to paste that makes the examination possible; "" if there is none.
        subject: what was examined: `dropout` or `model`.
    """

    errors: tuple[Finding, ...] = ()
    edge_cases: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()
    not_checked: tuple[str, ...] = ()
    allowed: tuple[Finding, ...] = ()
    problem: str = ""
    instead: str = ""
    subject: str = "dropout"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Errors and edge cases."""
        return (*self.errors, *self.edge_cases)

    @property
    def examined(self) -> bool:
        """Whether it could be examined."""
        return not self.problem

    @property
    def ok(self) -> bool:
        """Whether it was examined and has no error. Edge cases and remarks are not errors."""
        return self.examined and not self.errors

    def exit_code(self, strict: bool = False) -> int:
        """0 if there is no error, 1 if there is an error, 3 if it could not be examined.

        Args:
            strict: whether edge cases count as errors.
        """
        if not self.examined:
            return NOT_EXAMINED
        return WRONG if self.errors or (strict and self.edge_cases) else RIGHT

    @property
    def verdict(self) -> str:
        """The report in one sentence."""
        if not self.examined:
            return f"This {self.subject} could not be examined: {self.problem}"
        edge_cases = counted(len(self.edge_cases), "edge case")
        if self.errors:
            also = f" and {edge_cases}" if self.edge_cases else ""
            return f"This {self.subject} is wrong: {counted(len(self.errors), 'error')}{also}."
        return f"This {self.subject} is right{f', except for {edge_cases}' if self.edge_cases else ''}."

    def as_json(self) -> dict[str, Any]:
        """Convert the report to plain values, each finding with its texts filled in."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return {n: [plain_item(item) for item in v] if isinstance(v, tuple) else v for n, v in plain.items()}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Report:
        """Restore the report that `as_json` converted."""
        made: dict[str, Any] = {n: tuple(map(item_of, v)) if isinstance(v, list) else v for n, v in plain.items()}
        return cls(**made)

    def __str__(self) -> str:
        lines = [self.verdict]
        number = 0
        for title, findings in (("Errors", self.errors), ("Edge cases", self.edge_cases)):
            lines += [f"{title}:"] * bool(findings)
            for finding in findings:
                number += 1
                lines.append(f"  {number}. {finding}")
        for title, findings in (("Remarks", self.remarks), ("Allowed", self.allowed)):
            lines += [f"{title}:"] * bool(findings)
            lines += [f"  {finding}" for finding in findings]
        lines += ["Not checked:"] * bool(self.not_checked)
        lines += [f"  {what}" for what in self.not_checked]
        if self.instead:
            lines += ["Write this instead:", "", *(f"    {line}".rstrip() for line in self.instead.splitlines())]
        return "\n".join(lines)


def report_of(
    findings: Iterable[Finding],
    not_checked: Iterable[str] = (),
    allow: Collection[str] = (),
    subject: str = "dropout",
) -> Report:
    """A report with the findings sorted by severity, with only the first finding of each code.

    Args:
        findings: the most informative first.
        not_checked: what could not be checked.
        allow: codes of accepted findings.
        subject: what was examined.
    """
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.code, finding)
    allowed = tuple(finding for finding in first.values() if finding.code in allow)
    by_severity = {
        severity: tuple(
            finding for finding in first.values() if finding.severity == severity and finding.code not in allow
        )
        for severity in (ERROR, EDGE_CASE, REMARK)
    }
    return Report(
        by_severity[ERROR],
        by_severity[EDGE_CASE],
        by_severity[REMARK],
        tuple(not_checked),
        allowed,
        subject=subject,
    )


def counted(count: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def plain_item(item: Finding | str) -> dict[str, str] | str:
    """A finding as texts, or a text."""
    if isinstance(item, str):
        return item
    return asdict(replace(item.mistake, message=item.message, expected=item.expected))


def item_of(plain: dict[str, str] | str) -> Finding | str:
    """Restore what `plain_item` converted; the texts become templates without figures."""
    if isinstance(plain, str):
        return plain
    texts = {name: text.replace("{", "{{").replace("}", "}}") for name, text in plain.items()}
    return Mistake(**{**plain, "message": texts["message"], "expected": texts["expected"]}).seen()


class StopCheck(Exception):
    """Raised if a finding makes further questions of the same kind pointless."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class CannotDrive(Exception):
    """Raised if the kit does not know how to call the target: a third verdict, neither right nor wrong.

    Args:
        problem: what prevents the examination, in a sentence.
        instead: code to paste that makes it work; "" if there is none.
    """

    def __init__(self, problem: str, instead: str = "") -> None:
        super().__init__(problem)
        self.problem, self.instead = problem, instead

    @property
    def report(self) -> Report:
        """The report that states the problem."""
        return Report(problem=self.problem, instead=self.instead)

"""A report reads well, and holds each fault once."""

import pytest

from tinygrad_dropout.conformance.report import Finding, Log, Report, Violation

FINDING = Finding("scale-missing", "the elements that were kept are multiplied by 1", "x 1.429 = 1/(1 - p)")


def test_a_report_without_findings_is_ok():
    assert Report(()).ok
    assert str(Report(())) == "This dropout is right."


def test_a_report_with_findings_numbers_them():
    report = Report((FINDING, FINDING), remarks=(FINDING,), not_checked=("two forwards",))
    assert not report.ok
    assert str(report).splitlines() == [
        "This dropout is wrong: 2 findings.",
        "  1. [scale-missing] the elements that were kept are multiplied by 1",
        "     expected: x 1.429 = 1/(1 - p)",
        "  2. [scale-missing] the elements that were kept are multiplied by 1",
        "     expected: x 1.429 = 1/(1 - p)",
        "  remark [scale-missing] the elements that were kept are multiplied by 1",
        "     expected: x 1.429 = 1/(1 - p)",
        "  not checked: two forwards",
    ]


def test_one_finding_is_not_findings():
    assert str(Report((FINDING,))).startswith("This dropout is wrong: 1 finding.\n")


def test_remarks_fail_nothing():
    assert Report((), remarks=(FINDING,)).ok


def test_of_each_code_the_first_finding_is_kept():
    log = Log()
    for message in ("one", "two"):
        log.finding("code", message, "")
        log.remark("code", message, "")
    report = log.report()
    assert [finding.message for finding in (*report.findings, *report.remarks)] == ["one", "one"]


def test_a_violation_ends_the_block_and_becomes_a_finding():
    log = Log()
    reached = []
    with log.noting():
        reached.append("before")
        raise Violation("code", "message", "expected")
    assert reached == ["before"]
    assert log.report().findings == (Finding("code", "message", "expected"),)


def test_what_nobody_has_thought_of_becomes_a_finding_too():
    log = Log()
    with log.noting():
        1 / 0  # noqa: B018
    (finding,) = log.report().findings
    assert finding.code == "cannot-be-examined"
    assert "ZeroDivisionError: division by zero" in finding.message


def test_ctrl_c_goes_through():
    with pytest.raises(KeyboardInterrupt), Log().noting():
        raise KeyboardInterrupt

"""A report reads well, sorts its findings by severity and holds each code only once."""

import pytest

from tinygrad_dropout.conformance.report import CannotDrive, Report, report_of
from tinygrad_dropout.mistakes import EDGE_CASE, ERROR, REMARK, Mistake

FINDING = Mistake("scale-missing", "rescaling", "kept elements are multiplied by {scale}", "{right:.4g}").seen(
    scale=1, right=1 / 0.7
)


def finding(code, severity=ERROR):
    return Mistake(code, "mask", f"the message of {code}", "what was expected", severity=severity).seen()


def test_a_report_without_findings_is_ok():
    assert Report().ok
    assert Report().exit_code() == 0
    assert str(Report()) == "This dropout is right."


def test_a_report_shows_errors_first_then_edge_cases_then_the_rest():
    report = report_of(
        [finding("taste", REMARK), finding("corner", EDGE_CASE), FINDING, finding("known")],
        ["two forwards"],
        allow=["known"],
    )
    assert str(report).splitlines() == [
        "This dropout is wrong: 1 error and 1 edge case.",
        "Errors:",
        "  1. [scale-missing] kept elements are multiplied by 1",
        "     expected: 1.429",
        "Edge cases:",
        "  2. [corner] the message of corner",
        "     expected: what was expected",
        "Remarks:",
        "  [taste] the message of taste",
        "     expected: what was expected",
        "Allowed:",
        "  [known] the message of known",
        "     expected: what was expected",
        "Not checked:",
        "  two forwards",
    ]


@pytest.mark.parametrize(
    ("findings", "verdict", "code", "strict_code"),
    [
        ([], "This dropout is right.", 0, 0),
        ([finding("taste", REMARK)], "This dropout is right.", 0, 0),
        ([finding("corner", EDGE_CASE)], "This dropout is right, except for 1 edge case.", 0, 1),
        ([finding("a", EDGE_CASE), finding("b", EDGE_CASE)], "This dropout is right, except for 2 edge cases.", 0, 1),
        ([finding("a"), finding("b")], "This dropout is wrong: 2 errors.", 1, 1),
        ([finding("a"), finding("b", EDGE_CASE)], "This dropout is wrong: 1 error and 1 edge case.", 1, 1),
    ],
)
def test_the_verdict_and_the_exit_code_follow_from_the_severities(findings, verdict, code, strict_code):
    report = report_of(findings)
    assert report.verdict == verdict
    assert report.ok is (code == 0)
    assert (report.exit_code(), report.exit_code(strict=True)) == (code, strict_code)


def test_a_model_is_called_a_model():
    assert report_of([], subject="model").verdict == "This model is right."


def test_only_the_first_finding_of_each_code_is_kept():
    twice = [Mistake("code", "mask", message, "").seen() for message in ("one", "two")]
    assert [finding.message for finding in report_of(twice).errors] == ["one"]


def test_an_allowed_finding_does_not_fail():
    report = report_of([FINDING], allow=["scale-missing"])
    assert report.ok
    assert report.exit_code(strict=True) == 0
    assert report.allowed == (FINDING,)


def test_a_layer_that_cannot_be_called_is_neither_right_nor_wrong():
    report = CannotDrive("Layer has no method forward.", "class Mine:\n    ...\n").report
    assert not report.ok
    assert report.errors == ()
    assert (report.exit_code(), report.exit_code(strict=True)) == (3, 3)
    assert str(report).splitlines() == [
        "This dropout could not be examined: Layer has no method forward.",
        "Write this instead:",
        "",
        "    class Mine:",
        "        ...",
    ]

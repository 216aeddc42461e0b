"""The command `lab report`: what it writes, what it says, and that a mistake is one sentence."""

import pytest

from tests.lab.theory.small import SMALL_OPTIONS


@pytest.fixture
def folder(run, tmp_path):
    """A folder of results."""
    run("lab", "ridge", *SMALL_OPTIONS["ridge"].split(), "--out", "folder")
    return tmp_path / "folder"


def test_a_report_is_one_file_and_it_is_said_where(run, folder):
    assert run("lab", "report", "folder") == (0, "Report: folder/report.html\n", "")
    assert (folder / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert run("lab", "report", ".", "--out", "page.html") == (0, "Report: page.html\n", "")
    assert "<h2>folder (ridge)</h2>" in (folder.parent / "page.html").read_text("utf-8")


def test_what_is_left_out_is_said(run, folder):
    (folder.parent / "damaged").mkdir()
    (folder.parent / "damaged" / "results.json").write_text("{")
    code, out, err = run("lab", "report", ".")
    assert (code, err) == (0, "")
    left_out, written = out.splitlines()
    assert left_out.startswith("Left out: damaged/results.json: the file cannot be read, or is damaged: ")
    assert written == "Report: report.html"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("nowhere", "nowhere: the folder cannot be read: No such file or directory"),
        (".", ".: expected a folder with results.json, or folders that have one, got neither"),
        ("", "the following arguments are required: FOLDER"),
        (". --out", "--out: expected one argument"),
        ("a b", "unrecognized arguments: b"),
    ],
)
def test_what_cannot_be_reported_is_one_sentence(run, arguments, words):
    code, out, err = run("lab", "report", *arguments.split())
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err


def test_results_are_not_overwritten(run, folder):
    before = (folder / "results.json").read_bytes()
    code, out, err = run("lab", "report", "folder", "--out", "folder/results.json")
    assert (code, out) == (2, "")
    assert err == (
        "tinygrad-dropout: folder/results.json: expected a new file or an earlier report to replace, got a file of "
        "another kind\n"
    )
    assert (folder / "results.json").read_bytes() == before

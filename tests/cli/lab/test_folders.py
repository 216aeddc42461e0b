"""`lab report` and `lab merge`: what they write and print, and what they say about a mistake."""

import pytest

from tests.cli.mistakes import assert_is_one_sentence
from tests.lab.small import SMALL_OPTIONS as SMALL_COMPARISON
from tests.lab.theory.small import SMALL_OPTIONS


@pytest.fixture
def folder(run, tmp_path):
    """A folder of results."""
    run("lab", "ridge", *SMALL_OPTIONS["ridge"].split(), "--out", "folder")
    return tmp_path / "folder"


def test_a_report_is_one_file_whose_path_is_printed(run, folder):
    assert run("lab", "report", "folder") == (0, "Report: folder/report.html\n", "")
    assert (folder / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert run("lab", "report", ".", "--out", "page.html") == (0, "Report: page.html\n", "")
    assert "<h2>folder (ridge)</h2>" in (folder.parent / "page.html").read_text("utf-8")


def test_results_that_are_left_out_are_named(run, folder):
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
        (".", ".: expected results.json in this folder or in folders inside it, got neither"),
        ("", "the following arguments are required: FOLDER"),
        (". --out", "--out: expected one argument"),
        ("a b", "unrecognized arguments: b"),
    ],
)
def test_a_mistake_in_a_report_is_one_sentence(run, arguments, words):
    assert_is_one_sentence(run("lab", "report", *arguments.split()), words)


def test_results_are_not_overwritten(run, folder):
    before = (folder / "results.json").read_bytes()
    code, out, err = run("lab", "report", "folder", "--out", "folder/results.json")
    assert (code, out) == (2, "")
    assert err == (
        "tinygrad-dropout: folder/results.json: expected a new file or an earlier report to replace, got a "
        "different kind of file\n"
    )
    assert (folder / "results.json").read_bytes() == before


@pytest.fixture
def parts(run):
    """Two folders with different seeds of the same comparison."""
    for first_seed, folder in ((0, "here"), (2, "there")):
        run("compare", *SMALL_COMPARISON.split(), "--workers", 1, "--first-seed", first_seed, "--out", folder)
    return "here", "there"


@pytest.mark.usefixtures("blank_pictures")
def test_merged_folders_equal_the_folder_of_one_run(run, tmp_path, parts):
    code, out, err = run("lab", "merge", *parts, "--out", "both")
    assert (code, err) == (0, "")
    assert "mean of 4 pairs" in out
    assert out.endswith("Results and pictures: both\n")
    run("compare", *SMALL_COMPARISON.split(), "--workers", 1, "--seeds", 4, "--out", "whole")
    assert (tmp_path / "both" / "results.json").read_bytes() == (tmp_path / "whole" / "results.json").read_bytes()


@pytest.mark.usefixtures("blank_pictures")
def test_a_gap_between_merged_seeds_is_filled_by_the_command_that_is_printed(run, parts):
    run("compare", *SMALL_COMPARISON.split(), "--workers", 1, "--first-seed", 6, "--out", "far")
    code, out, _ = run("lab", "merge", *parts, "far", "--out", "both")
    assert code == 0
    assert out.endswith("To continue: the command that made these folders, --seeds 8 --first-seed 0 with --out both\n")
    code, out, _ = run("compare", *SMALL_COMPARISON.split(), "--workers", 1, "--seeds", 8, "--out", "both")
    assert (code, "mean of 8 pairs" in out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("nowhere --out both", "nowhere: expected a folder with a results.json, got none"),
        ("--out both", "the following arguments are required: FOLDER"),
        ("here", "the following arguments are required: --out"),
    ],
)
def test_a_mistake_in_a_merge_is_one_sentence(run, arguments, words):
    assert_is_one_sentence(run("lab", "merge", *arguments.split()), words)

"""From folders to the page: what is shown, refused or left out, and that results are never overwritten."""

import os
import re
import shutil
from base64 import b64decode
from pathlib import Path

import pytest

from tests.lab.page.test_page import text_in
from tests.lab.theory.small import small_outcome
from tests.lab.trials.counting import Counting, Numbers
from tinygrad_dropout import lab
from tinygrad_dropout.lab import LabError
from tinygrad_dropout.lab.page.outcomes import is_page


def pictures_in(html: str) -> list[bytes]:
    return [b64decode(data) for data in re.findall(r'src="data:image/png;base64,([^"]*)"', html)]


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """A folder with two experiments, and something else."""
    runs = tmp_path_factory.mktemp("originals")
    for name in ("ridge", "expectation"):
        lab.save(small_outcome(name), runs / name)
    (runs / "empty").mkdir()
    (runs / "note.txt").write_text("not a result")
    return runs


@pytest.fixture
def folders(originals, tmp_path):
    """A copy of them."""
    return Path(shutil.copytree(originals, tmp_path / "runs"))


def test_the_pictures_are_those_of_the_folder(folders):
    page = lab.report(folders / "ridge").read_text("utf-8")
    assert pictures_in(page) == [(folders / "ridge" / "ridge.png").read_bytes()]


def test_a_picture_that_is_missing_is_drawn_again(folders):
    wanted = (folders / "ridge" / "ridge.png").read_bytes()
    (folders / "ridge" / "ridge.png").unlink()
    assert pictures_in(lab.report(folders / "ridge").read_text("utf-8")) == [wanted]
    assert not (folders / "ridge" / "ridge.png").exists()


def test_folders_of_a_folder_are_on_one_page_with_a_list_of_contents(folders):
    file = lab.report(folders)
    assert file == folders / "report.html"
    page = file.read_text("utf-8")
    assert re.findall("<h2>(.*?)</h2>", page) == ["expectation", "ridge"]
    assert re.findall('<a href="#(.*?)">(.*?)</a>', page) == [("result-1", "expectation"), ("result-2", "ridge")]
    assert [page.count(f'id="result-{number}"') for number in (1, 2)] == [1, 1]
    verdict = small_outcome("ridge").notes[0]
    assert text_in(page).count(verdict) == 2  # in the contents and in its section


def test_one_result_has_no_list_of_contents(folders):
    assert "<nav" not in lab.report(folders / "ridge").read_text("utf-8")


def test_the_file_can_be_chosen(folders, tmp_path):
    assert lab.report(folders / "ridge", tmp_path / "page.html") == tmp_path / "page.html"
    assert not (folders / "ridge" / "report.html").exists()


def test_a_report_leaves_the_results_as_they_are(folders):
    before = {file: file.read_bytes() for file in folders.rglob("*") if file.is_file()}
    lab.report(folders)
    after = {file: file.read_bytes() for file in folders.rglob("*") if file.is_file()}
    assert after.keys() - before.keys() == {folders / "report.html"}
    assert {file: after[file] for file in before} == before


def test_the_same_folder_gives_the_same_page(folders):
    first = lab.report(folders).read_bytes()
    assert lab.report(folders).read_bytes() == first


def test_a_name_with_any_character_is_shown(folders, tmp_path):
    (folders / "ridge").rename(folders / "a <b> & 'c' \"d\"")
    page = lab.report(folders).read_text("utf-8")
    assert "<h2>a &lt;b&gt; &amp; &#x27;c&#x27; &quot;d&quot; (ridge)</h2>" in page
    assert "<b>" not in page


@pytest.mark.skipif(os.name != "posix", reason="names of files are texts on Windows")
def test_a_name_that_is_not_valid_text_gets_question_marks(folders):
    os.rename(os.fsencode(folders / "ridge"), os.fsencode(folders) + b"/r\xff")
    assert "<h2>r? (ridge)</h2>" in lab.report(folders).read_text("utf-8")


def test_an_unfinished_folder_is_shown(folders, tmp_path):
    outcome = small_outcome("ridge")
    lab.save(outcome.experiment.outcome(outcome.options, outcome.versions), folders / "ridge begun")
    page = lab.report(folders).read_text("utf-8")
    assert "0 of 1 trials are finished: too few for a result." in text_in(page)
    assert len(pictures_in(page)) == 2


# What is refused or left out ------------------------------------------------------------------------------------------


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(LabError) as error:
        lab.report(tmp_path)
    assert str(error.value) == f"{tmp_path}: expected results.json in this folder or in folders inside it, got neither"


@pytest.mark.parametrize(
    ("name", "problem"),
    [("none", "No such file or directory"), ("note.txt", "Not a directory"), (300 * "x", "File name too long")],
)
def test_a_folder_that_cannot_be_read_is_refused(folders, name, problem):
    with pytest.raises(LabError, match=f"{name}: the folder cannot be read: {problem}"):
        lab.report(folders / name)


def test_a_damaged_folder_among_others_is_left_out_with_a_note(folders):
    (folders / "ridge" / "results.json").write_text("{")
    notes = []
    page = lab.report(folders, tell=notes.append).read_text("utf-8")
    assert re.findall("<h2>(.*?)</h2>", page) == ["expectation", "ridge"]
    (note,) = notes
    assert note.startswith(f"Left out: {folders / 'ridge' / 'results.json'}: the file cannot be read, or is damaged")
    assert note.removeprefix("Left out: ") in text_in(page)


def test_the_results_of_an_unknown_experiment_are_left_out(folders):
    lab.run(Counting(), Numbers(seeds=2), out=folders / "counting")
    notes = []
    lab.report(folders, tell=notes.append)
    (note,) = notes
    assert "counting holds the results of counting, not of any experiment of the lab" in note


@pytest.mark.parametrize("inner", ["", "ridge"])
def test_a_folder_is_refused_if_nothing_in_it_can_be_shown(folders, inner):
    for name in ("ridge", "expectation"):
        (folders / name / "results.json").write_text("{")
    with pytest.raises(LabError, match=r"(ridge|expectation).results\.json: the file cannot be read, or is damaged"):
        lab.report(folders / inner)
    assert not (folders / inner / "report.html").exists()


@pytest.mark.parametrize(
    ("out", "problem"),
    [
        ("none/page.html", "the page cannot be written: No such file or directory"),
        ("ridge", "the page cannot be written: Is a directory"),
        ("ridge/results.json", "expected a new file or an earlier report to replace, got a different kind of file"),
        ("note.txt", "expected a new file or an earlier report to replace, got a different kind of file"),
        ("/dev/full", "the page cannot be written: Not an ordinary file"),
    ],
)
def test_a_page_that_cannot_be_written_is_reported_and_nothing_is_lost(folders, out, problem):
    before = {file: file.read_bytes() for file in folders.rglob("*") if file.is_file()}
    with pytest.raises(LabError) as error:
        lab.report(folders, folders / out)
    assert str(error.value) == f"{folders / out}: {problem}"
    assert {file: file.read_bytes() for file in folders.rglob("*") if file.is_file()} == before


def test_a_full_disk_leaves_the_earlier_page(folders, monkeypatch):
    file = lab.report(folders)
    earlier = file.read_bytes()

    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(LabError, match=r"report\.html: the page cannot be written: No space left on device"):
        lab.report(folders / "ridge", file)
    assert file.read_bytes() == earlier
    assert sorted(os.listdir(folders)) == ["empty", "expectation", "note.txt", "report.html", "ridge"]


def test_an_earlier_page_and_an_empty_file_are_replaced(folders, tmp_path):
    for text in ("", lab.report(folders / "ridge").read_text("utf-8")):
        (tmp_path / "page.html").write_text(text, "utf-8")
        lab.report(folders, tmp_path / "page.html")
        assert is_page(tmp_path / "page.html")
        assert "expectation" in (tmp_path / "page.html").read_text("utf-8")

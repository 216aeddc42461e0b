"""`build closed-book`: stages 1 and 2 from memory, with scripted input as in an interview."""

from importlib import import_module
from io import StringIO

import pytest

from tests.cli.building import ALL, progress
from tinygrad_dropout.drills.interview.closed_book import flat
from tinygrad_dropout.drills.stage import Stage


@pytest.fixture
def closed_book(build, begun, monkeypatch, quick):
    """Hold the interview with this input and this file; returns the output and the folder."""

    def hold(typed, source):
        monkeypatch.setattr("sys.stdin", StringIO(typed))
        start = import_module("tinygrad_dropout.drills.interview.closed_book").ClosedBook.start

        def start_with_an_answer(book):
            start(book)
            assert book.file.read_text() == ""
            book.file.write_text(source)

        monkeypatch.setattr("tinygrad_dropout.drills.interview.closed_book.ClosedBook.start", start_with_an_answer)
        code, out, err = build("closed-book")
        assert (code, err) == (0, "")
        (folder,) = (begun / "closed-book").iterdir()
        return out, folder

    return hold


def one_file(number, code="solution"):
    """One of our packages in a single file."""
    stage = ALL[number - 1]
    return flat(stage.solution if code == "solution" else next(one.source for one in stage.wrong if one.name == code))


def test_nothing_is_graded_before_the_end(closed_book, run, tmp_path, monkeypatch):
    out, folder = closed_book("c\nt\nd\nd\nbanana\n\n1\nq\n", one_file(1, "product-slopes-are-one"))
    during, _, afterwards = out.partition("Your answer to Value as it is now:")
    assert "Expected r, t, d, q or ?; got 'c'." in during
    assert "[product-slopes-are-one]" not in during
    assert "[product-slopes-are-one]" in afterwards
    assert "build hint" not in out
    assert "20 minutes, strict" in afterwards
    assert (folder / "summary.txt").read_text() in out
    assert sorted(path.name for path in (folder / "tasks").iterdir()) == [f"{one.slug}.md" for one in ALL[:2]]
    kept = progress(tmp_path)
    (interview,) = kept["interviews"]
    assert interview["exercises"] == [one.slug for one in ALL[:2]]
    assert interview["strict"]
    assert len(interview["answered"]) == 3
    assert kept["mistakes"][0]["code"] == "product-slopes-are-one"
    code, out, err = run("drill", "stats")
    assert (code, err) == (0, "")
    assert "20 strict" in out


def test_own_tests_are_run_and_scored(closed_book, monkeypatch):
    monkeypatch.setattr(Stage, "wrong", ALL[0].wrong[:1])  # each takes a process
    test = "\ndef test_product():\n    assert (Value(2) * 3).slopes == (3, 2)\n"
    out, _ = closed_book("r\nd\nd\nq\n", one_file(2) + test)
    during, _, afterwards = out.partition("Your answer to Value as it is now:")
    assert "test_product" in during
    assert "Your tests" in afterwards
    assert afterwards.count("Solved.") == 2


def test_stages_solved_from_memory_do_not_count_for_the_learners_package(closed_book, build, tmp_path):
    out, _ = closed_book("d\nd\nq\n", one_file(2))
    assert out.count("Solved.") == 2
    assert all(attempt["solved"] for attempt in progress(tmp_path)["interviews"][0]["attempts"])
    assert "0 of 10 done." in build("list")[1]
    assert build("check")[1].startswith("1  ")

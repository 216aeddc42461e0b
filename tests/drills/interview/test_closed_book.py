"""An interview from memory: two stages in one file, tests scored once, three questions."""

from random import Random

import pytest

from tinygrad_dropout.drills.grader.result import Grade, Rejection
from tinygrad_dropout.drills.interview import closed_book
from tinygrad_dropout.drills.interview.closed_book import TO_WRITE, ClosedBook, flat
from tinygrad_dropout.drills.interview.outcome import Outcome
from tinygrad_dropout.drills.interview.own_tests import Score, Subject, TestResult, TestRun
from tinygrad_dropout.drills.quiz.cards import load
from tinygrad_dropout.drills.stage import stages

ALL = stages()
FIRST, SECOND = ALL[:2]
WRONG = [pytest.param(sample, id=f"{one.number}-{sample.name}") for one in (FIRST, SECOND) for sample in one.wrong]


@pytest.fixture
def said():
    return []


@pytest.fixture
def book(tmp_path, said):
    """A started interview; its output is in `said`."""
    made = ClosedBook(
        tmp_path, check=lambda stage: Grade((stage.slug,)), show=said.append, say=lambda text, kind: said.append(text),
        cards=load(), chance=Random(0),
    )  # fmt: skip
    made.start()
    return made


@pytest.fixture
def scored(monkeypatch):
    """The arguments of each call of `score_tests`, which is replaced because it starts processes."""
    asked = []

    def score(source, shown_as, subject):
        asked.append((source, shown_as, subject))
        return Score(1, 1, known=len(subject.wrong))

    monkeypatch.setattr(closed_book, "score_tests", score)
    return asked


def test_it_starts_with_two_tasks_and_an_empty_file(book, tmp_path):
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()) == [
        "framework/__init__.py",
        *(f"tasks/{one.slug}.md" for one in (FIRST, SECOND)),
    ]
    assert book.file.read_text() == ""


def test_both_tasks_are_answered_in_the_same_file(book):
    assert {task.file for task in book.tasks()} == {book.file}
    assert [task.slug for task in book.tasks()] == [attempt.exercise for attempt in book.attempts()]
    assert [task.text.read_text(encoding="utf-8") for task in book.tasks()] == [FIRST.task, SECOND.task]


def test_the_brief_is_shown_and_the_stage_is_checked(book, said):
    actions = book.actions()
    for task, stage in zip(book.tasks(), (FIRST, SECOND), strict=True):
        actions.show_task(task)
        assert said[-1] == stage.brief
        assert actions.check(task).right == (stage.slug,)


def test_the_candidates_own_tests_are_run_on_the_one_file(book, said, monkeypatch):
    ran = []

    def run(source, shown_as, subject, *, width):
        ran.append((source, shown_as, subject))
        return TestRun((TestResult("test_sum", False, "line 3", "the assertion failed"),))

    monkeypatch.setattr(closed_book, "run_tests", run)
    book.file.write_text("def test_sum(): ...")
    book.actions().run_tests(book.tasks()[0])
    assert ran == [("def test_sum(): ...", "__init__.py", Subject(TO_WRITE, ""))]
    assert "test_sum" in " ".join(said)


def test_without_tests_the_candidate_is_shown_one_about_a_value(book, said, monkeypatch):
    monkeypatch.setattr(closed_book, "run_tests", lambda *arguments, **options: TestRun())
    book.actions().run_tests(book.tasks()[0])
    assert "        assert (Value(2) * 3).data == 6" in said[-1]
    assert "allclose" not in said[-1]


@pytest.mark.parametrize(("text", "untouched"), [("", True), ("\n", True), ("x = 1\n", False)])
def test_an_empty_file_is_untouched(book, text, untouched):
    book.file.write_text(text)
    assert [book.actions().untouched(task) for task in book.tasks()] == [untouched] * 2


def test_tests_are_scored_once_after_the_second_stage_on_the_mistakes_of_both(book, scored, said):
    score = book.actions().score_tests
    assert score(book.tasks()[0]) is None
    assert scored == []
    assert score(book.tasks()[1]).known == len(FIRST.wrong) + len(SECOND.wrong)
    assert "\nYour tests" in said
    ((_, _, subject),) = scored
    assert [description for description, _ in subject.wrong] == [
        sample.description for one in (FIRST, SECOND) for sample in one.wrong
    ]


def defined(source):
    names = {}
    exec(compile(source, "flat.py", "exec"), names)
    return names


def test_our_package_works_in_one_file_as_in_several():
    value = defined(flat(SECOND.solution))["Value"]
    x = value(3.0)
    (x * x + x).backward()
    assert x.grad == 7.0


@pytest.mark.parametrize("sample", WRONG)
def test_the_candidates_tests_can_be_run_on_every_known_mistake(sample):
    source = flat(sample.source)
    assert "framework" not in source
    assert defined(source)["Value"](3.0).data == 3.0 or "data" in sample.name


def test_questions_are_about_mistakes_then_the_code_then_cards_on_backprop(book):
    outcome = Outcome("2026-11-25T12:00:00", 20, book.attempts(), strict=True)
    outcome.attempts[1].mistakes = [("overwrites-the-gradient", "accumulation")]
    asked = book.actions().questions(outcome)
    assert len(asked) == 3
    assert asked[0].reason.startswith("you made this mistake")
    topics = {card.id: card.topic for card in load()}
    assert {topics[one.card] for one in asked[1:]} <= {"backprop", "backprop_in_practice"}


@pytest.mark.parametrize("text", [b"", b"x =", b"\xff\xfe", b"\xef\xbb\xbfx = 1"])
def test_questions_are_asked_for_any_content_of_the_file(book, text):
    book.file.write_bytes(text)
    assert len(book.actions().questions(Outcome("2026-11-25T12:00:00", 20, book.attempts()))) == 3


def test_questions_are_asked_even_if_the_file_is_missing(book):
    book.file.unlink()
    assert len(book.actions().questions(Outcome("2026-11-25T12:00:00", 20, book.attempts()))) == 3


def test_a_rejection_is_passed_on_unchanged(book):
    wrong = Grade((), Rejection("a-code", "It is wrong."))
    book.check = lambda stage: wrong
    assert book.actions().check(book.tasks()[0]) is wrong

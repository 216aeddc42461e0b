"""An interview about exercises: their files, their tests, and the questions afterward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grader.grade_in_subprocess import source_of
from tinygrad_dropout.drills.grader.own_tests import source_without_tests
from tinygrad_dropout.drills.interview import questions
from tinygrad_dropout.drills.interview.code_facts import facts
from tinygrad_dropout.drills.interview.interviewed import Interviewed
from tinygrad_dropout.drills.interview.outcome import Outcome
from tinygrad_dropout.drills.interview.own_tests import Score, Subject, run_tests, score_tests
from tinygrad_dropout.drills.interview.questions import Question
from tinygrad_dropout.drills.interview.task import Task, contents
from tinygrad_dropout.drills.interview.tests_in_words import comparison_of, lines_of_run
from tinygrad_dropout.drills.learner.workspace import Workspace
from tinygrad_dropout.drills.quiz.cards import Card

ABOUT_TESTS = """
## Your own tests

A test is a function `test_...` in the same file as your answer, without arguments and with asserts in it:

    def test_a_case_worked_out_by_hand():
        {sample}

Your tests count. When the time is over, they must accept the reference solution, and they are scored by the known
mistakes that they catch.{hunts}
"""


def readme(exercises: Sequence[Exercise], *, strict: bool) -> str:
    """The README.md of an interview's folder.

    Args:
        exercises: the exercises of the interview.
        strict: whether nothing is graded before the time is over.
    """
    files = "\n".join(f"- `{one.slug}.py`: {one.title}; the whole task is `tasks/{one.slug}.md`" for one in exercises)
    check = "Your answer is graded when the time is over." if strict else "`c` checks your answer."
    text = (
        f"# A mock interview\n\nWrite your answer into this file, and save it:\n\n{files}\n\n"
        "Then type a command in the interview's terminal: `r` runs your own tests, `d` ends the task, `?` lists all "
        f"commands.\n{check} "
        "After the interview, its scorecard is in `summary.txt` in this folder.\n"
    )
    if len(exercises) > 1:
        text = text.replace("this file, and save it", "these files, and save them")
    tested = [one for one in exercises if not one.hunt]
    hunts = " In a bug hunt, the exposing input is the test." if len(tested) < len(exercises) else ""
    about = [ABOUT_TESTS.format(sample=comparison_of(subject_of(one).tested), hunts=hunts) for one in tested[:1]]
    return text + "".join(about)


class ExerciseInterview(Interviewed[Exercise]):
    """An interview about exercises.

    Args:
        exercises: the exercises of the interview.
        workspace: the folder with their files.
        needs: the arguments of `Interviewed`.
    """

    def __init__(self, exercises: Sequence[Exercise], workspace: Workspace, **needs: Any) -> None:
        super().__init__(exercises, **needs)
        self.workspace = workspace

    def tasks(self) -> list[Task]:
        return [
            Task(
                one.slug,
                one.title,
                one.minutes,
                self.workspace.path(one),
                self.workspace.folder / "tasks" / f"{one.slug}.md",
                tests_count=not one.hunt,
            )
            for one in self.exercises.values()
        ]

    def run_tests(self, task: Task) -> None:
        exercise = self.exercises[task.slug]
        subject = subject_of(self.workspace.mine(exercise))
        run = run_tests(source_of(exercise, task.file), task.file.name, subject, width=self.width)
        if exercise.hunt and not run.results and not run.problem:
            self.show_lines([("", "A bug hunt needs no tests of your own: your exposing input is the test.")])
        else:
            self.show_lines(lines_of_run(run, comparison_of(subject.tested), self.width))

    def score_tests(self, task: Task) -> Score | None:
        """Score the candidate's own tests. A bug hunt has none: there, the exposing input is the test."""
        exercise = self.exercises[task.slug]
        if exercise.hunt:
            return None
        score = score_tests(source_of(exercise, task.file), task.file.name, subject_of(self.workspace.mine(exercise)))
        self.show_score(f"Your tests of {task.title}", score)
        return score

    def untouched(self, task: Task) -> bool:
        return self.workspace.untouched(self.exercises[task.slug])

    def questions(self, outcome: Outcome) -> list[Question]:
        shown = [self.exercises[attempt.exercise] for attempt in outcome.attempts if attempt.begun]
        made = [kind for attempt in outcome.attempts for _, kind in reversed(attempt.mistakes)]
        seen = {note for attempt in outcome.attempts for note in attempt.notes}
        for exercise in shown:
            seen |= self.facts_of(exercise)
        fitting = [card for card in self.cards if any(fits(card, exercise) for exercise in shown)]
        about = [question for exercise in shown for question in about_every_solution(exercise)]
        count = questions.COUNT[outcome.minutes]
        return questions.choose(made, seen, about, fitting or self.cards, self.chance, count)

    def facts_of(self, exercise: Exercise) -> set[str]:
        """The facts about the candidate's code, without the tests and without the facts about the starter."""
        task = next(task for task in self.tasks() if task.slug == exercise.slug)
        source = contents(task).decode("utf-8-sig", errors="replace")
        starter = exercise.of(source).starter
        return facts(source_without_tests(source)) - facts(starter) if source not in ("", starter) else set()


def subject_of(exercise: Exercise) -> Subject:
    """What the tests of an exercise are run on."""
    wrong = [(sample.description, sample.source) for sample in exercise.wrong]
    return Subject(exercise.starter, exercise.solution, wrong, exercise.refused)


def about_every_solution(exercise: Exercise) -> list[Question]:
    """The questions on every solution: what it costs, and how to test it."""
    reason = f"about every solution of {exercise.title}"
    return [Question(reason, one.question, one.short, one.points) for one in (exercise.cost, exercise.tests)]


def fits(card: Card, exercise: Exercise) -> bool:
    """Whether a card fits an exercise: cards on dropout fit exercises on dropout, all others fit backprop."""
    return card.topic.startswith("dropout") == (exercise.topic == "dropout")

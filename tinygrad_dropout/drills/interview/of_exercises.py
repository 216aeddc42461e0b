"""An interview about exercises: what is done with each of them, and what is asked afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random

from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grader.grade_in_subprocess import source_of
from tinygrad_dropout.drills.grader.own_tests import source_without_tests
from tinygrad_dropout.drills.grader.report import Line
from tinygrad_dropout.drills.grader.result import Grade
from tinygrad_dropout.drills.grader.shown import WIDTH
from tinygrad_dropout.drills.interview import questions
from tinygrad_dropout.drills.interview.code_facts import facts
from tinygrad_dropout.drills.interview.outcome import Attempt, Outcome
from tinygrad_dropout.drills.interview.own_tests import Score, Subject, run_tests, score_tests
from tinygrad_dropout.drills.interview.questions import Question
from tinygrad_dropout.drills.interview.session import Actions
from tinygrad_dropout.drills.interview.task import Task, contents
from tinygrad_dropout.drills.interview.tests_in_words import comparison_of, lines_of_run, lines_of_score
from tinygrad_dropout.drills.learner.workspace import Workspace
from tinygrad_dropout.drills.quiz.cards import Card

ABOUT_TESTS = """
## Your own tests

A test is a function `test_...` in the same file as your answer, without arguments and with asserts in it:

    def test_a_case_worked_out_by_hand():
        {sample}

Tests count. When the clock has stopped, they must accept the reference solution, and they are scored by the known
mistakes that they catch.{hunts}
"""


def readme(exercises: Sequence[Exercise], *, strict: bool) -> str:
    """The README.md of an interview's folder.

    Args:
        exercises: what is asked.
        strict: whether nothing is graded before the clock has stopped.
    """
    files = "\n".join(f"- `{one.slug}.py`: {one.title}; the whole task is `tasks/{one.slug}.md`" for one in exercises)
    check = "Your answer is graded when the clock has stopped." if strict else "`c` checks your answer."
    text = (
        f"# A mock interview\n\nWrite your answer into this file, and save it:\n\n{files}\n\n"
        f"Then type, where the interview runs: `r` runs your own tests, `d` ends the task, `?` says more.\n{check} "
        "When the interview is over, `summary.txt` here has its scorecard.\n"
    )
    if len(exercises) > 1:
        text = text.replace("this file, and save it", "these files, and save them")
    tested = [one for one in exercises if not one.hunt]
    hunts = " In a bug hunt, the exposing input is the test." if len(tested) < len(exercises) else ""
    about = [ABOUT_TESTS.format(sample=comparison_of(subject_of(one).tested), hunts=hunts) for one in tested[:1]]
    return text + "".join(about)


class ExerciseInterview:
    """What an interview about exercises needs.

    Args:
        exercises: what is asked.
        workspace: where their files are.
        check: grades the answer to an exercise, and shows the grade.
        show: shows Markdown.
        say: shows a text of a kind, as `grader.report` has them.
        cards: to draw questions from.
        chance: draws them.
        width: of a line, in characters.
    """

    def __init__(
        self,
        exercises: Sequence[Exercise],
        workspace: Workspace,
        *,
        check: Callable[[Exercise], Grade],
        show: Callable[[str], None],
        say: Callable[[str, str], None],
        cards: Sequence[Card],
        chance: Random,
        width: int = WIDTH,
    ) -> None:
        self.exercises = {one.slug: one for one in exercises}
        self.workspace, self.check, self.show, self.say = workspace, check, show, say
        self.cards, self.chance, self.width = cards, chance, width

    def tasks(self) -> list[Task]:
        """The exercises, as the interview knows them."""
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

    def attempts(self) -> list[Attempt]:
        """One for each exercise, to be filled."""
        return [Attempt(one.slug, one.title) for one in self.exercises.values()]

    def actions(self) -> Actions:
        """What is done with each."""
        return Actions(
            show_task=lambda task: self.show(self.exercises[task.slug].brief),
            run_tests=self.run_tests,
            check=lambda task: self.check(self.exercises[task.slug]),
            score_tests=self.score_tests,
            untouched=lambda task: self.workspace.untouched(self.exercises[task.slug]),
            questions=self.questions,
        )

    def run_tests(self, task: Task) -> None:
        """Run the candidate's own tests and show how they ended."""
        exercise = self.exercises[task.slug]
        subject = subject_of(self.workspace.mine(exercise))
        run = run_tests(source_of(exercise, task.file), task.file.name, subject, width=self.width)
        self.show_lines(lines_of_run(run, comparison_of(subject.tested), self.width))

    def score_tests(self, task: Task) -> Score | None:
        """What the candidate's own tests are worth; in a bug hunt, the exposing input is the test."""
        exercise = self.exercises[task.slug]
        if exercise.hunt:
            return None
        score = score_tests(source_of(exercise, task.file), task.file.name, subject_of(self.workspace.mine(exercise)))
        self.say(f"\nYour tests of {task.title}", "title")
        self.show_lines(lines_of_score(score, self.width))
        return score

    def show_lines(self, lines: Iterable[Line]) -> None:
        """Show lines in their colours."""
        for kind, text in lines:
            self.say(text, kind)

    def questions(self, outcome: Outcome) -> list[Question]:
        """What is asked after the exercises that were begun."""
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
        """What the candidate's code does, apart from what the starter does and from the tests."""
        task = next(task for task in self.tasks() if task.slug == exercise.slug)
        source = contents(task).decode("utf-8-sig", errors="replace")
        starter = exercise.of(source).starter
        return facts(source_without_tests(source)) - facts(starter) if source not in ("", starter) else set()


def subject_of(exercise: Exercise) -> Subject:
    """What tests of an exercise are about."""
    wrong = [(sample.description, sample.source) for sample in exercise.wrong]
    return Subject(exercise.starter, exercise.solution, wrong, exercise.refused)


def about_every_solution(exercise: Exercise) -> list[Question]:
    """What its solution costs, and how one would test it."""
    reason = f"about every solution of {exercise.title}"
    return [Question(reason, one.question, one.short, one.points) for one in (exercise.cost, exercise.tests)]


def fits(card: Card, exercise: Exercise) -> bool:
    """Whether a card can follow an exercise: those about dropout after dropout, all others after backprop."""
    return card.topic.startswith("dropout") == (exercise.topic == "dropout")

"""The interview itself: tasks against the clock, grading, questions. It does not depend on what the tasks are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from tinygrad_dropout.drills.exercise import DrillError
from tinygrad_dropout.drills.grader.result import Grade
from tinygrad_dropout.drills.grader.shown import WIDTH
from tinygrad_dropout.drills.interview.asking import Conversation, in_columns
from tinygrad_dropout.drills.interview.outcome import Answered, Attempt, Outcome
from tinygrad_dropout.drills.interview.own_tests import Score
from tinygrad_dropout.drills.interview.questions import Question
from tinygrad_dropout.drills.interview.task import Task, answer_in
from tinygrad_dropout.drills.layout import unbroken

COMMANDS = {
    "r": "run your own tests: the functions test_... in your file",
    "c": "check your answer: the grader names what is wrong",
    "t": "show the task",
    "d": "done: go on to the next task",
    "q": "quit the tasks and go to the questions",
}
Result = TypeVar("Result")
WORDS = {"run": "r", "check": "c", "task": "t", "done": "d", "quit": "q"}


@dataclass(frozen=True)
class Actions:
    """The actions on a task; each shows the candidate its result.

    Attributes:
        show_task: shows the task.
        run_tests: runs the candidate's own tests.
        check: grades the answer.
        untouched: whether the answer's file is unchanged.
        score_tests: scores the candidate's own tests; None if they are not scored.
        questions: gives the questions to ask after the tasks.
    """

    show_task: Callable[[Task], None]
    run_tests: Callable[[Task], None]
    check: Callable[[Task], Grade]
    untouched: Callable[[Task], bool]
    score_tests: Callable[[Task], Score | None]
    questions: Callable[[Outcome], Sequence[Question]]


class Interview:
    """One interview.

    Args:
        outcome: the outcome, which the interview fills in.
        tasks: the tasks, one for each of the outcome's attempts.
        actions: the actions on the tasks.
        read: shows a prompt and returns the line typed within a number of seconds (None: no limit). Raises TimeoutError
            when the time is over, and EOFError at the end of the input.
        write: shows a text.
        now: returns the time in seconds.
        width: the width of a line, in characters.
    """

    def __init__(
        self,
        outcome: Outcome,
        tasks: Sequence[Task],
        actions: Actions,
        *,
        read: Callable[[str, float | None], str],
        write: Callable[[str], None],
        now: Callable[[], float],
        width: int = WIDTH,
    ) -> None:
        self.outcome, self.tasks, self.actions = outcome, tasks, actions
        self.read, self.write, self.now, self.width = read, write, now, width
        self.commands = {key: says for key, says in COMMANDS.items() if key != "c" or not outcome.strict}
        self.checked: dict[str, str] = {}  # task -> the answer at the last check
        self.ends = now() + 60 * outcome.minutes

    def run(self) -> Outcome:
        """Hold the interview. The end of the input or Ctrl-C ends it immediately."""
        try:
            for attempt, task in zip(self.outcome.attempts, self.tasks, strict=True):
                if not self.solve(attempt, task):
                    break
            self.grade_what_is_left()
            self.ask_questions()
        except (EOFError, KeyboardInterrupt):
            self.outcome.ended = "quit"
            self.write("")
        return self.outcome

    # against the clock

    def solve(self, attempt: Attempt, task: Task) -> bool:
        """Work on one task; returns whether to go on with the next."""
        attempt.begun = True
        began = self.now()
        first = task is self.tasks[0]  # no empty line: with it, the longest task would not fit a screen of 24 lines
        self.write(f"{'' if first else chr(10)}{task.title}, about {task.minutes} minutes")
        self.show_task(task)
        try:
            while True:
                typed = self.read(self.prompt(), self.ends - self.now()).strip().lower()
                command = WORDS.get(typed, typed)
                if self.now() > self.ends:
                    raise TimeoutError
                if command not in self.commands:
                    self.explain(typed, task)
                elif command == "d":
                    return True
                elif command == "q":
                    if self.agrees_to_quit():
                        return False
                elif command == "t":
                    self.show_task(task)
                elif command == "r":
                    self.attempted(partial(self.actions.run_tests, task))
                elif self.check(attempt, task):
                    self.write("You can still add tests. d goes on." if task.tests_count else "d goes on.")
        except TimeoutError:
            self.write(f"\nTime is up: {self.outcome.minutes} minutes.")
            self.outcome.ended = "time"
            return False
        finally:
            attempt.seconds = self.now() - began

    def agrees_to_quit(self) -> bool:
        """Ask whether to quit, unless everything is solved."""
        if all(attempt.solved for attempt in self.outcome.attempts):
            return True
        left = self.ends - self.now()
        typed = self.read(f"{clock(left)} left. Quit the tasks? y, or Enter to stay: ", left).strip().lower()
        return typed in ("y", "yes")

    def prompt(self) -> str:
        """`12:05 left. r tests, c check, t task, d done, q, ? help: `, which fits 60 columns."""
        check = "" if self.outcome.strict else "c check, "
        return f"{clock(max(0.0, self.ends - self.now()))} left. r tests, {check}t task, d done, q, ? help: "

    def show_task(self, task: Task) -> None:
        """Show the task and the file for the answer."""
        self.actions.show_task(task)
        self.write(f"Your file: {short(task.file)}")

    def explain(self, typed: str, task: Task) -> None:
        """Explain the commands after `?`, or after an unknown command."""
        if typed != "?":
            self.write(f"Expected {', '.join(self.commands)} or ?; got {typed[:40]!r}.")
            return
        self.write(in_columns(self.commands))
        if self.outcome.strict:
            self.write("Your answer is graded when the time is over.")
        if task.tests_count:
            self.write("Your tests count: afterward they are scored by the known mistakes that they catch.")
        self.write(f"The full task: {short(task.text)}")

    def check(self, attempt: Attempt, task: Task) -> bool:
        """Grade the answer and record the result; returns whether it is solved."""
        before = answer_in(task)
        grade = self.attempted(partial(self.actions.check, task))
        if grade is None:
            return False
        self.checked[task.slug] = before
        attempt.solved, attempt.claims = grade.solved, len(grade.right)
        attempt.notes += [note for note in grade.notes if note not in attempt.notes]
        attempt.tries += not grade.unfinished
        if grade.rejection and not grade.unfinished:
            mistake = (grade.rejection.code, grade.rejection.kind)
            if mistake not in attempt.mistakes[-1:]:
                attempt.mistakes.append(mistake)
        return grade.solved

    def attempted(self, action: Callable[[], Result]) -> Result | None:
        """The result of an action; None, with a message, if it cannot be done."""
        try:
            return action()
        except DrillError as error:
            self.write(f"{error}.")
            return None

    # after the clock

    def grade_what_is_left(self) -> None:
        """Grade every answer that was changed since it was last checked, and score the tests.

        Adding tests does not change an answer, so a solved one is not graded again.
        """
        for attempt, task in zip(self.outcome.attempts, self.tasks, strict=True):
            if not attempt.begun:
                continue
            if self.actions.untouched(task):
                self.write(f"\n{task.title}: not started.")
                continue
            if answer_in(task) != self.checked.get(task.slug):
                self.write(f"\nYour answer to {task.title} as it is now:")
                self.check(attempt, task)
            attempt.tests = self.attempted(partial(self.actions.score_tests, task))

    def ask_questions(self) -> None:
        """Ask the questions one by one."""
        questions = self.actions.questions(self.outcome)
        self.outcome.answered = [Answered.to(one) for one in questions]
        spoken = not self.outcome.strict
        talk = Conversation(lambda prompt: self.read(prompt, None), self.write, self.now, self.width, spoken)
        aloud = ", or s if you would rather say it aloud" if spoken else ""
        self.write(f"\nNow {len(questions)} questions. Type each answer in one or more lines{aloud}.")
        for number, (one, answered) in enumerate(zip(questions, self.outcome.answered, strict=True), start=1):
            self.write(f"\n{number} of {len(questions)}  ({one.reason})")
            if not talk.ask(one, answered):
                break


def short(path: Path) -> str:
    """A path on one line, relative to the current folder if it is inside."""
    return unbroken(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def clock(seconds: float) -> str:
    """`7:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"

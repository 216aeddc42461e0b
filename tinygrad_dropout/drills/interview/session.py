"""The interview itself: tasks against the clock, grading, questions. What a task is, others know."""

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
    "d": "done: leave this task for the next one",
    "q": "quit the tasks and go to the questions",
}
Result = TypeVar("Result")
WORDS = {"run": "r", "check": "c", "task": "t", "done": "d", "quit": "q"}


@dataclass(frozen=True)
class Actions:
    """What is done with a task; each shows the candidate what comes of it.

    Attributes:
        show_task: shows what is asked.
        run_tests: runs the candidate's own tests.
        check: grades the answer.
        untouched: whether the answer's file is as it was given.
        score_tests: finds out what the candidate's own tests are worth; None if that is not asked for.
        questions: to ask after the tasks.
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
        outcome: to be filled.
        tasks: what is asked, one for each of the outcome's attempts.
        actions: what is done with them.
        read: shows a prompt and returns what is typed within so many seconds (None: without end). Raises TimeoutError
            when they are over, and EOFError when nothing more will be typed.
        write: shows a text.
        now: seconds.
        width: of a line, in characters.
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
        """Hold the interview. The end of the input, and Ctrl-C, end it at once."""
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
        """One task; whether to go on with the next."""
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
                    self.write("You may still add tests. d goes on." if task.tests_count else "d goes on.")
        except TimeoutError:
            self.write(f"\nTime is up: {self.outcome.minutes} minutes.")
            self.outcome.ended = "time"
            return False
        finally:
            attempt.seconds = self.now() - began

    def agrees_to_quit(self) -> bool:
        """Whether the candidate means it; asked unless everything is solved."""
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
        """The task, and where the answer is written."""
        self.actions.show_task(task)
        self.write(f"Your file: {short(task.file)}")

    def explain(self, typed: str, task: Task) -> None:
        """Say what can be typed: at `?`, and where something else was."""
        if typed != "?":
            self.write(f"Expected {', '.join(self.commands)} or ?; got {typed[:40]!r}.")
            return
        self.write(in_columns(self.commands))
        if self.outcome.strict:
            self.write("Your answer is graded when the time is over.")
        if task.tests_count:
            self.write("Your tests count: afterwards they are scored by the known mistakes that they catch.")
        self.write(f"The task in full: {short(task.text)}")

    def check(self, attempt: Attempt, task: Task) -> bool:
        """Grade the answer and remember what was found; whether it is solved."""
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
        """What an action gives; None if it cannot be done, which is said."""
        try:
            return action()
        except DrillError as error:
            self.write(f"{error}.")
            return None

    # after the clock

    def grade_what_is_left(self) -> None:
        """Grade every answer that was changed since it was last checked, and score the tests.

        Tests that were added change no answer, so one that was solved before is not graded again.
        """
        for attempt, task in zip(self.outcome.attempts, self.tasks, strict=True):
            if not attempt.begun:
                continue
            if self.actions.untouched(task):
                self.write(f"\n{task.title}: not begun.")
                continue
            if answer_in(task) != self.checked.get(task.slug):
                self.write(f"\nYour answer to {task.title}, as it stands:")
                self.check(attempt, task)
            attempt.tests = self.attempted(partial(self.actions.score_tests, task))

    def ask_questions(self) -> None:
        """Ask them one after the other."""
        questions = self.actions.questions(self.outcome)
        self.outcome.answered = [Answered.to(one) for one in questions]
        spoken = not self.outcome.strict
        talk = Conversation(lambda prompt: self.read(prompt, None), self.write, self.now, self.width, spoken)
        aloud = ", or s if you would rather say it aloud" if spoken else ""
        self.write(f"\nNow {len(questions)} questions. Type your answer, in one or more lines{aloud}.")
        for number, (one, answered) in enumerate(zip(questions, self.outcome.answered, strict=True), start=1):
            self.write(f"\n{number} of {len(questions)}  ({one.reason})")
            if not talk.ask(one, answered):
                break


def short(path: Path) -> str:
    """A path as it can be typed in the current folder, unbroken; the whole path if that is elsewhere."""
    return unbroken(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def clock(seconds: float) -> str:
    """`7:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"

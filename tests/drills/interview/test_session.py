"""An interview with scripted input and a scripted clock."""

from dataclasses import replace

import pytest

from tinygrad_dropout.drills.exercise import DrillError
from tinygrad_dropout.drills.grader.result import NOT_WRITTEN, Grade, Rejection
from tinygrad_dropout.drills.interview.outcome import Attempt, Outcome
from tinygrad_dropout.drills.interview.own_tests import Score
from tinygrad_dropout.drills.interview.questions import Question
from tinygrad_dropout.drills.interview.session import Actions, Interview, clock
from tinygrad_dropout.drills.interview.task import Task, answer_in
from tinygrad_dropout.drills.learner.schema import SCHEMA, matches_schema

WRONG = Grade(("it runs",), Rejection("scale-missing", "no", kind="rescaling"), ("float-mask",))
RIGHT, UNTOUCHED = Grade(("it runs", "it scales")), Grade((), Rejection(NOT_WRITTEN, "not yet"))
GRADES = {"wrong\n": WRONG, "right\n": RIGHT, "starter\n": UNTOUCHED}
QUESTIONS = [
    Question(
        f"for reason {letter}", f"{letter}?", "Divide by the rate.", ("it divides", "by the rate"), f"card-{letter}"
    )
    for letter in "abc"
]
ANSWERS = ["divide", "", "all"] * len(QUESTIONS)


class Script:
    """Types a script: a number moves the clock by that many seconds; a line with a line break is saved as the
    answer."""

    def __init__(self, folder, *steps, tasks=1, minutes=20, strict=False):
        self.steps, self.time, self.written, self.prompts, self.done = list(steps), 0.0, [], [], []
        self.tasks = [Task(f"task-{i}", f"Task {i}", 8, folder / f"{i}.py", folder / f"{i}.md") for i in range(tasks)]
        for task in self.tasks:
            task.file.write_text("starter\n")
        actions = Actions(
            show_task=lambda task: self.done.append(f"show {task.slug}"), run_tests=self.run_tests, check=self.check,
            untouched=lambda task: task.file.exists() and task.file.read_text() == "starter\n",
            score_tests=self.score_tests, questions=lambda outcome: QUESTIONS,
        )  # fmt: skip
        outcome = Outcome("2026-11-25T12:00:00", minutes, [Attempt(one.slug, one.title) for one in self.tasks])
        outcome.strict = strict
        self.interview = Interview(
            outcome, self.tasks, actions, read=self.read, write=self.written.append, now=lambda: self.time, width=80
        )

    def run_tests(self, task):
        self.done.append(f"test {task.slug}")

    def score_tests(self, task):
        self.done.append(f"score {task.slug}")
        return Score(3, 2, caught=4, known=9)

    def check(self, task):
        self.done.append(f"check {task.slug}")
        if not task.file.exists():
            raise DrillError("there is no such file")
        return GRADES[task.file.read_text()]

    def read(self, prompt, seconds):
        self.prompts.append(prompt)
        while self.steps:
            step = self.steps.pop(0)
            if isinstance(step, (int, float)):
                self.time += step
                if seconds is not None and step > seconds:
                    raise TimeoutError
            elif isinstance(step, BaseException):
                raise step
            elif step.endswith("\n"):
                self.tasks[len([one for one in self.done if one.startswith("show")]) - 1].file.write_text(step)
            else:
                return step
        raise EOFError

    def run(self):
        outcome = self.interview.run()
        return outcome, "\n".join(self.written)


def test_an_answer_is_checked_until_it_is_solved_and_then_questions_are_asked(tmp_path):
    script = Script(tmp_path, 60, "wrong\n", "c", 60, "right\n", "c", "d", *ANSWERS)
    outcome, shown = script.run()
    (attempt,) = outcome.attempts
    assert (attempt.solved, attempt.tries, attempt.seconds, attempt.claims) == (True, 2, 120, 2)
    assert (attempt.mistakes, attempt.notes) == ([("scale-missing", "rescaling")], ["float-mask"])
    assert attempt.tests.caught == 4
    assert [answered.rating for answered in outcome.answered] == ["right"] * 3
    assert script.done == ["show task-0", "check task-0", "check task-0", "score task-0"]
    assert script.prompts[0].startswith("20:00 left")
    assert "1 of 3  (for reason a)" in shown
    assert outcome.ended == "done"


def test_in_strict_mode_tests_run_at_any_time_but_the_grade_comes_at_the_end(tmp_path):
    script = Script(tmp_path, "wrong\n", "c", "r", "d", *ANSWERS, strict=True)
    outcome, shown = script.run()
    assert script.done == ["show task-0", "test task-0", "check task-0", "score task-0"]
    assert "Expected r, t, d, q or ?; got 'c'." in shown
    assert not any("check" in prompt for prompt in script.prompts)
    assert outcome.attempts[0].mistakes == [("scale-missing", "rescaling")]


@pytest.mark.parametrize(("strict", "spoken"), [(True, False), (False, True)])
def test_an_answer_may_be_said_aloud_unless_the_interview_is_strict(tmp_path, strict, spoken):
    outcome, shown = Script(tmp_path, "q", "y", "s", "", "all", strict=strict).run()
    assert outcome.answered[0].spoken == spoken
    assert ("or s if you would rather say it aloud" in shown) == spoken


@pytest.mark.parametrize("strict", [True, False])
def test_when_the_time_is_up_the_current_answer_is_graded(tmp_path, strict):
    outcome, shown = Script(tmp_path, "right\n", 1201, *ANSWERS, strict=strict).run()
    assert outcome.ended == "time"
    assert "Time is up: 20 minutes." in shown
    assert outcome.attempts[0].solved
    assert len([one for one in outcome.answered if one.asked]) == 3


def test_commands_after_time_is_up_are_ignored(tmp_path):
    script = Script(tmp_path, "t", "q")
    read = script.interview.read

    def read_late(prompt, seconds):
        typed = read(prompt, seconds)
        script.time = 1200.5
        return typed

    script.interview.read = read_late
    assert script.run()[0].ended == "time"
    assert script.done.count("show task-0") == 1


@pytest.mark.parametrize(("saved", "checks"), [("wrong\n", 1), ("right\n", 2)])
def test_at_the_end_only_answers_changed_since_the_last_check_are_graded(tmp_path, saved, checks):
    script = Script(tmp_path, "wrong\n", "c", saved, "q", "y")
    script.run()
    assert script.done.count("check task-0") == checks


def test_two_tasks_share_the_clock(tmp_path):
    script = Script(tmp_path, 300, "right\n", "c", "d", 100, "right\n", "c", "d", *ANSWERS, tasks=2, minutes=40)
    outcome, _ = script.run()
    assert [attempt.seconds for attempt in outcome.attempts] == [300, 100]
    assert any(prompt.startswith("35:00 left") for prompt in script.prompts)


@pytest.mark.parametrize(("typed", "begun"), [(["d", "q", "y"], [True, True]), (["q", "yes"], [True, False])])
def test_d_goes_on_to_the_next_task_and_q_to_the_questions(tmp_path, typed, begun):
    script = Script(tmp_path, "wrong\n", *typed, "q", tasks=2)
    outcome, _ = script.run()
    assert [attempt.begun for attempt in outcome.attempts] == begun
    assert [f"score task-{i}" in script.done for i in range(2)] == [True, False]
    assert not any(one.asked for one in outcome.answered)


def test_an_untouched_file_is_not_a_try(tmp_path):
    outcome, _ = Script(tmp_path, "c", "c", "q", "y", "q").run()
    assert (outcome.attempts[0].tries, outcome.attempts[0].mistakes) == (0, [])


def test_the_same_mistake_twice_in_a_row_counts_once(tmp_path):
    outcome, _ = Script(tmp_path, "wrong\n", "c", "c", "q", "y", "q").run()
    assert outcome.attempts[0].mistakes == [("scale-missing", "rescaling")]
    assert outcome.attempts[0].tries == 2


@pytest.mark.parametrize("typed", ["x", "check it", ""])
def test_an_unknown_command_is_reported(tmp_path, typed):
    assert "Expected r, c, t, d, q or ?; got" in Script(tmp_path, typed, "q", "y", "q").run()[1]


def test_a_question_mark_lists_the_commands(tmp_path):
    script = Script(tmp_path, "?", "q", "y", "?", "q")
    _, shown = script.run()
    assert "  t  show the task\n" in shown
    assert "an empty line ends it" in shown
    assert "Your tests count" in shown
    assert "0.md" in shown
    assert all("? help" in prompt or "y, or Enter" in prompt for prompt in script.prompts)
    assert max(map(len, script.prompts)) < 60


def test_a_word_does_the_same_as_its_letter(tmp_path):
    script = Script(tmp_path, "Task", "run", "check", "done", "quit")
    script.run()
    assert script.done[:4] == ["show task-0", "show task-0", "test task-0", "check task-0"]


@pytest.mark.parametrize("end", [EOFError(), KeyboardInterrupt()], ids=["the end of the input", "Ctrl-C"])
@pytest.mark.parametrize("where", [[], ["c"], ["q"], ["q", "y"], ["q", "y", "half of it"], ["q", "y", "divide", ""]])
def test_an_interview_that_ends_at_any_point_leaves_an_outcome(tmp_path, end, where):
    outcome, _ = Script(tmp_path, *where, end).run()
    assert outcome.ended == "quit"
    assert [one.answer for one in outcome.answered if one.asked] == where[2:3]


def test_a_deleted_file_is_reported_and_the_interview_goes_on(tmp_path):
    script = Script(tmp_path, "c", "q", "y", "q")
    script.tasks[0].file.unlink()
    outcome, shown = script.run()
    assert outcome.ended == "done"
    assert "there is no such file." in shown


@pytest.mark.parametrize("steps", [["wrong\n", "c", "q", "y", "divide", "", "1"], []])
def test_an_outcome_can_be_saved(tmp_path, steps):
    kept = Script(tmp_path, *steps).run()[0].as_json()
    assert matches_schema(kept, SCHEMA["interviews"][0])
    assert kept["exercises"] == ["task-0"]


def test_after_an_answer_is_solved_tests_can_be_added_until_d(tmp_path):
    tested = "right\ndef test_it(): assert right\n"
    script = Script(tmp_path, "right\n", "c", 60, tested, "r", "t", "d", *ANSWERS)
    outcome, shown = script.run()
    assert script.done == ["show task-0", "check task-0", "test task-0", "show task-0", "score task-0"]
    assert shown.count("You can still add tests. d goes on.") == 1
    assert (outcome.attempts[0].solved, outcome.attempts[0].seconds) == (True, 60)


def test_an_answer_that_is_broken_after_it_was_solved_is_graded_again(tmp_path):
    outcome, shown = Script(tmp_path, "right\n", "c", "wrong\n", "d", *ANSWERS).run()
    assert "as it is now" in shown
    assert not outcome.attempts[0].solved


@pytest.mark.parametrize("typed", ["", "n", "q"])
def test_q_asks_before_it_leaves_unsolved_tasks(tmp_path, typed):
    script = Script(tmp_path, 1, "q", typed, "t", "q", "y", "q")
    assert script.run()[0].ended == "done"
    assert script.done == ["show task-0", "show task-0"]
    assert "19:59 left. Quit the tasks? y, or Enter to stay: " in script.prompts


def test_q_does_not_ask_if_everything_is_solved(tmp_path):
    script = Script(tmp_path, "right\n", "c", "q", "q")
    script.run()
    assert not any("Quit the tasks" in prompt for prompt in script.prompts)


@pytest.mark.parametrize("end", [["d"], ["q", "y"], [1201], ["q", 1201]], ids=str)
def test_an_untouched_file_counts_as_not_started_and_is_not_graded(tmp_path, end):
    script = Script(tmp_path, *end, "q")
    outcome, shown = script.run()
    assert "\nTask 0: not started." in shown
    assert script.done == ["show task-0"]
    assert (outcome.attempts[0].tries, outcome.attempts[0].tests) == (0, None)


def test_tests_are_not_asked_for_if_they_are_not_scored(tmp_path):
    script = Script(tmp_path, "?", "right\n", "c", "d", "q")
    script.interview.tasks = [replace(script.tasks[0], tests_count=False)]
    shown = script.run()[1]
    assert "Your tests count" not in shown
    assert "add tests" not in shown


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (b"x  =  1 # one\n", "x = 1"),
        (b"x = 1\n\n\ndef test_x():\n    assert x\n", "x = 1"),
        (b"x =", "x ="),
        (b"\xff", "\ufffd"),
        (b"\xef\xbb\xbfx = 1", "x = 1"),
    ],
)
def test_tests_and_layout_are_not_part_of_an_answer(tmp_path, text, answer):
    task = Task("a", "A", 8, tmp_path / "a.py", tmp_path / "a.md")
    task.file.write_bytes(text)
    assert answer_in(task) == answer


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (59.9, "0:59"), (60, "1:00"), (1199.5, "19:59")])
def test_the_clock_shows_minutes_and_seconds(seconds, shown):
    assert clock(seconds) == shown

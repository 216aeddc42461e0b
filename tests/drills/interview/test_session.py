"""An interview with scripted input and a scripted clock."""

from random import Random

import pytest

from tinygrad_dropout.drills.exercise import exercises, find
from tinygrad_dropout.drills.grader.grade_in_process import grade
from tinygrad_dropout.drills.grader.result import Grade
from tinygrad_dropout.drills.interview.session import Attempt, Interview, Outcome, clock, fits, summary
from tinygrad_dropout.drills.learner.progress import SCHEMA, matches_schema
from tinygrad_dropout.drills.learner.workspace import Workspace
from tinygrad_dropout.drills.quiz.cards import Card, load

LINEAR, DROPOUT = find("11_linear_backward"), find("18_inverted_dropout_forward")
CARDS = [
    Card(f"card-{letter}", topic, f"{letter}?", f"{letter}!", "", "")
    for topic in ("dropout", "backprop")
    for letter in topic
]


def wrong(code):
    return next(sample.source for sample in LINEAR.wrong if sample.name == code)


class Script:
    """Types what it is told; a number moves the clock so many seconds, an exercise's text is saved as the answer."""

    def __init__(self, folder, *steps, exercises=(LINEAR,), minutes=20):
        self.workspace = Workspace(folder)
        self.workspace.start(list(exercises))
        self.steps, self.time, self.written, self.prompts = list(steps), 0.0, [], []
        outcome = Outcome("2026-11-25T12:00:00", minutes, [Attempt(one.slug, one.title) for one in exercises])
        self.interview = Interview(
            outcome, self.workspace, exercises, check=self.check,
            show_task=lambda exercise: self.written.append(exercise.task), read=self.read, write=self.written.append,
            now=lambda: self.time, cards=CARDS, chance=Random(0),
        )  # fmt: skip

    def check(self, exercise, path) -> Grade:
        return grade(exercise, path.read_text())

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
            elif "\n" in step:
                exercise = DROPOUT if "dropout_forward" in step else LINEAR
                self.workspace.path(exercise).write_text(step)
            else:
                return step
        raise EOFError

    def run(self):
        outcome = self.interview.run()
        return outcome, summary(outcome), "\n".join(self.written)


def test_an_interview_from_a_mistake_to_the_summary(tmp_path):
    script = Script(
        tmp_path, 60, wrong("bias-gradient-averaged"), "c", 60, LINEAR.solution, "c", "",
        "it is in the loss", "r", "", "p", "", "w",
    )  # fmt: skip
    outcome, text, shown = script.run()
    (attempt,) = outcome.attempts
    assert (attempt.solved, attempt.tries, attempt.seconds) == (True, 2, 120)
    assert attempt.mistakes == [("bias-gradient-averaged", "averaging")]
    asked = [answered.because for answered in outcome.answered]
    assert asked == ["made: averaging", "matrix-product", "sums-in-backward"]
    assert [answered.rating for answered in outcome.answered] == ["right", "partly", "wrong"]
    for part in (
        "Interview of 2026-11-25, 20 minutes\n",
        "Linear backward: solved in 2:00, 2 tries",
        "bias-gradient-averaged",
        "Questions: 1 right, 1 partly, 1 wrong",
        "To repeat:",
        "1/N: a mean taken for a sum",
        "How many multiplications",
    ):
        assert part in text
    assert "1 of 3  (a mistake was made: 1/N" in shown
    assert "In the loss, if the loss is a mean." in shown
    assert script.prompts[0].startswith("20:00 left")


def test_all_right_leaves_nothing_to_repeat(tmp_path):
    _, text, _ = Script(tmp_path, LINEAR.solution, "c", "", "", "r", "", "r", "", "r").run()
    assert text.endswith("Nothing to repeat: all was right at the first try.")


def test_time_ends_the_exercise_and_the_questions_come_all_the_same(tmp_path):
    outcome, text, shown = Script(tmp_path, 1201, "", "r", "", "r", "", "r").run()
    assert outcome.ended == "time"
    assert "Time is up: 20 minutes." in shown
    assert not outcome.attempts[0].solved
    assert "until time was up" in text
    assert "Linear backward: drill check 11" in text
    assert [answered.rating for answered in outcome.answered] == ["right"] * 3


def test_a_check_after_the_end_of_the_time_does_not_count(tmp_path):
    outcome, _, _ = Script(tmp_path, LINEAR.solution, 1200, 0.5, "c").run()
    assert not outcome.attempts[0].solved
    assert outcome.attempts[0].tries == 0


def test_two_exercises_share_the_clock(tmp_path):
    script = Script(
        tmp_path, 300, LINEAR.solution, "c", "", 100, DROPOUT.solution, "c", "", "", "r", "", "r", "", "r",
        exercises=(LINEAR, DROPOUT), minutes=40,
    )  # fmt: skip
    outcome, text, _ = script.run()
    assert [attempt.seconds for attempt in outcome.attempts] == [300, 100]
    assert "Inverted dropout, forward: solved in 1:40, 1 try" in text
    assert any(prompt.startswith("35:00 left") for prompt in script.prompts)


def test_done_goes_on_to_the_next_and_q_to_the_questions(tmp_path):
    outcome, _, shown = Script(tmp_path, "d", "q", "q", exercises=(LINEAR, DROPOUT)).run()
    assert DROPOUT.title in shown
    assert [attempt.solved for attempt in outcome.attempts] == [False, False]
    assert len(outcome.answered) == 3
    assert outcome.ended == "done"


@pytest.mark.parametrize("card", load(), ids=lambda card: card.id)
def test_every_card_can_be_asked_after_an_exercise_of_its_subject(card):
    subjects = {exercise.topic for exercise in exercises() if fits(card, exercise)}
    assert subjects == {"dropout" if card.topic.split("_")[0] == "dropout" else "backprop"}


@pytest.mark.parametrize(("exercise", "asked"), [(LINEAR, {"backprop", "optimisers"}), (DROPOUT, {"dropout_theory"})])
def test_the_cards_of_an_interview_fit_its_exercise(tmp_path, exercise, asked):
    topics = ("backprop", "optimisers", "optimisers", "dropout_theory", "dropout_theory", "dropout_theory")
    script = Script(tmp_path, "q", "q", exercises=(exercise,))
    script.interview.cards = [
        Card(f"card-{number}", topic, f"{topic}?", "", "", "") for number, topic in enumerate(topics)
    ]
    outcome, _, _ = script.run()
    assert len(outcome.answered) == 3
    assert {answered.question.removesuffix("?") for answered in outcome.answered} == asked


def test_an_untouched_file_is_no_try(tmp_path):
    outcome, _, _ = Script(tmp_path, "c", "c", "q", "q").run()
    assert outcome.attempts[0].tries == 0
    assert outcome.attempts[0].mistakes == []


def test_what_the_starter_has_is_not_seen_in_the_answer(tmp_path):
    script = Script(tmp_path, "q", "q")
    script.run()
    assert script.interview.notes == set()


@pytest.mark.parametrize("typed", ["x", "check it", ""])
def test_what_is_not_understood_is_said(tmp_path, typed):
    _, _, shown = Script(tmp_path, typed, "q", "q").run()
    assert "Expected c, t, d, q or ?; got" in shown


def test_a_question_mark_says_what_can_be_typed(tmp_path):
    script = Script(tmp_path, "?", "q", "?", "", "?", "r", "q")
    _, _, shown = script.run()
    assert "  t  show the task\n" in shown
    assert "press Enter to see ours" in shown
    assert "  p  partly right\n" in shown
    assert "Expected" not in shown
    assert all(prompt.endswith("? help: ") and len(prompt) < 60 for prompt in script.prompts)


def test_the_task_is_shown(tmp_path):
    _, _, shown = Script(tmp_path, "t", "q", "q").run()
    assert LINEAR.task in shown


@pytest.mark.parametrize("end", [EOFError(), KeyboardInterrupt()], ids=["the end of the input", "Ctrl-C"])
@pytest.mark.parametrize("where", [[], ["c"], ["q", ""]], ids=["at once", "after a check", "at a question"])
def test_whatever_ends_it_leaves_an_outcome(tmp_path, end, where):
    outcome, text, _ = Script(tmp_path, *where, end).run()
    assert outcome.ended == "quit"
    assert "ended early" in text


def test_a_deleted_file_is_no_reason_to_stop(tmp_path):
    script = Script(tmp_path, "q", "q")
    script.workspace.path(LINEAR).unlink()
    assert script.run()[0].ended == "done"


def test_an_outcome_can_be_kept(tmp_path):
    outcome, _, _ = Script(tmp_path, wrong("bias-gradient-averaged"), "c", "q", "", "r").run()
    kept = outcome.as_json()
    assert matches_schema(kept, SCHEMA["interviews"][0])
    assert kept["exercises"] == [LINEAR.slug]


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (59.9, "0:59"), (60, "1:00"), (1199.5, "19:59")])
def test_a_clock(seconds, shown):
    assert clock(seconds) == shown


def test_the_same_mistake_twice_in_a_row_is_one(tmp_path):
    outcome, _, _ = Script(tmp_path, wrong("bias-gradient-averaged"), "c", "c", "q", "q").run()
    assert outcome.attempts[0].mistakes == [("bias-gradient-averaged", "averaging")]
    assert outcome.attempts[0].tries == 2


def test_of_an_answer_only_what_is_new_is_seen(tmp_path):
    exercise = find("07_")  # whose starter has a recursion in it
    script = Script(tmp_path, "q", "q", exercises=(exercise,))
    script.workspace.path(exercise).write_text(exercise.starter.replace("raise NotImplementedError", "x = np.exp(1)"))
    script.run()
    assert script.interview.notes == {"exp"}

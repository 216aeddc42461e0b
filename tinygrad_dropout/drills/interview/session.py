"""The interview itself: exercises against the clock, three questions, a summary."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grader.result import Grade
from tinygrad_dropout.drills.grader.shown import WIDTH
from tinygrad_dropout.drills.interview.code_facts import facts
from tinygrad_dropout.drills.interview.follow_ups import FollowUp, choose, reason
from tinygrad_dropout.drills.layout import unbroken, wrap
from tinygrad_dropout.drills.learner.workspace import Workspace
from tinygrad_dropout.drills.quiz.cards import Card
from tinygrad_dropout.drills.quiz.session import RATINGS, key
from tinygrad_dropout.mistakes import KINDS

COMMANDS = {
    "c": "check your answer",
    "t": "show the task",
    "d": "done: leave this exercise for the next one",
    "q": "quit the exercises and go to the questions",
}
TO_RATE = {"r": "right", "p": "partly right", "w": "wrong", "q": "stop asking"}


@dataclass
class Attempt:
    """What became of one exercise.

    Attributes:
        exercise: its name.
        title: of it.
        tries: how often it was checked.
        seconds: until it was solved or left.
        solved: whether it was.
        mistakes: code and kind of each, in the order in which they were made.
    """

    exercise: str
    title: str
    tries: int = 0
    seconds: float = 0.0
    solved: bool = False
    mistakes: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Answered:
    """A question, why it was asked, and how well the learner says to have answered it: "" for not at all."""

    because: str
    question: str
    rating: str = ""


@dataclass
class Outcome:
    """What an interview was."""

    when: str
    minutes: int
    attempts: list[Attempt]
    answered: list[Answered] = field(default_factory=list)
    ended: str = "done"  # or "time", "quit"

    def as_json(self) -> dict[str, Any]:
        """As plain values, with the names of its exercises."""
        return {**asdict(self), "exercises": [attempt.exercise for attempt in self.attempts]}


class Interview:
    """One interview.

    Args:
        outcome: to be filled.
        workspace: where its exercises are.
        exercises: what is asked.
        check: grades the answer in a file, and shows the grade.
        show_task: shows what an exercise asks.
        read: shows a prompt and returns what is typed within so many seconds (None: without end); TimeoutError or
            EOFError else.
        write: shows a text.
        now: seconds.
        cards: to draw questions from.
        chance: draws them.
        width: of a line, in characters.
    """

    def __init__(
        self,
        outcome: Outcome,
        workspace: Workspace,
        exercises: Sequence[Exercise],
        *,
        check: Callable[[Exercise, Path], Grade],
        show_task: Callable[[Exercise], None],
        read: Callable[[str, float | None], str],
        write: Callable[[str], None],
        now: Callable[[], float],
        cards: Sequence[Card],
        chance: Random,
        width: int = WIDTH,
    ) -> None:
        self.outcome, self.workspace, self.exercises = outcome, workspace, exercises
        self.check, self.show_task, self.read, self.write, self.now = check, show_task, read, write, now
        self.cards, self.chance, self.width = cards, chance, width
        self.notes: set[str] = set()
        self.ends = now() + 60 * outcome.minutes

    def run(self) -> Outcome:
        """From the first exercise to the summary. The end of the input, and Ctrl-C, end it at once."""
        try:
            for attempt, exercise in zip(self.outcome.attempts, self.exercises, strict=True):
                if not self.solve(attempt, exercise):
                    break
            self.ask_questions()
        except (EOFError, KeyboardInterrupt):
            self.outcome.ended = "quit"
            self.write("")
        return self.outcome

    def solve(self, attempt: Attempt, exercise: Exercise) -> bool:
        """One exercise; whether to go on with the next."""
        path = self.workspace.path(exercise)
        began = self.now()
        self.write(
            f"\n{exercise.title}, about {exercise.minutes} minutes\n  the task   {unbroken(self.task(exercise))}"
        )
        self.write(f"  your file  {unbroken(path)}\n")
        try:
            while True:
                prompt = f"{self.left()} left. c check, t task, d done, q quit, ? help: "
                typed = self.read(prompt, self.ends - self.now()).strip().lower()
                if typed in ("t", "task"):
                    self.show_task(exercise)
                elif typed in ("c", "check"):
                    if self.now() > self.ends:
                        raise TimeoutError
                    if self.grade(attempt, exercise, path):
                        self.read("Solved. Enter goes on: ", None)
                        return True
                elif typed in ("d", "done", "q", "quit"):
                    return typed[0] == "d"
                else:
                    self.explain(COMMANDS, typed)
        except TimeoutError:
            self.write(f"\nTime is up: {self.outcome.minutes} minutes.")
            self.outcome.ended = "time"
            return False
        finally:
            attempt.seconds = self.now() - began
            self.look_at(path, exercise)

    def grade(self, attempt: Attempt, exercise: Exercise, path: Path) -> bool:
        """Check the answer; whether it is solved."""
        grade = self.check(exercise, path)
        self.notes |= set(grade.notes)
        attempt.solved = grade.solved
        attempt.tries += not grade.unfinished
        if grade.rejection and not grade.unfinished:
            mistake = (grade.rejection.code, grade.rejection.kind)
            if mistake not in attempt.mistakes[-1:]:
                attempt.mistakes.append(mistake)
        return grade.solved

    def look_at(self, path: Path, exercise: Exercise) -> None:
        """Note what the code does, of what the learner wrote."""
        try:
            source = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
        except (OSError, UnicodeDecodeError):
            return
        starter = exercise.of(source).starter
        if source not in ("", starter):
            self.notes |= facts(source) - facts(starter)

    def task(self, exercise: Exercise) -> Path:
        """Where the task is."""
        return self.workspace.folder / "tasks" / f"{exercise.slug}.md"

    def left(self) -> str:
        """The time that is left, `12:05`."""
        return clock(max(0.0, self.ends - self.now()))

    def ask_questions(self) -> None:
        """Three, chosen by what was done."""
        made = [kind for attempt in self.outcome.attempts for _, kind in reversed(attempt.mistakes)]
        fitting = [card for card in self.cards if any(fits(card, exercise) for exercise in self.exercises)]
        questions = choose(made, self.notes, fitting or self.cards, self.chance)
        self.outcome.answered = [Answered(one.because, one.question) for one in questions]
        about = "Now three questions, from what you did" if self.notes or made else "Now three questions"
        self.write(f"\n{about}. Say your answer aloud or type it, then press Enter.")
        for number, (one, answered) in enumerate(zip(questions, self.outcome.answered, strict=True), start=1):
            self.write(f"\n{number} of {len(questions)}  ({reason(one)})")
            self.write(wrap(one.question, self.width))
            if not self.ask(one, answered):
                break

    def ask(self, question: FollowUp, answered: Answered) -> bool:
        """One question; whether to go on."""
        while (typed := key(self.read("Your answer, q quit, ? help: ", None))) == "?":
            self.write("Say it aloud, or type it, and press Enter to see ours; q stops asking.")
        if typed == "q":
            return False
        self.write(f"\n{wrap(question.answer, self.width)}\n")
        while True:
            typed = key(self.read("How was yours? r right, p partly, w wrong, ? help: ", None))
            if typed == "q":
                return False
            if typed in RATINGS:
                answered.rating = RATINGS[typed]
                return True
            self.explain(TO_RATE, typed)

    def explain(self, keys: Mapping[str, str], typed: str) -> None:
        """What can be typed: at `?`, and where something else was."""
        if typed != "?":
            self.write(f"Expected {', '.join(keys)} or ?; got {typed!r}.")
            return
        self.write("\n".join(f"  {letter}  {meaning}" for letter, meaning in keys.items()))


def fits(card: Card, exercise: Exercise) -> bool:
    """Whether a card can follow an exercise: those about dropout after dropout, all others after backprop."""
    return card.topic.startswith("dropout") == (exercise.topic == "dropout")


def clock(seconds: float) -> str:
    """`7:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def summary(outcome: Outcome) -> str:
    """An interview in words: time, tries, mistakes by name, what to repeat."""
    ended = {"done": "", "time": ", until time was up", "quit": ", ended early"}[outcome.ended]
    lines = [f"Interview of {outcome.when[:10]}, {outcome.minutes} minutes{ended}", ""]
    kinds: list[str] = []
    for attempt in outcome.attempts:
        state = "solved" if attempt.solved else "not solved" if attempt.tries or attempt.seconds else "not begun"
        tries = f"{attempt.tries} {'try' if attempt.tries == 1 else 'tries'}"
        lines.append(f"  {attempt.title}: {state} in {clock(attempt.seconds)}, {tries}")
        for code, kind in attempt.mistakes:
            lines.append(f"      {code:34} {KINDS.get(kind, kind)}")
            kinds += [kind] * (kind not in kinds)
    rated = [answered for answered in outcome.answered if answered.rating]
    if outcome.answered:
        words = ", ".join(
            f"{count} {rating}"
            for rating in RATINGS.values()
            if (count := sum(answered.rating == rating for answered in rated))
        )
        lines.append(f"  Questions: {words or 'not answered'}")
    lines += ["", *what_to_repeat(outcome, kinds)]
    return "\n".join(lines)


def what_to_repeat(outcome: Outcome, kinds: Sequence[str]) -> list[str]:
    """The last lines of the summary."""
    repeat = [
        f"  {attempt.title}: drill check {attempt.exercise[:2]}" for attempt in outcome.attempts if not attempt.solved
    ]
    repeat += [f"  {KINDS[kind]}: drill next chooses an exercise about it" for kind in kinds if kind in KINDS]
    repeat += [
        wrap(f"  {answered.question}", WIDTH - 2, indent=4)
        for answered in outcome.answered
        if answered.rating in ("partly", "wrong")
    ]
    if repeat:
        return ["To repeat:", *repeat]
    everything = all(attempt.solved for attempt in outcome.attempts) and outcome.answered
    return [
        "Nothing to repeat: all was right at the first try." if everything else "To repeat: the interview, to its end."
    ]

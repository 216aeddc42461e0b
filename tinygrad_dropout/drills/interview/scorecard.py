"""The scorecard of an interview: correctness, own tests, explanation, time, what was left out, and what to repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from tinygrad_dropout.drills.exercise import Exercise
from tinygrad_dropout.drills.grader.shown import WIDTH
from tinygrad_dropout.drills.interview.outcome import Answered, Attempt, Outcome, rating_of
from tinygrad_dropout.drills.interview.session import clock
from tinygrad_dropout.drills.layout import counted, wrap
from tinygrad_dropout.drills.learner.interviews import trend
from tinygrad_dropout.mistakes import KINDS

LABEL = 14  # columns for a label and the space after it
ENDED = {"done": "", "time": ", until time was up", "quit": ", ended early"}


def scorecard(
    outcome: Outcome,
    kept: Sequence[Mapping[str, Any]],
    due: Mapping[str, date],
    chosen: tuple[Exercise | None, str],
    width: int = WIDTH,
) -> str:
    """The scorecard as text.

    Args:
        outcome: the outcome of the interview.
        kept: all saved interviews, this one last, as in `Progress`.
        due: card -> the day on which it is due after this interview.
        chosen: the result of `next_exercise` after this interview.
        width: the width of a line, in characters.
    """
    strict = ", strict" if outcome.strict else ""
    parts = [
        [f"Interview of {outcome.when[:10]}, {outcome.minutes} minutes{strict}{ENDED[outcome.ended]}"],
        [
            *labeled("Correctness", map(correctness, begun(outcome)), width),
            *labeled("Own tests", filter(None, map(own_tests, begun(outcome))), width),
            *labeled("Explanation", explanation(outcome.answered), width),
            *labeled("Time", times(outcome), width),
        ],
        mistakes(outcome),
        not_done(outcome),
        to_repeat(outcome, due, chosen, width),
        ["Your last interviews", trend(kept)],
    ]
    return wrap("\n\n".join("\n".join(lines) for lines in parts if lines), width)


def begun(outcome: Outcome) -> list[Attempt]:
    """The attempts at exercises that were shown."""
    return [attempt for attempt in outcome.attempts if attempt.begun]


def labeled(label: str, texts: Iterable[str], width: int) -> list[str]:
    """The lines of several texts, with a label before the first."""
    lines = [line for text in texts for line in wrap(text, width - LABEL - 2, indent=2).split("\n")]
    return [f"  {label if number == 0 else '':{LABEL}}{line}" for number, line in enumerate(lines)]


def correctness(attempt: Attempt) -> str:
    """Whether an exercise was solved, after how many tries, and how many claims passed."""
    if not attempt.tries:
        return f"{attempt.title}: no answer was graded"
    state = "solved" if attempt.solved else "not solved"
    held = f"{counted(attempt.claims, 'claim')} of the grader passed"
    return f"{attempt.title}: {state}, {counted(attempt.tries, 'try', 'tries')}; {held}"


def own_tests(attempt: Attempt) -> str:
    """The score of the candidate's tests; "" if they were not scored."""
    score = attempt.tests
    if score is None:
        return ""
    if not score.count:
        return f"{attempt.title}: none"
    caught = f"{score.caught} of {score.known} known mistakes caught" if score.known else "no known mistake tried"
    return f"{attempt.title}: {counted(score.count, 'test')}, {score.valid} valid; {caught}"


def explanation(answered: Sequence[Answered]) -> list[str]:
    """How many points were made, and how the answers were rated."""
    asked = [one for one in answered if one.asked]
    if not asked:
        return ["no question was answered"]
    made, points = sum(len(one.made) for one in asked), sum(one.points for one in asked)
    ratings = Counter(one.rating or ("not answered" if one.unanswered else "not rated") for one in asked)
    words = ", ".join(f"{count} {rating}" for rating, count in ratings.items())
    return [f"{made} of {counted(points, 'point')}, in {counted(len(asked), 'question')}: {words}"]


def times(outcome: Outcome) -> list[str]:
    """The time used for each exercise and for the questions."""
    lines = [f"{attempt.title}: {clock(attempt.seconds)}" for attempt in begun(outcome)]
    used = sum(attempt.seconds for attempt in outcome.attempts)
    if len(lines) == 1:
        lines[0] += f" of {outcome.minutes}:00"
    else:
        lines.append(f"together {clock(used)} of {outcome.minutes}:00")
    asked = [one for one in outcome.answered if one.asked]
    return lines + ([f"{counted(len(asked), 'answer')}: {clock(sum(one.seconds for one in asked))}"] if asked else [])


def mistakes(outcome: Outcome) -> list[str]:
    """The mistakes by name, with their kinds."""
    made = dict.fromkeys(mistake for attempt in outcome.attempts for mistake in attempt.mistakes)
    lines = [f"  {code:34} {KINDS.get(kind, kind)}" for code, kind in made]
    return ["Mistakes", *lines] if lines else []


def not_done(outcome: Outcome) -> list[str]:
    """What was left out of an interview that ended early."""
    lines = [f"  {attempt.title}: not started" for attempt in outcome.attempts if not attempt.begun]
    missing = sum(not one.asked for one in outcome.answered)
    if outcome.answered and missing:
        lines.append(f"  {missing} of {counted(len(outcome.answered), 'question')}")
    elif not outcome.answered:
        lines.append("  the questions")
    return ["Not done", *lines] if lines else []


def to_repeat(outcome: Outcome, due: Mapping[str, date], chosen: tuple[Exercise | None, str], width: int) -> list[str]:
    """Everything that was not right, and the exercise that `drill next` gives."""
    lines = [
        f"  {attempt.title}: not {'solved' if attempt.tries else 'graded'}"
        for attempt in begun(outcome)
        if not attempt.solved
    ]
    for one in outcome.answered:
        if rating_of(one) in ("partly", "wrong"):
            card = f" (card {one.card}, due on {due[one.card]})" if one.card in due else ""
            lines.append(wrap(f"  {one.question}{card}", width, indent=4))
    exercise, why = chosen
    following = f"`drill next` gives {exercise.number} {exercise.title}: {why}." if exercise else ""
    heading = ["To repeat", *lines] if lines else ["Nothing to repeat: everything was right at the first try."]
    if not lines and not flawless(outcome):
        heading = []
    return [*heading, following] if following else heading


def flawless(outcome: Outcome) -> bool:
    """Whether everything was done, and right at the first try."""
    return (
        bool(outcome.answered)
        and all(one.rating == "right" for one in outcome.answered)
        and all(attempt.solved and attempt.tries == 1 and not attempt.mistakes for attempt in outcome.attempts)
    )

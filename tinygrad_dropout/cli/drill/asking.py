"""The commands that ask questions and look at the answers: interview, quiz, plan, stats."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

from tinygrad_dropout.cli.arguments import complain
from tinygrad_dropout.cli.drill.session import DrillSession, Session
from tinygrad_dropout.cli.drill.solving import grade_and_keep, show_grade
from tinygrad_dropout.drills.exercise import Exercise, exercises
from tinygrad_dropout.drills.grader.result import Grade
from tinygrad_dropout.drills.interview.follow_ups import FOLLOW_UPS
from tinygrad_dropout.drills.interview.interviewed import Interviewed
from tinygrad_dropout.drills.interview.of_exercises import ExerciseInterview, readme
from tinygrad_dropout.drills.interview.outcome import Outcome
from tinygrad_dropout.drills.interview.questions import reason
from tinygrad_dropout.drills.interview.scorecard import scorecard
from tinygrad_dropout.drills.interview.session import Interview
from tinygrad_dropout.drills.layout import wrap
from tinygrad_dropout.drills.learner.plan import day_of, make_plan
from tinygrad_dropout.drills.learner.plan_in_words import as_text as plan_as_text
from tinygrad_dropout.drills.learner.progress import changing, stamp
from tinygrad_dropout.drills.learner.recommendation import for_interview, next_exercise
from tinygrad_dropout.drills.learner.stats import as_text as stats_as_text
from tinygrad_dropout.drills.learner.terminal import Lines
from tinygrad_dropout.drills.learner.workspace import Workspace, write
from tinygrad_dropout.drills.quiz import anki, scheduling
from tinygrad_dropout.drills.quiz.cards import PRELUDE, Card, load
from tinygrad_dropout.drills.quiz.scheduling import Schedule, due_day, recall_chance, stability
from tinygrad_dropout.drills.quiz.session import ask


def interview(session: DrillSession, options: argparse.Namespace) -> int:
    """Choose the exercises, and hold an interview."""

    if options.list_follow_ups:
        return list_follow_ups(session)
    progress, chance, when = session.progress(), Random(), datetime.now()
    chosen = for_interview(progress, exercises(), options.minutes, chance)
    home = Path(progress.folder) if progress.folder and Path(progress.folder).is_dir() else Path.cwd()
    text = readme(chosen, strict=options.strict)
    workspace = Workspace(home / "interviews" / f"{when:%Y-%m-%d-%H%M%S}", readme=text)
    workspace.start(chosen)

    def check(exercise: Exercise) -> Grade:
        grade = grade_and_keep(session, exercise, workspace.path(exercise))
        show_grade(session, exercise, grade, hints=False)
        return grade

    about = ExerciseInterview(
        chosen,
        workspace,
        check=check,
        show=session.show_markdown,
        say=session.say,
        cards=load(),
        chance=chance,
        width=session.width,
    )
    tests_count = not all(exercise.hunt for exercise in chosen)
    session.say(introduction(options.minutes, strict=options.strict, tests_count=tests_count), "title")
    hold(session, about, workspace.folder, when, options.minutes, strict=options.strict)
    return 0


def hold(
    session: Session[Any], about: Interviewed[Any], folder: Path, when: datetime, minutes: int, *, strict: bool
) -> None:
    """Hold an interview, show its scorecard, and record both.

    Args:
        session: the run of the command.
        about: what the interview is about.
        folder: holds the answers; the scorecard is written here.
        when: the start of the interview.
        minutes: time for the exercises.
        strict: if True, nothing is graded until the clock stops.
    """

    outcome = Interview(
        Outcome(stamp(when), minutes, about.attempts(), strict=strict),
        about.tasks(),
        about.actions(),
        read=Lines().read,
        write=session.say,
        now=time.monotonic,
        width=session.width,
    ).run()
    text = keep_interview(session, outcome)
    session.say(f"\n{text}")
    write(folder / "summary.txt", text + "\n")


def list_follow_ups(session: DrillSession) -> int:
    """List every follow-up question with what triggers it."""
    for one in FOLLOW_UPS:
        session.say(f"{reason(one.because)}\n    {one.question}")
    session.say(
        "\nAn interview asks one question about a mistake you made, one or two about your code, one about the cost of "
        "the solution, one about testing it, and a card."
    )
    return 0


def introduction(minutes: int, *, strict: bool, tests_count: bool) -> str:
    """What is about to happen, in one line of 80 columns, so that the longest task still fits the screen below it."""
    kind = "strict: graded afterwards" if strict else "mock interview"
    tests = "Your tests test_... count. " if tests_count else ""
    return f"{minutes} minutes, {kind}. {tests}? explains."


def keep_interview(session: Session[Any], outcome: Outcome) -> str:
    """Record an interview and the ratings of its cards; returns the scorecard."""
    with session.keeping_if_possible() as progress:
        progress.interviews.append(outcome.as_json())
        for card, rating in outcome.card_ratings():
            progress.rate(card, rating, today())
    due = {card: due_day(known) for card, known in progress.schedule().items()}
    return scorecard(outcome, progress.interviews, due, next_exercise(progress, exercises()), session.width)


def plan(session: DrillSession, options: argparse.Namespace) -> int:
    """Show what to do each day until an interview."""
    day = today()
    until = day_of(options.date, day)
    if not 15 <= options.minutes <= 600:
        return complain(f"--minutes: expected 15 to 600 minutes a day, got {options.minutes}")
    made = make_plan(session.progress(), exercises(), load(), day, until, options.minutes)
    session.say(plan_as_text(made, session.width))
    return 0


def quiz(session: DrillSession, options: argparse.Namespace) -> int:
    """Ask cards, list them, or export them."""
    cards, topics = load(), sorted({card.topic for card in load()})
    if options.topic and options.topic not in topics:
        return complain(f"--topic: expected one of {', '.join(topics)}; got {options.topic!r}")
    cards = tuple(card for card in cards if options.topic in (None, card.topic))
    if options.count < 1:
        return complain(f"--count: expected at least 1, got {options.count}")
    if options.export:
        path = Path(options.out or "drills-anki.txt")
        write(path, anki.export(cards))
        session.say(f"{path}: {len(cards)} cards. In Anki: File, Import.")
        return 0
    if options.out:
        return complain("--out needs --export")
    progress = session.progress()
    schedule = progress.schedule()
    if unread := {card.id for card in cards} & (progress.cards.keys() - schedule.keys()):
        complain(f"the schedule of these cards is damaged, so they count as new: {', '.join(sorted(unread))}")
    if options.list:
        session.say(listing(cards, schedule, today(), session.width if session.console.is_terminal else None))
        return 0
    chosen = scheduling.cards_to_ask(cards, schedule, today(), options.count)
    if not chosen:
        first = min(scheduling.due_day(schedule[card.id]) for card in cards)
        session.say(f"Nothing is due today; the next card is due on {first}.")
        return 0
    session.say(f"Code snippets assume:\n{PRELUDE}")
    for card, rating in ask(chosen, read=input, write=session.say, width=session.width):
        with changing(session.state_file) as progress:
            progress.rate(card.id, rating, today())
    return 0


def today() -> date:
    """Today, by the learner's clock."""
    return datetime.now().date()


def listing(cards: Sequence[Card], schedule: Schedule, day: date, width: int | None) -> str:
    """The cards with due date, recall and stability; without a width, one line each."""

    def state(card: Card) -> str:
        if card.id not in schedule:
            return f"{'new':10}"
        known = schedule[card.id]
        return f"{due_day(known)}  {recall_chance(known, day):6.0%}  {stability(known):9.1f}"

    heading = (
        "Recall: the chance that you know the answer today.\n"
        "Stability: days from a rating until that chance is 90%.\n\n"
        "due         recall  stability"
    )
    lines = [f"{state(card):30} {card.question}" for card in cards]
    return "\n".join([heading, *(wrap(line, width, indent=31) if width else line for line in lines)])


def stats(session: DrillSession, options: argparse.Namespace) -> int:
    """Show what the learner has done."""
    session.say(stats_as_text(session.progress(), today()))
    return 0

"""The commands that ask: interview, quiz; and stats, which says what came of it all."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tinygrad_dropout.cli.arguments import complain
from tinygrad_dropout.cli.drill.session import DrillSession
from tinygrad_dropout.cli.drill.solving import grade_and_keep, show_grade
from tinygrad_dropout.drills.layout import unbroken, wrap

if TYPE_CHECKING:
    from tinygrad_dropout.drills.exercise import Exercise
    from tinygrad_dropout.drills.grader.result import Grade
    from tinygrad_dropout.drills.quiz.cards import Card
    from tinygrad_dropout.drills.quiz.scheduling import Schedule


def interview(session: DrillSession, options: argparse.Namespace) -> int:
    """Hold an interview."""
    import time
    from random import Random

    from tinygrad_dropout.drills.exercise import exercises
    from tinygrad_dropout.drills.interview.follow_ups import FOLLOW_UPS, reason
    from tinygrad_dropout.drills.interview.session import Attempt, Interview, Outcome, summary
    from tinygrad_dropout.drills.learner.progress import changing, stamp
    from tinygrad_dropout.drills.learner.recommendation import for_interview
    from tinygrad_dropout.drills.learner.terminal import Lines
    from tinygrad_dropout.drills.learner.workspace import Workspace, write
    from tinygrad_dropout.drills.quiz.cards import load

    if options.list_follow_ups:
        for one in FOLLOW_UPS:
            session.say(f"{reason(one)}\n    {one.question}")
        session.say("\nThree are asked: one about a mistake that was made, then about the code, then from the cards.")
        return 0
    progress, chance, when = session.progress(), Random(), datetime.now()
    chosen = for_interview(progress, exercises(), options.minutes, chance)
    home = Path(progress.folder) if progress.folder and Path(progress.folder).is_dir() else Path.cwd()
    workspace = Workspace(home / "interviews" / f"{when:%Y-%m-%d-%H%M%S}")
    workspace.start(chosen)
    what = "one exercise" if len(chosen) == 1 else "two exercises"
    session.say(f"A mock interview of {options.minutes} minutes: {what}, then three questions.", "title")
    session.say(f"The clock runs. Edit in {unbroken(workspace.folder)}")

    def check(exercise: Exercise, path: Path) -> Grade:
        grade = grade_and_keep(session, exercise, path)
        show_grade(session, exercise, grade, hints=False)
        return grade

    outcome = Interview(
        Outcome(stamp(when), options.minutes, [Attempt(one.slug, one.title) for one in chosen]),
        workspace,
        chosen,
        check=check,
        show_task=session.show_task,
        read=Lines().read,
        write=session.say,
        now=time.monotonic,
        cards=load(),
        chance=chance,
        width=session.width,
    ).run()
    text = summary(outcome)
    session.say(f"\n{text}")
    write(workspace.folder / "summary.txt", text + "\n")
    with changing(session.state_file) as progress:
        progress.interviews.append(outcome.as_json())
    return 0


def quiz(session: DrillSession, options: argparse.Namespace) -> int:
    """Ask cards, list them, or export them."""
    from tinygrad_dropout.drills.learner.progress import changing
    from tinygrad_dropout.drills.learner.workspace import write
    from tinygrad_dropout.drills.quiz import anki, scheduling
    from tinygrad_dropout.drills.quiz.cards import PRELUDE, load
    from tinygrad_dropout.drills.quiz.session import ask

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
        return complain("--out belongs to --export")
    progress = session.progress()
    schedule = progress.schedule()
    if unread := {card.id for card in cards} & (progress.cards.keys() - schedule.keys()):
        complain(f"what was known of these cards is damaged, so they count as new: {', '.join(sorted(unread))}")
    if options.list:
        session.say(listing(cards, schedule, today(), session.width if session.console.is_terminal else None))
        return 0
    chosen = scheduling.cards_to_ask(cards, schedule, today(), options.count)
    if not chosen:
        first = min(scheduling.due_day(schedule[card.id]) for card in cards)
        session.say(f"Nothing is due today; the next card is due on {first}.")
        return 0
    session.say(f"Snippets begin with:\n{PRELUDE}")
    for card, rating in ask(chosen, read=input, write=session.say, width=session.width):
        with changing(session.state_file) as progress:
            known = scheduling.after(progress.schedule().get(card.id), rating, today())
            progress.cards[card.id] = scheduling.to_json(known)
    return 0


def today() -> date:
    """The learner's day: that of the clock on the wall."""
    return datetime.now().date()


def listing(cards: Sequence[Card], schedule: Schedule, day: date, width: int | None) -> str:
    """The cards, each with when it is due and what is known of it; a line each if the width does not matter."""
    from tinygrad_dropout.drills.quiz.scheduling import due_day, recall_chance, stability

    def state(card: Card) -> str:
        if card.id not in schedule:
            return f"{'new':10}"
        known = schedule[card.id]
        return f"{due_day(known)}  {recall_chance(known, day):6.0%}  {stability(known):9.1f}"

    heading = (
        "Recall: the chance that you would know the answer today.\n"
        "Stability: days from a rating until that chance is 90 %.\n\n"
        "due         recall  stability"
    )
    lines = [f"{state(card):30} {card.question}" for card in cards]
    return "\n".join([heading, *(wrap(line, width, indent=31) if width else line for line in lines)])


def stats(session: DrillSession, options: argparse.Namespace) -> int:
    """What was done."""
    from tinygrad_dropout.drills.learner.stats import as_text

    session.say(as_text(session.progress(), today()))
    return 0

"""The commands about the stages of a framework: start, check, watch, list, reset, page, closed-book."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from tinygrad_dropout.cli.build import FOLDER
from tinygrad_dropout.cli.build.session import BuildSession
from tinygrad_dropout.cli.drill import solving
from tinygrad_dropout.cli.drill.asking import hold
from tinygrad_dropout.cli.drill.session import Session
from tinygrad_dropout.cli.drill.solving import open_in_browser
from tinygrad_dropout.drills.bundle import files_in
from tinygrad_dropout.drills.exercise import DrillError, Exercise
from tinygrad_dropout.drills.grader.grade_in_subprocess import grade_file, source_of
from tinygrad_dropout.drills.grader.result import Grade
from tinygrad_dropout.drills.interview.closed_book import MINUTES, ClosedBook
from tinygrad_dropout.drills.layout import unbroken
from tinygrad_dropout.drills.learner.own_framework import OwnFramework
from tinygrad_dropout.drills.learner.progress import changing
from tinygrad_dropout.drills.learner.side_by_side import page as page_of
from tinygrad_dropout.drills.learner.workspace import write
from tinygrad_dropout.drills.quiz.cards import load


def start(session: BuildSession, options: argparse.Namespace) -> int:
    """Write the tasks and an empty package."""
    own = OwnFramework(Path(options.folder or FOLDER).resolve())
    begun = own.start()
    with changing(session.state_file) as progress:
        progress.build_folder = str(own.folder)
    current = session.current(progress.of_framework(own.folder))
    session.say(
        f"{unbroken(own.folder)}: " + ("ten tasks and an empty package." if begun else "your package is unchanged.")
    )
    session.say(
        f"\nThe {'first' if current.number == 1 else 'next'} task:  tasks/{current.slug}.md, or: {session.command} task"
    )
    session.say(f"Your package:    {own.package.name}/ (split it into files as you like)")
    session.say(f"To check it:     {session.command} check (or build watch, on every save)")
    return 0


def check(session: BuildSession, options: argparse.Namespace) -> int:
    """Grade the package, and after the last stage say what you can do with it."""
    code = solving.check(session, options)
    if code == 0 and all(session.progress().solved(one.slug) for one in session.everything()):
        session.say(f"All ten stages are done. See your package next to ours: {session.command} page")
        session.say("Train it with and without dropout: tinygrad-dropout compare --framework .")
    return code


def list_stages(session: Session[Any], options: argparse.Namespace) -> int:
    """List the stages and what is done."""
    progress, everything = session.progress(), session.everything()
    for one in everything:
        line = solving.in_columns(session, one, solving.state_of(progress, one))
        session.say(line, "right" if progress.solved(one.slug) else "")
    session.say(f"\n{sum(progress.solved(one.slug) for one in everything)} of {len(everything)} done.")
    return 0


def show_current(session: Session[Any], options: argparse.Namespace) -> int:
    """Show the task of the current stage."""
    session.show_task(session.watched(session.progress())[0])
    return 0


def watch(session: BuildSession, options: argparse.Namespace) -> int:
    """Check the current stage whenever a file is saved."""
    current = session.current(session.progress())
    session.say(f"Current stage: {current.number}, {current.title}.")
    return solving.watch(session, options, list_all=list_stages, say_next=show_current)


def reset(session: BuildSession, options: argparse.Namespace) -> int:
    """Empty the package, after asking."""
    own = session.workspace(session.progress())
    question = f"Start over from stage 1 in {own.folder}? Your old package is kept."
    if not options.yes and not session.agreed(question):
        session.say("Nothing was changed.")
        return 1
    kept = own.reset(datetime.now())
    with session.keeping_if_possible() as progress:
        for one in session.everything():
            progress.exercises.pop(one.slug, None)
    where = f"; the old one is in {unbroken(kept.relative_to(own.folder))}" if kept else ""
    session.say(f"The package is empty again{where}")
    return 0


def page(session: BuildSession, options: argparse.Namespace) -> int:
    """Write the page that shows the learner's package next to ours, and open it."""
    own, last = session.workspace(session.progress()), session.everything()[-1]
    path = Path(options.out) if options.out else own.folder / "beside-ours.html"
    try:
        text = page_of(files_in(source_of(last, own.package)))
    except SyntaxError as error:
        place = f"{error.filename}{f', line {error.lineno}' if error.lineno else ''}"
        raise DrillError(f"cannot make the page: Python cannot parse {place}: {error.msg}") from error
    write(path, text)
    session.say(f"{unbroken(path)}: your package next to the whole idea in one file, and next to ours")
    if not options.no_open:
        open_in_browser(session, path)
    return 0


def closed_book(session: BuildSession, options: argparse.Namespace) -> int:
    """Hold a closed-book run: stages 1 and 2 from memory, in 20 minutes."""
    progress, when = session.progress(), datetime.now()
    home = Path(progress.build_folder) if Path(progress.build_folder or "nowhere").is_dir() else Path.cwd()
    own = OwnFramework(home / "closed-book" / f"{when:%Y-%m-%d-%H%M%S}")

    def check(stage: Exercise) -> Grade:
        grade = grade_file(stage, own.package, width=session.width)
        if not grade.solved:  # a solved stage here does not count for the learner's own package
            with session.keeping_if_possible() as known:
                session.keep(known, stage, grade)
        solving.show_grade(session, stage, grade, hints=False)
        return grade

    book = ClosedBook(
        own.folder,
        check=check,
        show=session.show_markdown,
        say=session.say,
        cards=load(),
        chance=Random(),
        width=session.width,
    )
    book.start()
    session.say(f"Stages 1 and 2 from memory, in {MINUTES} minutes.", "title")
    session.say("The clock is running. Nothing is graded until it stops, and your own tests count.")
    hold(session, book, own.folder, when, MINUTES, strict=True)
    return 0

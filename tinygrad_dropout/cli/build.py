"""The command `tinygrad-dropout build`: a framework of one's own, in ten stages."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinygrad_dropout.cli.arguments import name_of_file, print_help
from tinygrad_dropout.cli.drill import add_check_options, run, solving
from tinygrad_dropout.cli.drill.session import Session
from tinygrad_dropout.cli.drill.solving import open_in_browser
from tinygrad_dropout.drills.grader.result import SEEN_IN_A_REPLAY
from tinygrad_dropout.drills.grader.stages import stage_in, stages_that_hold
from tinygrad_dropout.drills.layout import unbroken
from tinygrad_dropout.drills.learner.own_framework import OwnFramework
from tinygrad_dropout.drills.learner.progress import stamp

if TYPE_CHECKING:
    from tinygrad_dropout.drills.exercise import Exercise
    from tinygrad_dropout.drills.grader.result import Grade
    from tinygrad_dropout.drills.learner.progress import Progress

HELP = "write your own framework in ten stages, from one number to dropout and training"

DESCRIPTION = """\
Write a framework of your own: ten stages, one growing package of some 300 lines. Each stage's checks run again at
every later one, and what is wrong is named. N is a stage's number or a part of its name; without it, the first that
is open."""

EXAMPLES = """\
examples:
  tinygrad-dropout build start my-framework
  tinygrad-dropout build task
  tinygrad-dropout build check
  tinygrad-dropout build watch
  tinygrad-dropout compare --framework my-framework     when all ten are done

exit code of check: 0 if the stage is done, 1 if something is wrong, 2 if there is no such stage."""

FOLDER = "my-framework"


class BuildSession(Session[OwnFramework]):
    """One call of this command."""

    command = "tinygrad-dropout build"

    @property
    def after_solving(self) -> str:
        """The next task; once all stages are done, the page."""
        progress = self.progress()
        return "page" if all(progress.solved(one.slug) for one in self.everything()) else "task"

    def everything(self) -> Sequence[Exercise]:
        from tinygrad_dropout.drills.stage import stages

        return stages()

    def find(self, name: str) -> Exercise:
        from tinygrad_dropout.drills.stage import find_stage

        return find_stage(name)

    def current(self, progress: Progress) -> Exercise:
        """The first stage that is not done; the last if all are."""
        everything = self.everything()
        return next((one for one in everything if not progress.solved(one.slug)), everything[-1])

    def watched(self, progress: Progress) -> Sequence[Exercise]:
        return [self.current(progress)]

    def watched_now(self, exercise: Exercise) -> Exercise:
        return self.current(self.progress())

    def keep(self, progress: Progress, exercise: Exercise, grade: Grade) -> None:
        """Remember a try; stages before it that were seen to hold are done, too."""
        now = datetime.now()
        for stage in self.everything()[: stages_that_hold(grade)]:
            progress.of(stage.slug)["solved"] = progress.of(stage.slug)["solved"] or stamp(now)
        progress.record(exercise.slug, grade, now, chosen=False)

    def to_be_hinted(self, exercise: Exercise, grade: Grade) -> Exercise:
        """The earlier stage that no longer holds, if that is what is wrong."""
        earlier = stage_in(grade.rejection.claim) if grade.rejection else None
        return self.everything()[earlier - 1] if earlier else exercise

    def is_worth_seeing(self, grade: Grade) -> bool:
        return SEEN_IN_A_REPLAY in grade.notes

    def view(self, progress: Progress) -> Progress:
        own = self.own(progress)
        return progress.of_framework(own.folder) if own else progress

    def own(self, progress: Progress) -> OwnFramework | None:
        """The framework one stands in; else the one of `start`; None if neither is there."""
        started = OwnFramework(Path(progress.build_folder)) if progress.build_folder else None
        return OwnFramework.at(Path.cwd().resolve()) or started

    def workspace(self, progress: Progress) -> OwnFramework:
        from tinygrad_dropout.drills.exercise import DrillError

        own = self.own(progress)
        if own is None:
            raise DrillError("there is no framework yet: type `tinygrad-dropout build start`")
        if not own.folder.is_dir():
            raise DrillError(
                f"your framework was in {own.folder}, which is not there: type `build start FOLDER` with its new one"
            )
        return own

    def resolve_exercise(self, wanted: str | None, workspace: OwnFramework, progress: Progress) -> Exercise:
        return self.current(progress) if wanted is None else self.find(wanted)


def start(session: BuildSession, options: argparse.Namespace) -> int:
    """Write the tasks, and an empty package."""
    from tinygrad_dropout.drills.learner.progress import changing

    own = OwnFramework(Path(options.folder or FOLDER).resolve())
    begun = own.start()
    with changing(session.state_file) as progress:
        progress.build_folder = str(own.folder)
    current = session.current(progress.of_framework(own.folder))
    session.say(
        f"{unbroken(own.folder)}: "
        + ("ten tasks, and a package to be filled." if begun else "your package is as it was.")
    )
    session.say(
        f"\nThe {'first' if current.number == 1 else 'next'} task:  tasks/{current.slug}.md, or: {session.command} task"
    )
    session.say(f"Your package:    {own.package.name}/; how you divide it into files is up to you")
    session.say(f"To check it:     {session.command} check, or {session.command} watch to do so whenever you save")
    return 0


def check(session: BuildSession, options: argparse.Namespace) -> int:
    """Grade the package."""
    code = solving.check(session, options)
    if code == 0 and all(session.progress().solved(one.slug) for one in session.everything()):
        session.say(f"All ten stages are done. See yours beside ours: {session.command} page")
        session.say("Train it with and without dropout: tinygrad-dropout compare --framework .")
    return code


def list_stages(session: Session[Any], options: argparse.Namespace) -> int:
    """The stages, and what is done."""
    progress, everything = session.progress(), session.everything()
    for one in everything:
        line = solving.in_columns(session, one, solving.state_of(progress, one))
        session.say(line, "right" if progress.solved(one.slug) else "")
    session.say(f"\n{sum(progress.solved(one.slug) for one in everything)} of {len(everything)} done.")
    return 0


def show_current(session: Session[Any], options: argparse.Namespace) -> int:
    """The task of the stage that is next."""
    session.show_task(session.watched(session.progress())[0])
    return 0


def watch(session: BuildSession, options: argparse.Namespace) -> int:
    """Check whenever something is saved."""
    current = session.current(session.progress())
    session.say(f"You are at stage {current.number}, {current.title}.")
    return solving.watch(session, options, list_all=list_stages, say_next=show_current)


def reset(session: BuildSession, options: argparse.Namespace) -> int:
    """Begin again, after asking."""
    own = session.workspace(session.progress())
    question = f"Begin the package in {own.folder} again, from stage 1? The old one is kept."
    if not options.yes and not session.agreed(question):
        session.say("Nothing was changed.")
        return 1
    kept = own.reset(datetime.now())
    with session.keeping_if_possible() as progress:
        for one in session.everything():
            progress.exercises.pop(one.slug, None)
    where = f"; yours is kept as {unbroken(kept.relative_to(own.folder))}" if kept else ""
    session.say(f"The package is empty again{where}")
    return 0


def page(session: BuildSession, options: argparse.Namespace) -> int:
    """Write the page with the learner's package beside ours, and open it."""
    from tinygrad_dropout.drills.bundle import files_in
    from tinygrad_dropout.drills.exercise import DrillError
    from tinygrad_dropout.drills.grader.grade_in_subprocess import source_of
    from tinygrad_dropout.drills.learner.side_by_side import page as page_of
    from tinygrad_dropout.drills.learner.workspace import write

    own, last = session.workspace(session.progress()), session.everything()[-1]
    path = Path(options.out) if options.out else own.folder / "beside-ours.html"
    try:
        text = page_of(files_in(source_of(last, own.package)))
    except SyntaxError as error:
        place = f"{error.filename}{f', line {error.lineno}' if error.lineno else ''}"
        raise DrillError(f"the page cannot be made: Python cannot read {place}: {error.msg}") from error
    write(path, text)
    session.say(f"{unbroken(path)}: your package beside the whole idea in one file, and beside ours")
    if not options.no_open:
        open_in_browser(session, path)
    return 0


def closed_book(session: BuildSession, options: argparse.Namespace) -> int:
    """Stages 1 and 2 from memory, in 20 minutes."""
    from random import Random

    from tinygrad_dropout.cli.drill.asking import hold
    from tinygrad_dropout.drills.grader.grade_in_subprocess import grade_file
    from tinygrad_dropout.drills.interview.closed_book import MINUTES, ClosedBook
    from tinygrad_dropout.drills.quiz.cards import load

    progress, when = session.progress(), datetime.now()
    home = Path(progress.build_folder) if Path(progress.build_folder or "nowhere").is_dir() else Path.cwd()
    own = OwnFramework(home / "closed-book" / f"{when:%Y-%m-%d-%H%M%S}")

    def check(stage: Exercise) -> Grade:
        grade = grade_file(stage, own.package, width=session.width)
        if not grade.solved:  # what is solved here is not done in the learner's own package
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
    session.say("The clock runs. Nothing is graded before it has stopped; your own tests count.")
    hold(session, book, own.folder, when, MINUTES, strict=True)
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    """The commands of `build`, each with its options."""
    parser.set_defaults(run=lambda _: print_help(parser))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(
        name: str, act: Callable[[BuildSession, argparse.Namespace], int], says: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=says, description=f"{says[:1].upper()}{says[1:]}.", allow_abbrev=False)
        added.set_defaults(run=partial(run, act, BuildSession))
        return added

    def of_stage(added: argparse.ArgumentParser, *, optional: bool = True) -> argparse.ArgumentParser:
        says = "a stage" + ("; the first that is open if left out" if optional else "")
        added.add_argument("exercise", metavar="N", nargs="?" if optional else None, help=says)
        return added

    begin = command("start", start, "write the tasks and an empty package into a folder; what is there is left alone")
    begin.add_argument("folder", metavar="DIR", nargs="?", type=name_of_file, help=f"the folder (default: {FOLDER})")
    add_check_options(
        of_stage(command("check", check, "check a stage and all before it: the first thing that is wrong"))
    )
    command("watch", watch, "check the stage that you are at whenever you save; keys do the rest")
    of_stage(command("task", solving.task, "show what a stage asks"))
    of_stage(command("hint", solving.hint, "a nudge, then the idea, then nearly the answer: each time the next"))
    command("list", list_stages, "the stages, and what is done")
    again = command("reset", reset, "begin again; what you wrote is kept in before-reset/")
    again.add_argument("--yes", action="store_true", help="do not ask")
    ours = of_stage(
        command("solution", solving.solution, "write our package of a stage into solutions/"), optional=False
    )
    ours.add_argument("--anyway", action="store_true", help="although it is not done yet, which is recorded")
    beside = command("page", page, "write a page with your package beside ours, and open it")
    beside.add_argument("--out", metavar="FILE", type=name_of_file, help="where (default: beside-ours.html)")
    beside.add_argument("--no-open", action="store_true", help="do not open it in the browser")
    command("closed-book", closed_book, "stages 1 and 2 from memory in 20 minutes, graded afterwards")

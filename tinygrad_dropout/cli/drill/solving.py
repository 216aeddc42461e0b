"""The commands about exercises: start, check, watch, task, hint, list, next, reset, solution."""

from __future__ import annotations

import argparse
import time
import webbrowser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from tinygrad_dropout.cli.arguments import complain
from tinygrad_dropout.cli.drill import FOLDER
from tinygrad_dropout.cli.drill.session import DrillSession, Session
from tinygrad_dropout.drills.exercise import DrillError, Exercise, exercises, find
from tinygrad_dropout.drills.grader.grade_in_subprocess import grade_file, make_replay
from tinygrad_dropout.drills.grader.report import lines_of
from tinygrad_dropout.drills.grader.result import Grade
from tinygrad_dropout.drills.layout import counted, reflow, unbroken
from tinygrad_dropout.drills.learner.progress import Progress, changing, stamp
from tinygrad_dropout.drills.learner.recommendation import in_words, next_exercise
from tinygrad_dropout.drills.learner.terminal import keys, pressed
from tinygrad_dropout.drills.learner.watch import KEYS, Watch
from tinygrad_dropout.drills.learner.watch import watch as watch_files
from tinygrad_dropout.drills.learner.workspace import AnswerFolder, Workspace
from tinygrad_dropout.drills.quiz.session import wrapped

Act = Callable[[Session[Any], argparse.Namespace], object]
LONGEST_TITLE = 40  # characters, of the exercises that there are


def start(session: DrillSession, options: argparse.Namespace) -> int:
    """Write the exercises into a folder."""
    folder = Path(options.folder or FOLDER).resolve()
    written, kept = Workspace(folder).start()
    with changing(session.state_file) as progress:
        progress.folder = str(folder)
    left = f"; {kept} existed and are unchanged" if kept else ""
    session.say(f"{unbroken(folder)}: {counted(written, 'exercise')} written{left}.")
    first = exercises()[0]
    session.say(f"\nThe first:   {first.slug}.py, its task in tasks/{first.slug}.md")
    session.say(f"To grade it: {session.command} check (or drill watch, on every save)")
    session.say(f"More:        {session.command} --help")
    return 0


def check(session: Session[Any], options: argparse.Namespace) -> int:
    """Grade one exercise, or all of them."""
    if options.time_limit <= 0 or options.time_limit > 3600:
        return complain(f"--time-limit: expected more than 0 and at most 3,600 seconds, got {options.time_limit:g}")
    if options.seed < 0:
        return complain(f"--seed: expected at least 0, got {options.seed}")
    if (options.out or options.no_open) and not options.show:
        return complain("--out and --no-open need --show")
    progress = session.progress()
    workspace = session.workspace(progress)
    if getattr(options, "all", False):
        if options.exercise is not None or options.show:
            return complain("--all grades every exercise; it cannot be combined with N or --show")
        return check_all(session, workspace, options)
    exercise = session.resolve_exercise(options.exercise, workspace, progress)
    path = workspace.path(exercise)
    grade = grade_and_keep(session, exercise, path, options.seed, options.time_limit)
    show_grade(session, exercise, grade, options.verbose, may_show=not options.show)
    if options.show:
        return replay(session, exercise, path, options, grade.solved) or int(not grade.solved)
    return int(not grade.solved)


def grade_and_keep(
    session: Session[Any],
    exercise: Exercise,
    path: Path,
    seed: int = 0,
    time_limit: float = 10.0,
    *,
    chosen: bool = True,
) -> Grade:
    """Grade an answer, and record the attempt; `chosen`: whether this becomes the current exercise."""
    grade = grade_file(exercise, path, seed=seed, time_limit=time_limit, width=session.width)
    with session.keeping_if_possible() as progress:
        session.keep(progress, exercise, grade, chosen)
    return grade


def show_grade(
    session: Session[Any],
    exercise: Exercise,
    grade: Grade,
    verbose: bool = False,
    hints: bool = True,
    may_show: bool = True,
) -> None:
    """Show a grade and what to do next; without hints in an interview, and without --show if that was typed."""
    for kind, text in lines_of(exercise, grade, verbose=verbose, width=session.width):
        session.say(text, kind)
    if not hints:
        return
    if grade.solved:
        session.say(f"Next: {session.command} {session.after_solving}")
        session.say(f"Our solution, with its derivation: {session.command} solution {exercise.number}")
        return
    number = session.to_be_hinted(exercise, grade).number
    if grade.unfinished:
        session.say(f"The task:  {session.command} task {number}")
        path = session.workspace(session.progress()).path(exercise)
        session.say(f"Your {'file' if path.is_file() else 'package'}: {unbroken(path)}")
    else:
        session.say(f"\nA hint: {session.command} hint {number}")
        if may_show and exercise.has_replay and session.is_worth_seeing(grade):
            session.say(f"See it: {session.command} check {exercise.number} --show")


def check_all(session: Session[Any], workspace: AnswerFolder, options: argparse.Namespace) -> int:
    """Grade all exercises and show one line for each."""
    solved = 0
    for exercise in session.everything():
        grade = grade_and_keep(
            session, exercise, workspace.path(exercise), options.seed, options.time_limit, chosen=False
        )
        solved += grade.solved
        state = "solved" if grade.rejection is None else grade.rejection.code
        line = in_columns(session, exercise, state, with_minutes=False)
        session.say(line, "right" if grade.solved else "")
    session.say(f"\n{solved} of {len(session.everything())} solved.")
    return int(solved < len(session.everything()))


def replay(session: Session[Any], exercise: Exercise, path: Path, options: argparse.Namespace, solved: bool) -> int:
    """Write the replay of an answer as a page, and open it."""
    page = Path(options.out or f"replay-{exercise.slug}.html")
    shows = make_replay(exercise, path, page)
    elsewhere = "" if solved or shows.startswith("step") else "; the mistake shows only on other inputs"
    session.say(f"\n{unbroken(page)}: {shows}{elsewhere}")
    if not options.no_open:
        open_in_browser(session, page)
    return 0


def open_in_browser(session: Session[Any], page: Path) -> None:
    """Open a page in the browser, or say that none was found."""
    if not webbrowser.open(page.resolve().as_uri()):
        session.say("No browser was found; open the file yourself.")


def watch(
    session: Session[Any], options: argparse.Namespace, *, list_all: Act | None = None, say_next: Act | None = None
) -> int:
    """Check an exercise whenever its file is saved, and act on single keys.

    Args:
        session, options: the run of the command and its options.
        list_all, say_next: what the keys l and n do; by default what `drill list` and `drill next` do.
    """

    progress = session.progress()
    workspace = session.workspace(progress)
    of_keys = ", ".join(f"{key} {says}" for key, says in KEYS.items())

    def check(exercise: Exercise) -> None:
        session.say(f"\n{'-' * 40} {datetime.now():%H:%M:%S}")
        try:
            exercise = session.watched_now(exercise)
            show_grade(session, exercise, grade_and_keep(session, exercise, workspace.path(exercise)))
        except DrillError as error:  # the next save may fix it
            session.say(f"{error}.", "wrong")

    def act(key: str) -> bool:
        if key in ("q", "\x1b"):
            return False
        progress = session.progress()
        exercise = session.resolve_exercise(None, workspace, progress)
        actions: dict[str, Callable[[], object]] = {
            "c": lambda: check(exercise),
            "h": lambda: give_hint(session, workspace.mine(exercise)),
            "t": lambda: session.show_task(exercise),
            "l": lambda: (list_all or list_exercises)(session, options),
            "n": lambda: (say_next or choose_next)(session, options),
        }
        if key in "tln":
            session.say("")  # check and hint begin with an empty line themselves
        actions.get(key, lambda: session.say(of_keys))()
        return True

    def no_keys(seconds: float) -> str:
        time.sleep(seconds)
        return ""

    seen = Watch(workspace.path, session.watched(progress))
    with keys() as there_are:
        session.say(f"Watching {unbroken(workspace.folder)}.")
        session.say(of_keys if there_are else "Ctrl-C stops it.")
        watch_files(seen, check=check, act=act, pressed=pressed if there_are else no_keys)
    return 0


def task(session: Session[Any], options: argparse.Namespace) -> int:
    """Show the task of an exercise."""
    progress = session.progress()
    session.show_task(session.resolve_exercise(options.exercise, session.workspace(progress), progress))
    return 0


def hint(session: Session[Any], options: argparse.Namespace) -> int:
    """Show the next hint."""
    progress = session.progress()
    workspace = session.workspace(progress)
    give_hint(session, workspace.mine(session.resolve_exercise(options.exercise, workspace, progress)))
    return 0


def give_hint(session: Session[Any], exercise: Exercise) -> None:
    """Show the next hint of an exercise, and record it."""
    hints, level = exercise.hints, 1
    with session.keeping_if_possible() as progress:
        known = progress.of(exercise.slug)
        # a hint that was seen before, or is read after solving, does not count
        again = known["hints"] == len(hints) or bool(known["solved"])
        level = min(known["hints"] + 1, len(hints))
        known["hints"] = known["hints"] if again else level
    session.say(f"\n{exercise.number}  {exercise.title}, hint {level} of {len(hints)}\n", "title")
    session.say(wrapped(hints[level - 1], session.width))
    if level == len(hints):
        session.say(f"\nThat was the last hint. The solution: {session.command} solution {exercise.number}")


def list_exercises(session: Session[Any], options: argparse.Namespace) -> int:
    """List the exercises and what is solved."""
    progress, everything = session.progress(), exercises()
    for topic in ("backprop", "dropout"):
        session.say(topic, "title")
        for one in everything:
            if one.topic == topic:
                here = " <" if one.slug == progress.current else ""
                line = in_columns(session, one, state_of(progress, one) + here)
                session.say(line, "right" if progress.solved(one.slug) else "")
    solved_ones = sum(progress.solved(one.slug) for one in everything)
    session.say(
        f"\n{solved_ones} of {len(everything)} solved." + (" < marks where you are." if progress.current else "")
    )
    return 0


def choose_next(session: Session[Any], options: argparse.Namespace) -> int:
    """Choose the next exercise, and say why."""
    with session.keeping_if_possible() as progress:
        workspace = session.workspace(progress)
        chosen, why = next_exercise(progress, exercises())
        before = progress.current
        if chosen:
            progress.current, progress.chosen, progress.why = chosen.slug, stamp(datetime.now()), why
    if chosen is None:
        session.say(
            "All exercises are solved. Go on with the cards (drill quiz) or a mock interview (drill interview)."
        )
        return 0
    session.say(f"{chosen.number}  {chosen.title}", "title")
    session.say(f"  {why}")
    session.say(f"  {unbroken(workspace.path(chosen))}\n  {unbroken(workspace.folder / 'tasks' / f'{chosen.slug}.md')}")
    if before not in ("", chosen.slug) and not progress.solved(before):
        session.say(f"Still open: {find(before).number}  {find(before).title}")
    return 0


def reset(session: DrillSession, options: argparse.Namespace) -> int:
    """Start exercises over, after asking."""
    if options.all == (options.exercise is not None):
        return complain("reset: expected an exercise or --all")
    before = session.progress()
    workspace = session.workspace(before)
    chosen = exercises() if options.all else [find(options.exercise)]
    begun = [one for one in chosen if not workspace.untouched(one)]
    what = f"{len(begun)} exercises" if options.all else chosen[0].slug
    if begun and not options.yes and not session.agreed(f"Start {what} over?"):
        session.say("Nothing was changed.")
        return 1
    for one in chosen:
        another = one.hunt is not None and one in begun and before.solved(one.slug)
        kept = workspace.reset(one, datetime.now(), another=another)
        if kept:
            with session.keeping_if_possible() as progress:
                progress.begin_again(one.slug)
            bug = ", with another bug" if another else ""
            session.say(f"{one.slug}: started over{bug}; your file is now {kept.relative_to(workspace.folder)}")
    if not begun:
        session.say("Nothing to reset: the file is still the starter.")
    return 0


def solution(session: Session[Any], options: argparse.Namespace) -> int:
    """Write the solution if the exercise is solved, or if the learner wants it anyway."""
    exercise, progress = session.find(options.exercise), session.progress()
    workspace = session.workspace(progress)
    solved = progress.solved(exercise.slug)
    question = f"{exercise.slug} is not solved yet. Write the solution anyway? This is recorded."
    if not solved and not options.anyway and not session.agreed(question):
        session.say("Nothing was written.")
        return 1
    path = workspace.write_solution(exercise)
    if not solved:
        with session.changing() as progress:
            progress.of(exercise.slug)["solution"] = stamp(datetime.now())
    session.say(str(unbroken(path)))
    if path.is_file():
        text = workspace.mine(exercise).solution
        session.say(f"\n{reflowed_docstring(text, session.width) if session.console.is_terminal else text}")
    return 0


def reflowed_docstring(code: str, width: int) -> str:
    """Code whose first docstring fits a terminal."""
    before, quotes, rest = code.partition('"""')
    docstring, end, after = rest.partition('"""')
    return before + quotes + reflow(docstring, width) + end + after


def in_columns(session: Session[Any], exercise: Exercise, state: str, *, with_minutes: bool = True) -> str:
    """One line of a list of exercises; in a narrow terminal the state goes on the next line."""
    line = f"{exercise.number:3}  {exercise.title:{LONGEST_TITLE}}"
    if with_minutes:
        line += f" {exercise.minutes:2} minutes"
    narrow = len(line) + 2 + len(state) > session.width
    return f"{line}\n       {state}" if state and narrow else f"{line}  {state}".rstrip()


def state_of(progress: Progress, exercise: Exercise) -> str:
    """`solved, 3 tries, 1 hint`."""
    known = progress.exercises.get(exercise.slug)
    if not known:
        return ""
    parts = ["solved"] if known["solved"] else ["open"] if known["tries"] else []
    parts += [in_words(known), "solution read" if known["solution"] else ""]
    return ", ".join(filter(None, parts))

"""The commands about exercises: start, check, watch, task, hint, list, next, reset, solution."""

from __future__ import annotations

import argparse
import webbrowser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from tinygrad_dropout.cli.drill.desk import Desk
from tinygrad_dropout.cli.typed import complain

if TYPE_CHECKING:
    from tinygrad_dropout.drills.exercise import Exercise
    from tinygrad_dropout.drills.grader.grade import Grade
    from tinygrad_dropout.drills.learner.progress import Progress
    from tinygrad_dropout.drills.learner.workspace import Workspace

FOLDER = "drills"
DRILL = "tinygrad-dropout drill"  # what is shown can be typed as it stands


def start(desk: Desk, options: argparse.Namespace) -> int:
    """Write the exercises."""
    from tinygrad_dropout.drills.exercise import exercises
    from tinygrad_dropout.drills.learner.progress import changing
    from tinygrad_dropout.drills.learner.workspace import Workspace

    folder = Path(options.folder or FOLDER).resolve()
    written, kept = Workspace(folder).start()
    with changing(desk.state_file) as progress:
        progress.folder = str(folder)
    left = f"; {kept} were there and are as they were" if kept else ""
    desk.say(f"{folder}: {written} exercises written{left}.")
    first = exercises()[0]
    desk.say(f"\nThe first:   {first.slug}.py, its task in tasks/{first.slug}.md")
    desk.say(f"To grade it: {DRILL} check, or {DRILL} watch to do so whenever you save")
    desk.say(f"More:        {DRILL} --help")
    return 0


def check(desk: Desk, options: argparse.Namespace) -> int:
    """Grade one, or all."""
    if options.time_limit <= 0 or options.time_limit > 3600:
        return complain(f"--time-limit: expected from 0 to 3600 seconds, got {options.time_limit:g}")
    if options.seed < 0:
        return complain(f"--seed: expected at least 0, got {options.seed}")
    if (options.out or options.no_open) and not options.show:
        return complain("--out and --no-open belong to --show")
    progress = desk.progress()
    workspace = desk.workspace(progress)
    if options.all:
        return check_all(desk, workspace, options)
    exercise = desk.meant(options.exercise, workspace, progress)
    path = workspace.path(exercise)
    grade = grade_and_keep(desk, exercise, path, options.seed, options.time_limit)
    show_grade(desk, exercise, grade, options.verbose)
    if options.show:
        return replay(desk, exercise, path, options, grade.solved) or int(not grade.solved)
    return int(not grade.solved)


def grade_and_keep(desk: Desk, exercise: Exercise, path: Path, seed: int = 0, time_limit: float = 10.0) -> Grade:
    """Grade an answer, and remember it."""
    from tinygrad_dropout.drills.grader.sandbox import graded

    grade = graded(exercise, path, seed=seed, time_limit=time_limit)
    with desk.keeping_if_possible() as progress:
        progress.record(exercise.slug, grade, datetime.now())
    return grade


def show_grade(desk: Desk, exercise: Exercise, grade: Grade, verbose: bool = False, hints: bool = True) -> None:
    """A grade, and what one may do next; in an interview there are no hints."""
    from tinygrad_dropout.drills.grader.report import lines_of

    for kind, text in lines_of(exercise, grade, verbose=verbose, width=desk.width):
        desk.say(text, kind)
    if not hints:
        return
    if grade.solved:
        desk.say(f"Next: {DRILL} next. Ours, with the derivation: {DRILL} solution {exercise.number}")
    elif not grade.untried:
        desk.say(f"\nA hint: {DRILL} hint {exercise.number}")
        if exercise.has_replay:
            desk.say(f"See it: {DRILL} check {exercise.number} --show")


def check_all(desk: Desk, workspace: Workspace, options: argparse.Namespace) -> int:
    """A line for each exercise."""
    from tinygrad_dropout.drills.exercise import exercises

    solved = 0
    for exercise in exercises():
        grade = grade_and_keep(desk, exercise, workspace.path(exercise), options.seed, options.time_limit)
        solved += grade.solved
        state = "solved" if grade.rejection is None else grade.rejection.code
        desk.say(f"{exercise.number:3}  {exercise.title:44} {state}", "right" if grade.solved else "")
    desk.say(f"\n{solved} of {len(exercises())} solved.")
    return int(solved < len(exercises()))


def replay(desk: Desk, exercise: Exercise, path: Path, options: argparse.Namespace, solved: bool) -> int:
    """Write the page, and open it."""
    from tinygrad_dropout.drills.grader.sandbox import replayed

    page = Path(options.out or f"replay-{exercise.slug}.html")
    shows = replayed(exercise, path, page)
    elsewhere = "" if solved or shows.startswith("step") else "; the mistake shows on other inputs than these"
    desk.say(f"\n{page}: {shows}{elsewhere}")
    if not options.no_open and not webbrowser.open(page.resolve().as_uri()):
        desk.say("No browser was found to open it; open the file by hand.")
    return 0


def watch(desk: Desk, options: argparse.Namespace) -> int:
    """Check what is saved."""
    import time

    from tinygrad_dropout.drills.exercise import DrillError
    from tinygrad_dropout.drills.learner.terminal import keys, pressed
    from tinygrad_dropout.drills.learner.watch import KEYS, Watch, watch

    workspace = desk.workspace(desk.progress())
    of_keys = fill(", ".join(f"{key} {says}" for key, says in KEYS.items()), desk.width)

    def check(exercise: Exercise) -> None:
        desk.say(f"\n{'-' * 40} {datetime.now():%H:%M:%S}")
        try:
            show_grade(desk, exercise, grade_and_keep(desk, exercise, workspace.path(exercise)))
        except DrillError as error:  # the next save may put it right
            desk.say(f"{error}.", "wrong")

    def act(key: str) -> bool:
        if key in ("q", "\x1b"):
            return False
        progress = desk.progress()
        exercise = desk.meant(None, workspace, progress)
        actions: dict[str, Callable[[], object]] = {
            "c": lambda: check(exercise),
            "h": lambda: give_hint(desk, exercise),
            "t": lambda: desk.show_task(exercise),
            "l": lambda: list_exercises(desk, options),
            "n": lambda: choose_next(desk, options),
        }
        actions.get(key, lambda: desk.say(of_keys))()
        return True

    def no_keys(seconds: float) -> str:
        time.sleep(seconds)
        return ""

    seen = Watch(workspace)
    with keys() as there_are:
        desk.say(f"Watching {workspace.folder}.")
        desk.say(of_keys if there_are else "Ctrl-C ends it.")
        watch(seen, check=check, act=act, pressed=pressed if there_are else no_keys)
    return 0


def task(desk: Desk, options: argparse.Namespace) -> int:
    """Show a task."""
    progress = desk.progress()
    desk.show_task(desk.meant(options.exercise, desk.workspace(progress), progress))
    return 0


def hint(desk: Desk, options: argparse.Namespace) -> int:
    """The next hint."""
    progress = desk.progress()
    give_hint(desk, desk.meant(options.exercise, desk.workspace(progress), progress))
    return 0


def give_hint(desk: Desk, exercise: Exercise) -> None:
    """Show the next hint of an exercise, and remember that."""
    from tinygrad_dropout.drills.quiz.session import wrapped

    hints, level = exercise.hints, 1
    with desk.keeping_if_possible() as progress:
        known = progress.of(exercise.slug)
        again = known["hints"] == len(hints) or bool(known["solved"])  # what is asked after that is no help
        level = min(known["hints"] + 1, len(hints))
        known["hints"] = known["hints"] if again else level
    desk.say(f"{exercise.number}  {exercise.title}, hint {level} of {len(hints)}\n", "title")
    desk.say(wrapped(hints[level - 1], desk.width))
    if level == len(hints):
        desk.say(f"\nThat was the last. The solution: {DRILL} solution {exercise.number}")


def list_exercises(desk: Desk, options: argparse.Namespace) -> int:
    """What there is, and what is solved."""
    from tinygrad_dropout.drills.exercise import exercises

    progress, everything = desk.progress(), exercises()
    for topic in ("backprop", "dropout"):
        desk.say(f"{topic:49} minutes", "title")
        for one in everything:
            if one.topic == topic:
                solved = progress.solved(one.slug)
                state = state_of(progress, one)
                here = " <" if one.slug == progress.current else ""
                desk.say(f"{one.number:3}  {one.title:44} {one.minutes:4}   {state}{here}", "right" if solved else "")
    solved_ones = sum(progress.solved(one.slug) for one in everything)
    desk.say(f"\n{solved_ones} of {len(everything)} solved." + (" < is where you are." if progress.current else ""))
    return 0


def choose_next(desk: Desk, options: argparse.Namespace) -> int:
    """Choose the next exercise, and say why."""
    from tinygrad_dropout.drills.exercise import exercises, find
    from tinygrad_dropout.drills.learner.choice import next_exercise
    from tinygrad_dropout.drills.learner.progress import stamp

    with desk.keeping_if_possible() as progress:
        workspace = desk.workspace(progress)
        chosen, why = next_exercise(progress, exercises())
        before = progress.current
        if chosen:
            progress.current, progress.chosen, progress.why = chosen.slug, stamp(datetime.now()), why
    if chosen is None:
        desk.say("All are solved. Now the questions: drill quiz; and against the clock: drill interview.")
        return 0
    desk.say(f"{chosen.number}  {chosen.title}", "title")
    desk.say(fill(why, desk.width, initial_indent="  ", subsequent_indent="  "))
    desk.say(f"  {workspace.path(chosen)}\n  {workspace.folder / 'tasks' / chosen.slug}.md")
    if before not in ("", chosen.slug) and not progress.solved(before):
        desk.say(f"Still open: {find(before).number}  {find(before).title}")
    return 0


def reset(desk: Desk, options: argparse.Namespace) -> int:
    """Write starters again, after asking."""
    from tinygrad_dropout.drills.exercise import exercises, find

    if options.all == (options.exercise is not None):
        return complain("reset: expected either an exercise or --all")
    workspace = desk.workspace(desk.progress())
    chosen = exercises() if options.all else [find(options.exercise)]
    begun = [one for one in chosen if not workspace.untouched(one)]
    what = f"{len(begun)} exercises" if options.all else chosen[0].slug
    if begun and not options.yes and not desk.agreed(f"Write the starter of {what} again?"):
        desk.say("Nothing was changed.")
        return 1
    for one in chosen:
        kept = workspace.reset(one, datetime.now())
        if kept:
            desk.say(f"{one.slug}: the starter again; yours is kept as {kept.relative_to(workspace.folder)}")
    if not begun:
        desk.say("The starter was there: nothing to do.")
    return 0


def solution(desk: Desk, options: argparse.Namespace) -> int:
    """Write the solution, if it was earned or is wanted all the same."""
    from tinygrad_dropout.drills.exercise import find
    from tinygrad_dropout.drills.learner.progress import changing, stamp

    exercise, progress = find(options.exercise), desk.progress()
    workspace = desk.workspace(progress)
    solved = progress.solved(exercise.slug)
    question = f"{exercise.slug} is not solved yet. Write the solution all the same, and remember that?"
    if not solved and not options.anyway and not desk.agreed(question):
        desk.say("Nothing was written.")
        return 1
    path = workspace.write_solution(exercise)
    if not solved:
        with changing(desk.state_file) as progress:
            progress.of(exercise.slug)["solution"] = stamp(datetime.now())
    desk.say(f"{path}\n")
    desk.say(exercise.solution)
    return 0


def state_of(progress: Progress, exercise: Exercise) -> str:
    """`solved, 3 tries, 1 hint`."""
    known = progress.exercises.get(exercise.slug)
    if not known:
        return ""
    parts = ["solved"] if known["solved"] else ["open"] if known["tries"] else []
    for what, count in (("try", known["tries"]), ("hint", known["hints"])):
        if count:
            parts.append(f"{count} {what if count == 1 else {'try': 'tries', 'hint': 'hints'}[what]}")
    if known["solution"]:
        parts.append("solution read")
    return ", ".join(parts)

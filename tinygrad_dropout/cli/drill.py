"""The command `tinygrad-dropout drill`: exercises with a grader, question cards, a mock interview."""

from __future__ import annotations

import argparse
import webbrowser
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tinygrad_dropout.cli.typed import complain, name_of_file, number, print_help, whole_number

if TYPE_CHECKING:
    from tinygrad_dropout.drills.exercise import Exercise
    from tinygrad_dropout.drills.grade import Grade
    from tinygrad_dropout.drills.progress import Progress
    from tinygrad_dropout.drills.workspace import Workspace

HELP = "exercises whose grader names your bug, question cards, a mock interview"

DESCRIPTION = """\
Prepare for an interview about backpropagation and dropout: `start` writes exercises into a folder, `check` grades one
and names what is wrong with it. N is an exercise's number, its name, a part of that, or its file."""

EXAMPLES = """\
examples:
  tinygrad-dropout drill start my-drills
  tinygrad-dropout drill check                 the file that you saved last
  tinygrad-dropout drill check 11 -v
  tinygrad-dropout drill interview --minutes 20
  tinygrad-dropout drill quiz --topic backprop

exit code of check: 0 if solved, 1 if something is wrong, 2 if there is no such exercise."""

FOLDER, MINUTES, CARDS = "drills", 20, 10


def add_options(parser: argparse.ArgumentParser) -> None:
    """The commands of `drill`, each with its options."""
    parser.set_defaults(run=lambda _: print_help(parser))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, act: Callable[[Drill, argparse.Namespace], int], says: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=says, description=f"{says[:1].upper()}{says[1:]}.", allow_abbrev=False)
        added.set_defaults(run=partial(run, act))
        return added

    def of_exercise(added: argparse.ArgumentParser, *, optional: bool) -> None:
        says = "an exercise" + ("; the file that was saved last if left out" if optional else "")
        added.add_argument("exercise", metavar="N", nargs="?" if optional else None, help=says)

    start = command("start", Drill.start, "write the exercises into a folder; files that are there are left alone")
    start.add_argument("folder", metavar="DIR", nargs="?", type=name_of_file, help=f"the folder (default: {FOLDER})")

    check = command("check", Drill.check, "grade an exercise: what is right, then the first thing that is wrong")
    of_exercise(check, optional=True)
    check.add_argument("-v", "--verbose", action="store_true", help="with the traceback of what your file raised")
    check.add_argument("--all", action="store_true", help="grade all of them, a line each")
    check.add_argument("--show", action="store_true", help="open the replay at the first step where yours goes wrong")
    check.add_argument("--out", metavar="FILE", type=name_of_file, help="with --show: where to write the page")
    check.add_argument("--no-open", action="store_true", help="with --show: do not open the page in the browser")
    check.add_argument("--seed", type=whole_number, default=0, help="of all inputs (default: 0)")
    check.add_argument("--time-limit", metavar="SECONDS", type=number, default=10.0, help="of one answer (default: 10)")

    command("watch", Drill.watch, "check an exercise whenever its file is saved; keys do the rest")
    of_exercise(command("task", Drill.task, "show what an exercise asks"), optional=True)
    of_exercise(
        command("hint", Drill.hint, "a nudge, then the idea, then nearly the answer: each time the next"), optional=True
    )
    command("list", Drill.list, "the exercises, and what is solved")
    command("next", Drill.next, "what to do next, and why")

    reset = command("reset", Drill.reset, "write the starter again; what you wrote is kept in before-reset/")
    of_exercise(reset, optional=True)
    reset.add_argument("--all", action="store_true", help="all of them")
    reset.add_argument("--yes", action="store_true", help="do not ask")

    solution = command("solution", Drill.solution, "write the reference solution, with its derivation, into solutions/")
    of_exercise(solution, optional=False)
    solution.add_argument("--anyway", action="store_true", help="although it is not solved yet, which is recorded")

    interview = command(
        "interview", Drill.interview, "a mock interview: an exercise or two against the clock, then questions"
    )
    interview.add_argument(
        "--minutes", type=whole_number, choices=(20, 40), default=MINUTES, help=f"20 or 40 (default: {MINUTES})"
    )
    interview.add_argument(
        "--list-follow-ups", action="store_true", help="show which question is asked because of what"
    )

    quiz = command("quiz", Drill.quiz, "question cards, asked again after 1, 2, 4, 9 and 21 days")
    quiz.add_argument("--topic", help="only those of this topic")
    quiz.add_argument(
        "--count", metavar="N", type=whole_number, default=CARDS, help=f"at most so many (default: {CARDS})"
    )
    quiz.add_argument("--list", action="store_true", help="the questions, and the box each is in")
    quiz.add_argument("--export", choices=("anki",), help="write a file that Anki (2.1.55 or newer) imports")
    quiz.add_argument("--out", metavar="FILE", type=name_of_file, help="where to write it (default: drills-anki.txt)")

    command("stats", Drill.stats, "what you have done, and the mistakes by name")


def run(act: Callable[[Drill, argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Run one of the commands; what cannot be done is said in one sentence."""
    from tinygrad_dropout.lab.errors import LabError, require_extras

    try:
        require_extras(("filelock", "platformdirs", "rich"), needed_by="tinygrad-dropout drill")
    except LabError as error:
        return complain(str(error))
    from tinygrad_dropout.drills.exercise import DrillError

    try:
        return act(Drill(), options)
    except DrillError as error:
        return complain(str(error))


class Drill:
    """One call of the command: where the learner's files are, what is known of them, and how text is shown."""

    def __init__(self) -> None:
        from rich.console import Console

        from tinygrad_dropout.drills.progress import state_file

        self.state_file = state_file()
        self.console = Console(highlight=False, markup=False, emoji=False)

    # what is shown

    def say(self, text: str, kind: str = "") -> None:
        """A line or several; in the colour of its kind where there are colours."""
        style = {"title": "bold", "right": "green", "wrong": "red", "think": "cyan"}.get(kind, "")
        self.console.print(text, style=style, soft_wrap=True)

    def show_task(self, exercise: Exercise) -> None:
        """The task: laid out in a terminal, as it is in a pipe."""
        from rich.markdown import Markdown

        self.console.print(Markdown(exercise.task)) if self.console.is_terminal else self.say(exercise.task)

    # what is known

    def progress(self) -> Progress:
        """To be read."""
        from tinygrad_dropout.drills.progress import load

        return load(self.state_file)

    def workspace(self, progress: Progress) -> Workspace:
        """The folder one stands in, if it holds exercises; else the one of `start`.

        Raises:
            DrillError: there is none.
        """
        from tinygrad_dropout.drills.exercise import DrillError, exercises
        from tinygrad_dropout.drills.workspace import Workspace

        here = Workspace(Path.cwd())
        if any(here.path(one).exists() for one in exercises()):
            return here
        if not progress.folder:
            raise DrillError("there are no exercises yet: type `tinygrad-dropout drill start`")
        if not Path(progress.folder).is_dir():
            raise DrillError(f"the exercises were in {progress.folder}, which is not there: type `drill start` again")
        return Workspace(Path(progress.folder))

    def meant(self, wanted: str | None, workspace: Workspace, progress: Progress) -> Exercise:
        """The exercise that was typed; else the one whose file was saved last; else the current one or the next."""
        from tinygrad_dropout.drills.choice import next_exercise
        from tinygrad_dropout.drills.exercise import exercises, find

        if wanted is not None:
            return find(wanted)
        current = [one for one in exercises() if one.slug == progress.current]
        return workspace.saved_last() or (current or [next_exercise(progress, exercises())[0] or exercises()[0]])[0]

    # the commands

    def start(self, options: argparse.Namespace) -> int:
        """Write the exercises."""
        from tinygrad_dropout.drills.exercise import exercises
        from tinygrad_dropout.drills.progress import changing
        from tinygrad_dropout.drills.workspace import Workspace

        folder = Path(options.folder or FOLDER).resolve()
        written, kept = Workspace(folder).start()
        with changing(self.state_file) as progress:
            progress.folder = str(folder)
        left = f"; {kept} were there and are as they were" if kept else ""
        self.say(f"{folder}: {written} exercises written{left}.")
        first = exercises()[0]
        self.say(f"\nThe first:   {first.slug}.py, its task in tasks/{first.slug}.md")
        self.say("To grade it: tinygrad-dropout drill check, or drill watch to do so whenever you save")
        self.say("More:        drill next, hint, list, quiz, interview")
        return 0

    def check(self, options: argparse.Namespace) -> int:
        """Grade one, or all."""
        if options.time_limit <= 0 or options.time_limit > 3600:
            return complain(f"--time-limit: expected from 0 to 3600 seconds, got {options.time_limit:g}")
        if options.seed < 0:
            return complain(f"--seed: expected at least 0, got {options.seed}")
        if (options.out or options.no_open) and not options.show:
            return complain("--out and --no-open belong to --show")
        progress = self.progress()
        workspace = self.workspace(progress)
        if options.all:
            return self.check_all(workspace, options)
        exercise = self.meant(options.exercise, workspace, progress)
        path = workspace.path(exercise)
        grade = self.grade(exercise, path, options.seed, options.time_limit)
        self.show(exercise, grade, options.verbose)
        if options.show:
            return self.replay(exercise, path, options) or int(not grade.solved)
        return int(not grade.solved)

    def grade(self, exercise: Exercise, path: Path, seed: int = 0, time_limit: float = 10.0) -> Grade:
        """Grade an answer, and remember it."""
        from tinygrad_dropout.drills.exercise import DrillError
        from tinygrad_dropout.drills.progress import changing
        from tinygrad_dropout.drills.sandbox import graded

        grade = graded(exercise, path, seed=seed, time_limit=time_limit)
        try:
            with changing(self.state_file) as progress:
                progress.record(exercise.slug, grade, datetime.now())
        except DrillError as error:
            complain(str(error))  # the grade is worth showing all the same
        return grade

    def show(self, exercise: Exercise, grade: Grade, verbose: bool = False) -> None:
        """A grade, and what one may do next."""
        from tinygrad_dropout.drills.report import lines_of

        for kind, text in lines_of(exercise, grade, verbose=verbose):
            self.say(text, kind)
        if grade.solved:
            self.say("Next: drill next. Ours, with the derivation: drill solution " + str(exercise.number))
        elif not grade.untried:
            shows = f"; see it: drill check {exercise.number} --show" if exercise.bug else ""
            self.say(f"\nA hint: drill hint {exercise.number}{shows}")

    def check_all(self, workspace: Workspace, options: argparse.Namespace) -> int:
        """A line for each exercise."""
        from tinygrad_dropout.drills.exercise import exercises

        solved = 0
        for exercise in exercises():
            grade = self.grade(exercise, workspace.path(exercise), options.seed, options.time_limit)
            solved += grade.solved
            state = "solved" if grade.rejection is None else grade.rejection.code
            self.say(f"{exercise.number:3}  {exercise.title:44} {state}", "right" if grade.solved else "")
        self.say(f"\n{solved} of {len(exercises())} solved.")
        return int(solved < len(exercises()))

    def replay(self, exercise: Exercise, path: Path, options: argparse.Namespace) -> int:
        """Write the page, and open it."""
        from tinygrad_dropout.drills.sandbox import replayed

        page = Path(options.out or f"replay-{exercise.slug}.html")
        shows = replayed(exercise, path, page)
        self.say(f"\n{page}: {shows}")
        if not options.no_open and not webbrowser.open(page.resolve().as_uri()):
            self.say("No browser was found to open it; open the file by hand.")
        return 0

    def watch(self, options: argparse.Namespace) -> int:
        """Check what is saved."""
        import time

        from tinygrad_dropout.drills.terminal import keys, pressed
        from tinygrad_dropout.drills.watch import KEYS, Watch, watch

        workspace = self.workspace(self.progress())
        of_keys = ", ".join(f"{key} {says}" for key, says in KEYS.items())

        def check(exercise: Exercise) -> None:
            self.say(f"\n{'-' * 40} {datetime.now():%H:%M:%S}")
            self.show(exercise, self.grade(exercise, workspace.path(exercise)))

        def act(key: str) -> bool:
            if key in ("q", "\x1b"):
                return False
            progress = self.progress()
            exercise = self.meant(None, workspace, progress)
            actions: dict[str, Callable[[], object]] = {
                "c": lambda: check(exercise),
                "h": lambda: self.give_hint(exercise),
                "t": lambda: self.show_task(exercise),
                "l": lambda: self.list(options),
                "n": lambda: self.next(options),
            }
            actions.get(key, lambda: self.say(of_keys))()
            return True

        def no_keys(seconds: float) -> str:
            time.sleep(seconds)
            return ""

        seen = Watch(workspace)
        with keys() as there_are:
            self.say(f"Watching {workspace.folder}. " + (of_keys if there_are else "Ctrl-C ends it."))
            watch(seen, check=check, act=act, pressed=pressed if there_are else no_keys)
        return 0

    def task(self, options: argparse.Namespace) -> int:
        """Show a task."""
        progress = self.progress()
        self.show_task(self.meant(options.exercise, self.workspace(progress), progress))
        return 0

    def hint(self, options: argparse.Namespace) -> int:
        """The next hint."""
        progress = self.progress()
        self.give_hint(self.meant(options.exercise, self.workspace(progress), progress))
        return 0

    def give_hint(self, exercise: Exercise) -> None:
        """Show the next hint of an exercise, and remember that."""
        from tinygrad_dropout.drills.progress import changing

        hints = exercise.hints
        with changing(self.state_file) as progress:
            known = progress.of(exercise.slug)
            known["hints"] = level = min(known["hints"] + 1, len(hints))
        self.say(f"{exercise.number}  {exercise.title}, hint {level} of {len(hints)}\n", "title")
        self.say(hints[level - 1])

    def list(self, options: argparse.Namespace) -> int:
        """What there is, and what is solved."""
        from tinygrad_dropout.drills.exercise import exercises

        progress, everything = self.progress(), exercises()
        for topic in ("backprop", "dropout"):
            self.say(f"{topic:49} minutes", "title")
            for one in everything:
                if one.topic == topic:
                    solved = progress.solved(one.slug)
                    state = state_of(progress, one)
                    here = " <" if one.slug == progress.current else ""
                    self.say(
                        f"{one.number:3}  {one.title:44} {one.minutes:4}   {state}{here}", "right" if solved else ""
                    )
        solved_ones = sum(progress.solved(one.slug) for one in everything)
        self.say(f"\n{solved_ones} of {len(everything)} solved.")
        return 0

    def next(self, options: argparse.Namespace) -> int:
        """Choose the next exercise, and say why."""
        from tinygrad_dropout.drills.choice import next_exercise
        from tinygrad_dropout.drills.exercise import exercises
        from tinygrad_dropout.drills.progress import changing

        with changing(self.state_file) as progress:
            workspace = self.workspace(progress)
            chosen, why = next_exercise(progress, exercises())
            if chosen:
                progress.current = chosen.slug
        if chosen is None:
            self.say("All are solved. Now the questions: drill quiz; and against the clock: drill interview.")
            return 0
        self.say(f"{chosen.number}  {chosen.title}", "title")
        self.say(f"  {why}\n  {workspace.path(chosen)}\n  {workspace.folder / 'tasks' / chosen.slug}.md")
        return 0

    def reset(self, options: argparse.Namespace) -> int:
        """Write starters again, after asking."""
        from tinygrad_dropout.drills.exercise import exercises, find

        if options.all == (options.exercise is not None):
            return complain("reset: expected either an exercise or --all")
        workspace = self.workspace(self.progress())
        chosen = exercises() if options.all else [find(options.exercise)]
        begun = [one for one in chosen if not workspace.untouched(one)]
        what = f"{len(begun)} exercises" if options.all else chosen[0].slug
        if begun and not options.yes and not self.agreed(f"Write the starter of {what} again?"):
            self.say("Nothing was changed.")
            return 1
        for one in chosen:
            kept = workspace.reset(one, datetime.now())
            if kept:
                self.say(f"{one.slug}: the starter again; yours is kept as {kept.relative_to(workspace.folder)}")
        if not begun:
            self.say("The starter was there: nothing to do.")
        return 0

    def agreed(self, question: str) -> bool:
        """Whether somebody says yes."""
        try:
            return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
        except EOFError:
            print()
            return False

    def solution(self, options: argparse.Namespace) -> int:
        """Write the solution, if it was earned or is wanted all the same."""
        from tinygrad_dropout.drills.exercise import find
        from tinygrad_dropout.drills.progress import changing, stamp

        exercise, progress = find(options.exercise), self.progress()
        workspace = self.workspace(progress)
        solved = progress.solved(exercise.slug)
        question = f"{exercise.slug} is not solved yet. Write the solution all the same, and remember that?"
        if not solved and not options.anyway and not self.agreed(question):
            self.say("Nothing was written.")
            return 1
        path = workspace.write_solution(exercise)
        if not solved:
            with changing(self.state_file) as progress:
                progress.of(exercise.slug)["solution"] = stamp(datetime.now())
        self.say(f"{path}\n")
        self.say(exercise.solution)
        return 0

    def interview(self, options: argparse.Namespace) -> int:
        """Hold an interview."""
        import time
        from random import Random

        from tinygrad_dropout.drills.choice import for_interview
        from tinygrad_dropout.drills.exercise import exercises
        from tinygrad_dropout.drills.interview.follow_ups import FOLLOW_UPS, reason
        from tinygrad_dropout.drills.interview.session import Attempt, Interview, Outcome, summary
        from tinygrad_dropout.drills.progress import changing, stamp
        from tinygrad_dropout.drills.quiz.cards import load
        from tinygrad_dropout.drills.terminal import Lines
        from tinygrad_dropout.drills.workspace import Workspace, write

        if options.list_follow_ups:
            for one in FOLLOW_UPS:
                self.say(f"{reason(one)}\n    {one.question}")
            self.say("\nThree are asked: one about a mistake that was made, then about the code, then from the cards.")
            return 0
        progress, chance, when = self.progress(), Random(), datetime.now()
        chosen = for_interview(progress, exercises(), options.minutes, chance)
        home = Path(progress.folder) if progress.folder and Path(progress.folder).is_dir() else Path.cwd()
        workspace = Workspace(home / "interviews" / f"{when:%Y-%m-%d-%H%M%S}")
        workspace.start(chosen)
        self.say(
            f"A mock interview of {options.minutes} minutes: {len(chosen)} to write, then three questions.", "title"
        )
        self.say(f"The clock runs. Edit in {workspace.folder}")

        def check(exercise: Exercise, path: Path) -> Grade:
            grade = self.grade(exercise, path)
            self.show(exercise, grade)
            return grade

        outcome = Interview(
            Outcome(stamp(when), options.minutes, [Attempt(one.slug, one.title) for one in chosen]),
            workspace,
            chosen,
            check=check,
            read=Lines().read,
            write=self.say,
            now=time.monotonic,
            cards=load(),
            chance=chance,
        ).run()
        text = summary(outcome)
        self.say(f"\n{text}")
        write(workspace.folder / "summary.txt", text + "\n")
        with changing(self.state_file) as progress:
            progress.interviews.append(outcome.as_json())
        return 0

    def quiz(self, options: argparse.Namespace) -> int:
        """Ask cards, list them, or export them."""
        from tinygrad_dropout.drills.progress import changing
        from tinygrad_dropout.drills.quiz import anki, boxes
        from tinygrad_dropout.drills.quiz.cards import load
        from tinygrad_dropout.drills.quiz.session import ask
        from tinygrad_dropout.drills.workspace import write

        cards, topics = load(), sorted({card.topic for card in load()})
        if options.topic and options.topic not in topics:
            return complain(f"--topic: expected one of {', '.join(topics)}; got {options.topic!r}")
        cards = tuple(card for card in cards if options.topic in (None, card.topic))
        if options.count < 1:
            return complain(f"--count: expected at least 1, got {options.count}")
        if options.export:
            path = Path(options.out or "drills-anki.txt")
            write(path, anki.export(cards))
            self.say(f"{path}: {len(cards)} cards. In Anki: File, Import.")
            return 0
        if options.out:
            return complain("--out belongs to --export")
        known = self.progress().boxes()
        if options.list:
            for card in cards:
                box = known.get(card.id)
                self.say(f"{f'box {box.box}, due {box.due}' if box else 'new':22} {card.question}")
            return 0
        today = datetime.now().date()
        chosen = boxes.due(cards, known, today, options.count)
        if not chosen:
            first = min(known[card.id].due for card in cards)
            self.say(f"Nothing is due today; the next card is on {first}.")
            return 0
        for card, rating in ask(chosen, read=input, write=self.say, width=min(96, self.console.width)):
            with changing(self.state_file) as progress:
                progress.cards |= boxes.to_json({card.id: boxes.after(progress.boxes().get(card.id), rating, today)})
        return 0

    def stats(self, options: argparse.Namespace) -> int:
        """What was done."""
        from tinygrad_dropout.drills.stats import as_text

        self.say(as_text(self.progress(), datetime.now().date()))
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

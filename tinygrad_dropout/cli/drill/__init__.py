"""The command `tinygrad-dropout drill`: exercises with a grader, question cards, a mock interview."""

from __future__ import annotations

import argparse
from functools import partial

from tinygrad_dropout.cli.arguments import name_of_file, number, print_help, whole_number
from tinygrad_dropout.cli.drill.extras import run_if_installed

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
  tinygrad-dropout drill plan --date 2027-01-15

exit code of check: 0 if solved, 1 if something is wrong, 2 if there is no such exercise."""

FOLDER, MINUTES, CARDS, MINUTES_A_DAY = "drills", 20, 10, 45


def add_options(parser: argparse.ArgumentParser) -> None:
    """The commands of `drill`, each with its options."""
    parser.set_defaults(run=lambda _: print_help(parser))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, says: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=says, description=f"{says[:1].upper()}{says[1:]}.", allow_abbrev=False)
        added.set_defaults(run=partial(run, name))
        return added

    def of_exercise(added: argparse.ArgumentParser, *, optional: bool) -> None:
        says = "an exercise" + ("; the file that was saved last if left out" if optional else "")
        added.add_argument("exercise", metavar="N", nargs="?" if optional else None, help=says)

    start = command("start", "write the exercises into a folder; files that are there are left alone")
    start.add_argument("folder", metavar="DIR", nargs="?", type=name_of_file, help=f"the folder (default: {FOLDER})")

    check = command("check", "grade an exercise: what is right, then the first thing that is wrong")
    of_exercise(check, optional=True)
    check.add_argument("--all", action="store_true", help="grade all of them, a line each")
    add_check_options(check)

    command("watch", "check an exercise whenever its file is saved; keys do the rest")
    of_exercise(command("task", "show what an exercise asks"), optional=True)
    of_exercise(
        command("hint", "a nudge, then the idea, then nearly the answer: each time the next"),
        optional=True,
    )
    command("list", "the exercises, and what is solved")
    command("next", "what to do next, and why")

    reset = command("reset", "write the starter again; what you wrote is kept in before-reset/")
    of_exercise(reset, optional=True)
    reset.add_argument("--all", action="store_true", help="all of them")
    reset.add_argument("--yes", action="store_true", help="do not ask")

    solution = command("solution", "write the reference solution, with its derivation, into solutions/")
    of_exercise(solution, optional=False)
    solution.add_argument("--anyway", action="store_true", help="although it is not solved yet, which is recorded")

    interview = command("interview", "a mock interview: an exercise or two against the clock, then questions")
    interview.add_argument(
        "--minutes", type=whole_number, choices=(20, 40), default=MINUTES, help=f"20 or 40 (default: {MINUTES})"
    )
    interview.add_argument(
        "--strict", action="store_true", help="only your own tests run during the clock; the grade comes afterwards"
    )
    interview.add_argument(
        "--list-follow-ups", action="store_true", help="show which question is asked because of what"
    )

    quiz = command("quiz", "question cards, each asked again before you are likely to forget it")
    quiz.add_argument("--topic", help="only cards of this topic")
    quiz.add_argument(
        "--count", metavar="N", type=whole_number, default=CARDS, help=f"at most N cards (default: {CARDS})"
    )
    quiz.add_argument("--list", action="store_true", help="the questions, when each is due and how well you know it")
    quiz.add_argument("--export", choices=("anki",), help="write a file that Anki (2.1.55 or newer) imports")
    quiz.add_argument("--out", metavar="FILE", type=name_of_file, help="where to write it (default: drills-anki.txt)")

    plan = command("plan", "what to do each day until your interview, from what is known of you")
    plan.add_argument("--date", metavar="YYYY-MM-DD", required=True, help="the day of the interview")
    plan.add_argument(
        "--minutes", type=whole_number, default=MINUTES_A_DAY, help=f"of practice a day (default: {MINUTES_A_DAY})"
    )

    command("stats", "what you have done, and the mistakes by name")


def add_check_options(check: argparse.ArgumentParser) -> None:
    """How an answer is graded, and what is shown of it."""
    check.add_argument("-v", "--verbose", action="store_true", help="with the traceback of what your file raised")
    check.add_argument("--show", action="store_true", help="open the replay at the first step where yours goes wrong")
    check.add_argument("--out", metavar="FILE", type=name_of_file, help="with --show: where to write the page")
    check.add_argument("--no-open", action="store_true", help="with --show: do not open the page in the browser")
    check.add_argument("--seed", type=whole_number, default=0, help="of all inputs (default: 0)")
    check.add_argument("--time-limit", metavar="SECONDS", type=number, default=10.0, help="of one answer (default: 10)")


def run(name: str, options: argparse.Namespace) -> int:
    """Run one of the commands."""

    def act() -> int:
        from tinygrad_dropout.cli.drill.commands import COMMANDS, DrillSession  # only now: they need the extra

        return COMMANDS[name](DrillSession(), options)

    return run_if_installed(act, needed_by="tinygrad-dropout drill")

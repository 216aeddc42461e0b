"""The command `tinygrad-dropout drill`: exercises with a grader, question cards, a mock interview."""

from __future__ import annotations

import argparse

from tinygrad_dropout.cli.arguments import name_of_file, number, whole_number
from tinygrad_dropout.cli.drill.subcommands import command_adder

DESCRIPTION = """\
Prepare for an interview about backpropagation and dropout. `start` writes the exercises into a folder; `check` grades
one and names your mistake. N is an exercise's number, its name, part of its name, or its file."""

EXAMPLES = """\
examples:
  tinygrad-dropout drill start my-drills
  tinygrad-dropout drill check                 the file you saved last
  tinygrad-dropout drill check 11 -v
  tinygrad-dropout drill interview --minutes 20
  tinygrad-dropout drill quiz --topic backprop
  tinygrad-dropout drill plan --date 2027-01-15

exit code of check: 0 if the exercise is solved, 1 if something is wrong, 2 if there is no such exercise."""

FOLDER, MINUTES, CARDS, MINUTES_A_DAY = "drills", 20, 10, 45


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `drill`, each with its options."""
    command = command_adder(parser, __name__)

    def of_exercise(added: argparse.ArgumentParser, *, optional: bool) -> None:
        text = "an exercise" + (" (default: the file you saved last)" if optional else "")
        added.add_argument("exercise", metavar="N", nargs="?" if optional else None, help=text)

    start = command("start", "write the exercises into a folder; existing files are left alone")
    start.add_argument("folder", metavar="DIR", nargs="?", type=name_of_file, help=f"the folder (default: {FOLDER})")

    check = command("check", "grade an exercise: what is right, then the first mistake")
    of_exercise(check, optional=True)
    check.add_argument("--all", action="store_true", help="grade all exercises, one line each")
    add_check_options(check)

    command("watch", "check an exercise whenever you save its file; single keys do the rest")
    of_exercise(command("task", "show the task of an exercise"), optional=True)
    of_exercise(
        command("hint", "show the next hint: a nudge, then the idea, then nearly the answer"),
        optional=True,
    )
    command("list", "list the exercises and your progress")
    command("next", "choose the next exercise, and say why")

    reset = command("reset", "start an exercise over; your file is kept in before-reset/")
    of_exercise(reset, optional=True)
    reset.add_argument("--all", action="store_true", help="start all exercises over")
    reset.add_argument("--yes", action="store_true", help="do not ask first")

    solution = command("solution", "write our solution, with its derivation, into solutions/")
    of_exercise(solution, optional=False)
    solution.add_argument("--anyway", action="store_true", help="even if you have not solved it; this is recorded")

    interview = command("interview", "hold a mock interview: one or two exercises against the clock, then questions")
    interview.add_argument(
        "--minutes", type=whole_number, choices=(20, 40), default=MINUTES, help=f"length: 20 or 40 (default: {MINUTES})"
    )
    interview.add_argument(
        "--strict",
        action="store_true",
        help="while the clock runs, only your own tests run; the grade comes afterwards",
    )
    interview.add_argument(
        "--list-follow-ups", action="store_true", help="list the follow-up questions and what triggers each"
    )

    quiz = command("quiz", "ask question cards, each again before you are likely to forget it")
    quiz.add_argument("--topic", help="only cards on this topic")
    quiz.add_argument(
        "--count", metavar="N", type=whole_number, default=CARDS, help=f"at most N cards (default: {CARDS})"
    )
    quiz.add_argument(
        "--list", action="store_true", help="list the questions, when each is due and how well you know it"
    )
    quiz.add_argument("--export", choices=("anki",), help="write a file for Anki (2.1.55 or newer) to import")
    quiz.add_argument("--out", metavar="FILE", type=name_of_file, help="where to write it (default: drills-anki.txt)")

    plan = command("plan", "plan each day until your interview, based on your progress")
    plan.add_argument("--date", metavar="YYYY-MM-DD", required=True, help="the day of the interview")
    plan.add_argument(
        "--minutes", type=whole_number, default=MINUTES_A_DAY, help=f"practice time per day (default: {MINUTES_A_DAY})"
    )

    command("stats", "show what you have done, and your mistakes by name")


def add_check_options(check: argparse.ArgumentParser) -> None:
    """Add the options that say how an answer is graded and what is shown."""
    check.add_argument("-v", "--verbose", action="store_true", help="show the traceback if your file raises an error")
    check.add_argument(
        "--show", action="store_true", help="open a replay at the first step where your backward goes wrong"
    )
    check.add_argument("--out", metavar="FILE", type=name_of_file, help="with --show, where to write the page")
    check.add_argument("--no-open", action="store_true", help="with --show, do not open the page in the browser")
    check.add_argument("--seed", type=whole_number, default=0, help="random seed of the inputs (default: 0)")
    check.add_argument(
        "--time-limit", metavar="SECONDS", type=number, default=10.0, help="time limit for one answer (default: 10)"
    )

"""The command `tinygrad-dropout build`: your own framework, in ten stages."""

from __future__ import annotations

import argparse

from tinygrad_dropout.cli.arguments import name_of_file
from tinygrad_dropout.cli.drill import add_check_options
from tinygrad_dropout.cli.drill.subcommands import command_adder

DESCRIPTION = """\
Write your own framework in ten stages: one package that grows to about 300 lines. Every later stage runs the earlier
checks again, and a mistake is called by its name. N is a stage's number or part of its name. Without N, a command is
about the first stage you have not finished."""

EXAMPLES = """\
examples:
  tinygrad-dropout build start my-framework
  tinygrad-dropout build task
  tinygrad-dropout build check
  tinygrad-dropout build watch
  tinygrad-dropout compare --framework my-framework     after all ten stages

exit code of check: 0 if the stage is done, 1 if something is wrong, 2 if there is no such stage."""

FOLDER = "my-framework"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `build`, each with its options."""
    command = command_adder(parser, __name__)

    def of_stage(added: argparse.ArgumentParser, *, optional: bool = True) -> argparse.ArgumentParser:
        text = "a stage" + (" (default: the first unfinished one)" if optional else "")
        added.add_argument("exercise", metavar="N", nargs="?" if optional else None, help=text)
        return added

    start = command("start", "write the tasks and an empty package into a folder; existing files are left alone")
    start.add_argument("folder", metavar="DIR", nargs="?", type=name_of_file, help=f"the folder (default: {FOLDER})")
    add_check_options(of_stage(command("check", "check a stage and all earlier ones, and report the first mistake")))
    command("watch", "check your current stage whenever you save; single keys do the rest")
    of_stage(command("task", "show the task of a stage"))
    of_stage(command("hint", "show the next hint: a nudge, then the idea, then nearly the answer"))
    command("list", "list the stages and your progress")
    reset = command("reset", "start over; your package is kept in before-reset/")
    reset.add_argument("--yes", action="store_true", help="do not ask first")
    solution = of_stage(command("solution", "write our package for a stage into solutions/"), optional=False)
    solution.add_argument(
        "--anyway", action="store_true", help="even if you have not finished the stage; this is recorded"
    )
    page = command("page", "write a page that shows your package next to ours, and open it")
    page.add_argument("--out", metavar="FILE", type=name_of_file, help="where to write it (default: beside-ours.html)")
    page.add_argument("--no-open", action="store_true", help="do not open it in the browser")
    command("closed-book", "write stages 1 and 2 from memory in 20 minutes; they are graded afterwards")

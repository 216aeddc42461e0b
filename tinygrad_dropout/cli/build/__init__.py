"""The command `tinygrad-dropout build`: your own framework, in ten stages."""

from __future__ import annotations

import argparse
from functools import partial

from tinygrad_dropout.cli.arguments import name_of_file, print_help
from tinygrad_dropout.cli.drill import add_check_options
from tinygrad_dropout.cli.drill.extras import run_if_installed

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


def add_options(parser: argparse.ArgumentParser) -> None:
    """The commands of `build`, each with its options."""
    parser.set_defaults(run=lambda _: print_help(parser))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, says: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=says, description=f"{says[:1].upper()}{says[1:]}.", allow_abbrev=False)
        added.set_defaults(run=partial(run, name))
        return added

    def of_stage(added: argparse.ArgumentParser, *, optional: bool = True) -> argparse.ArgumentParser:
        says = "a stage" + ("; the first that is open if left out" if optional else "")
        added.add_argument("exercise", metavar="N", nargs="?" if optional else None, help=says)
        return added

    begin = command("start", "write the tasks and an empty package into a folder; what is there is left alone")
    begin.add_argument("folder", metavar="DIR", nargs="?", type=name_of_file, help=f"the folder (default: {FOLDER})")
    add_check_options(of_stage(command("check", "check a stage and all before it: the first thing that is wrong")))
    command("watch", "check the stage that you are at whenever you save; keys do the rest")
    of_stage(command("task", "show what a stage asks"))
    of_stage(command("hint", "a nudge, then the idea, then nearly the answer: each time the next"))
    command("list", "the stages, and what is done")
    again = command("reset", "begin again; what you wrote is kept in before-reset/")
    again.add_argument("--yes", action="store_true", help="do not ask")
    ours = of_stage(command("solution", "write our package of a stage into solutions/"), optional=False)
    ours.add_argument("--anyway", action="store_true", help="although it is not done yet, which is recorded")
    beside = command("page", "write a page with your package beside ours, and open it")
    beside.add_argument("--out", metavar="FILE", type=name_of_file, help="where (default: beside-ours.html)")
    beside.add_argument("--no-open", action="store_true", help="do not open it in the browser")
    command("closed-book", "stages 1 and 2 from memory in 20 minutes, graded afterwards")


def run(name: str, options: argparse.Namespace) -> int:
    """Run one of the commands."""

    def act() -> int:
        from tinygrad_dropout.cli.build.commands import COMMANDS, BuildSession  # only now: they need the extra

        return COMMANDS[name](BuildSession(), options)

    return run_if_installed(act, needed_by="tinygrad-dropout build")

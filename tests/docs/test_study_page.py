"""docs/study.md shows what its commands print, its snippets run, and its links lead to files."""

import doctest
import re
import shlex
from pathlib import Path

import make_study
import pytest
from blocks import rendered

from tinygrad_dropout import cli

PAGE = make_study.PAGE.read_text(encoding="utf-8")


def test_the_texts_are_what_the_commands_print():
    assert rendered(PAGE, make_study.blocks()) == PAGE


def test_the_snippets_run_and_print_what_is_shown():
    failures, tried = doctest.testfile(str(make_study.PAGE), module_relative=False)
    assert tried > 4
    assert failures == 0


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", PAGE))))
def test_a_link_leads_to_a_file(target):
    assert Path(make_study.DOCS, target).exists()


COMMANDS = re.findall(r"^(?:\$ )?(tinygrad-dropout study[^#\n]*)", PAGE, re.MULTILINE)
COMMANDS += [command for command, *_ in make_study.PICTURES.values()]


@pytest.mark.parametrize("command", sorted({command.strip() for command in COMMANDS}))
def test_a_command_parses(command):
    assert cli.parse(shlex.split(command)[1:]).run

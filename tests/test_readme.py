"""What the README shows is true: its snippets run, its commands parse, its links lead somewhere, its figures are real.

The figures come from docs/runs/, where the results of the runs lie that the README names; `pytest -m slow` makes those
runs again.
"""

import doctest
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from tinygrad_dropout import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"`(tinygrad-dropout compare[^`]*)`", README)
RUNS = {
    run["command"]: run for run in map(json.loads, (path.read_text() for path in (ROOT / "docs/runs").glob("*.json")))
}


def test_the_snippets_run_and_print_what_is_shown():
    with np.printoptions():
        failures, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried > 10
    assert failures == 0


@pytest.mark.parametrize("command", sorted({command for command in COMMANDS if "--help" not in command}))
def test_a_command_parses(command):
    cli.build_parser().parse_args(shlex.split(command)[1:])


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_a_link_leads_to_a_file(target):
    assert (ROOT / target).exists()


def test_every_core_file_is_in_the_reading_order():
    package = ROOT / "tinygrad_dropout"
    core = [path for folder in ("", "functional", "nn") for path in (package / folder).glob("*.py")]
    by_name_alone = {"__main__.py", "cli.py", "errors.py", "nn/activations.py", "nn/containers.py", "nn/losses.py"}
    names = {path.relative_to(package).as_posix() for path in core if path.name != "__init__.py"} - by_name_alone
    assert {name for name in names if f"(tinygrad_dropout/{name})" not in README} == set()

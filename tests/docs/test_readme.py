"""The README is true: snippets run, commands parse, links lead to files, and figures come from real runs."""

import doctest
import json
import re
import shlex
from pathlib import Path

import make_runs
import make_study
import make_testing
import pytest
from blocks import rendered

from tinygrad_dropout import cli
from tinygrad_dropout.drills.exercise import exercises
from tinygrad_dropout.lab import Config

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
READING = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")


def test_the_snippets_run_and_print_what_is_shown():
    failures, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried > 10
    assert failures == 0


COMMANDS = sorted(set(re.findall(r"`(tinygrad-dropout [a-z][^`|]*)`", README)))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_parses(command):
    arguments = [word for word in shlex.split(command)[1:] if word != "--help"]
    assert cli.parse(arguments).run


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_a_link_leads_to_a_file(target):
    assert (ROOT / target).exists()


def test_the_number_of_exercises_is_right():
    assert f"writes {len(exercises())} exercises into a folder" in README


def test_the_essential_files_can_be_read_in_an_evening():
    """At most eight of them, and at most 1,000 lines, blank ones not counted."""
    table = READING.partition("<!-- essential -->")[2].partition("<!-- end -->")[0]
    files = re.findall(r"\]\(\.\./(tinygrad_dropout/[^)]+)\)", table)
    assert len(set(files)) == len(files) <= 8
    lines = [line for file in files for line in (ROOT / file).read_text(encoding="utf-8").splitlines() if line.strip()]
    assert 500 < len(lines) <= 1000


def test_every_file_of_the_core_is_in_the_reading_list():
    package = ROOT / "tinygrad_dropout"
    rooms = ("autograd", "functional", "nn", "optim", "debug", "saving", "training")
    core = [path for room in rooms for path in (package / room).glob("*.py")] + [
        package / "rng.py",
        package / "errors.py",
    ]
    names = {path.relative_to(package).as_posix() for path in core if path.name != "__init__.py"}
    assert {name for name in names if f"tinygrad_dropout/{name})" not in READING} == set()


def test_the_readme_is_short():
    assert len(README.split()) <= 1200


def shown_by(command):
    """The lines of the block that shows a command's output, without those left out."""
    (block,) = re.findall(rf"```\n\$ {re.escape(command)}\n(.*?)```", README, re.DOTALL)
    return [line for line in block.splitlines() if line != "..."]


def test_the_replay_shows_what_the_command_prints():
    printed = make_study.printed(make_study.TEXT).splitlines()
    assert set(shown_by(make_study.TEXT)) <= set(printed)


def test_the_graders_answer_matches_the_page_about_drills():
    page = (ROOT / "docs" / "drills.md").read_text(encoding="utf-8")
    assert set(shown_by("tinygrad-dropout drill check 11")) <= set(page.splitlines())


def test_the_number_of_random_programs_that_agreed_with_pytorch_is_right():
    programs, _, found = make_testing.SAVED.read_text(encoding="utf-8").strip().partition(" programs: ")
    assert found == "no disagreement"
    assert f"{programs} random programs gave the same results" in " ".join(README.split())


def test_the_figures_match_the_saved_runs():
    for page, name in make_runs.PAGES.items():
        text = page.read_text(encoding="utf-8")
        assert rendered(text, {name: make_runs.blocks()[name]}) == text


@pytest.mark.parametrize("name", make_runs.COMMANDS)
def test_a_saved_run_was_made_by_its_command(name):
    given = vars(cli.parse(shlex.split(make_runs.COMMANDS[name])[1:]))
    wanted = Config(**{option: value for option, value in given.items() if option != "run"}).as_json()
    kept = make_runs.load(name).options
    assert {key: kept[key] for key in wanted if key != "train_size"} == {
        key: wanted[key] for key in wanted if key != "train_size"
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", make_runs.COMMANDS)
def test_a_repeated_run_shows_the_same(name, tmp_path):
    assert cli.main([*shlex.split(make_runs.COMMANDS[name])[1:], "--out", str(tmp_path)]) == 0
    summary = json.loads((tmp_path / "results.json").read_text())["summary"]
    kept = make_runs.load(name).summary
    assert summary["verdict"] == kept["verdict"]
    assert kept["difference"]["low"] <= summary["difference"]["mean"] <= kept["difference"]["high"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("digits", "Without dropout, test accuracy was best at epoch 17"), ("digits-clean", "was still improving")],
)
def test_the_pages_quote_what_the_runs_say_about_the_epochs(name, words):
    assert words in make_runs.load(name).notes[0]

"""What `drill` shows in a terminal, where a line that is too long would be broken in the middle of a word."""

import os
import re
import subprocess
import sys
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise
from random import Random

import pytest

from tinygrad_dropout.cli.arguments import complain
from tinygrad_dropout.drills.exercise import exercises, find

LINEAR = find("11_linear_backward")
BOX_DRAWING = re.compile("[\u2500-\u257f\u2022]")


@pytest.fixture
def shown(run, tmp_path, monkeypatch):
    """The output of a command in a terminal with this many columns."""
    monkeypatch.setenv("TINYGRAD_DROPOUT_HOME", str(tmp_path / "home"))
    for name, value in {"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)

    def command(columns, *arguments):
        monkeypatch.setenv("COLUMNS", str(columns))
        return re.sub(r"\x1b\[[0-9;]*m", "", run("drill", *arguments)[1])

    command(80, "start", tmp_path / "my drills")
    wrong = next(one.source for one in LINEAR.wrong if one.name == "bias-gradient-averaged")
    (tmp_path / "my drills" / f"{LINEAR.slug}.py").write_text(wrong)
    return command


def words(text):
    return set(BOX_DRAWING.sub(" ", text).split())


def bare(word):
    """A word without Markdown marks, and without the commas and colons that a list uses instead of columns."""
    return re.sub(r"[`*|\\:,]", "", word)


def an_interview(strict):
    """What is typed, and the options."""
    return (["r", "d", "banana", "", "q"], ["--strict"]) if strict else (["r", "c", "d", "s", "1", "q"], [])


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("columns", [60, 80])
def test_an_interview_fits_the_terminal(shown, monkeypatch, strict, columns):
    typed, options = an_interview(strict)
    monkeypatch.setattr("sys.stdin", StringIO("\n".join(typed) + "\n"))
    monkeypatch.setattr("tinygrad_dropout.cli.drill.asking.Random", lambda: Random(0))
    monkeypatch.setattr("tinygrad_dropout.cli.drill.asking.for_interview", lambda *arguments: [LINEAR])
    text = shown(columns, "interview", *options)
    assert "Your last interviews" in text
    prompts = re.compile(r"\d+:\d\d left.*?help: |Your answer.*?help\): |Points you.*?help\): ")
    assert all(len(prompt) <= 60 for prompt in prompts.findall(text))
    assert [line for line in too_wide(prompts.sub("", text), columns) if "summary" not in line] == []


@pytest.mark.parametrize("exercise", [find("27_"), find("34_")], ids=lambda one: one.slug)
@pytest.mark.parametrize("options", [[], ["--strict"]], ids=["practice", "strict"])
def test_the_longest_task_fits_the_first_screen_with_the_lines_above_it(
    shown, monkeypatch, tmp_path, exercise, options
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", StringIO(""))
    monkeypatch.setattr("tinygrad_dropout.cli.drill.asking.for_interview", lambda *arguments: [exercise])
    first_screen = shown(80, "interview", *options).partition("? help: ")[0].splitlines()
    assert first_screen[0].startswith("20 minutes, ")
    assert ("test_..." in first_screen[0]) == (not exercise.hunt)
    assert exercise.title in first_screen[1]
    assert first_screen[-1].startswith("20:00 left") or first_screen[-1].startswith("19:59 left")
    assert len(first_screen) <= 24
    assert max(map(len, first_screen[:2])) <= 80


def too_wide(text, columns):
    """Lines that the terminal would break, except code, arrays and paths, which are never cut."""
    return [
        line for line in text.splitlines() if len(line) > columns and not line.startswith("    ") and "/" not in line
    ]


SOON = date.today() + timedelta(20)
COMMANDS = ["list", "next", "start", "check 11", "hint 11", "stats", "solution 11 --anyway", "reset 11 --yes"]
COMMANDS += [f"plan --date {SOON}", "interview --list-follow-ups"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("columns", [60, 80])
def test_no_word_is_broken(shown, command, columns):
    narrow, wide = (shown(width, *command.split()) for width in (columns, 300))
    assert narrow
    if command not in ("hint 11", "reset 11 --yes", "start"):  # their output depends on earlier commands
        assert words(narrow) == words(wide)
    assert too_wide(narrow, columns) == []


@pytest.mark.parametrize(
    ("columns", "exercise"),
    [
        *(pytest.param(60, one, id=f"60-{one.slug}") for one in exercises()),
        *(pytest.param(80, one, id=f"80-{one.slug}") for one in exercises()[::4]),  # where there is more room
    ],
)
def test_no_word_of_a_task_is_broken(shown, exercise, columns):
    shown_words = {bare(word) for word in words(shown(columns, "task", exercise.number))}
    known = {bare(word) for text in (exercise.task, exercise.task.replace("|", " ")) for word in text.split()}
    assert shown_words <= known


def test_a_blank_line_precedes_a_hint(shown):
    assert shown(80, "hint", "11").startswith("\n11  ")


@pytest.mark.parametrize("key", "tln")
def test_a_blank_line_precedes_what_a_key_of_watch_shows(shown, monkeypatch, key):
    monkeypatch.setattr(
        "tinygrad_dropout.cli.drill.solving.watch_files", lambda *arguments, act, **others: (print("before"), act(key))
    )
    assert "before\n\n" in shown(80, "watch")


def test_the_docstring_of_a_solution_fills_the_lines_of_the_terminal(shown):
    lines = shown(80, "solution", "13", "--anyway").split('"""')[1].splitlines()
    text = [(line, following) for line, following in pairwise(lines) if line and following.strip() and line[0] != " "]
    assert text
    assert all(80 >= len(line) > 80 - 1 - len(following.split()[0]) for line, following in text)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
def test_an_error_output_that_cannot_be_written_changes_no_exit_code():
    command = [sys.executable, "-m", "tinygrad_dropout", "drill", "check", "999"]
    with open("/dev/full", "w") as full:
        assert subprocess.run(command, stderr=full, stdout=subprocess.DEVNULL).returncode == 2


def test_no_word_of_a_long_error_message_is_broken(monkeypatch):
    terminal = StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stderr", terminal)
    assert complain("expected one of " + ", ".join(["a-long-name-of-something"] * 9)) == 2
    assert max(map(len, terminal.getvalue().splitlines())) <= 60
    assert terminal.getvalue().split()[4:] == ["a-long-name-of-something,"] * 8 + ["a-long-name-of-something"]

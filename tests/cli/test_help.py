"""The help of every command fits a terminal of 80 columns, and its paragraphs are filled to the terminal's width."""

import pytest

from tinygrad_dropout.cli import COMMANDS
from tinygrad_dropout.cli.build.commands import COMMANDS as STAGES
from tinygrad_dropout.cli.drill.commands import COMMANDS as EXERCISES
from tinygrad_dropout.cli.lab import evidence, theory

PAGES = [
    (),
    *((name,) for name in COMMANDS),
    *(("lab", name) for name in (*evidence.commands(), *theory.commands(), "merge", "report")),
    *(("drill", name) for name in EXERCISES),
    *(("build", name) for name in STAGES),
]


@pytest.mark.parametrize("words", PAGES, ids=" ".join)
def test_no_line_of_the_help_is_cut_at_80_columns(run, monkeypatch, words):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run(*words, "--help")
    assert code == 0
    assert out.startswith("usage: tinygrad-dropout")
    assert [line for line in out.splitlines() if len(line) > 80] == []


def test_the_command_alone_fits_one_screen(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run()
    assert code == 0
    assert len(out.splitlines()) < 24  # and the next prompt


@pytest.mark.parametrize(("columns", "first_line"), [(50, "Write your own framework in ten stages: one"), (80, None)])
def test_a_paragraph_is_filled_and_the_examples_are_left_alone(run, monkeypatch, columns, first_line):
    monkeypatch.setenv("COLUMNS", str(columns))
    _, out, _ = run("build", "--help")
    lines = out.splitlines()
    assert lines[2] == (first_line or "Write your own framework in ten stages: one package that grows to about 300")
    assert lines[lines.index("examples:") + 1] == "  tinygrad-dropout build start my-framework"


@pytest.mark.parametrize(("command", "name"), [("study", "backward-forgets-the-scale"), ("compare", "--no-regression")])
def test_a_name_with_hyphens_is_never_broken(run, monkeypatch, command, name):
    monkeypatch.setenv("COLUMNS", "80")
    options = run(command, "--help")[1].partition("options:")[2]
    assert options.count(name) == "".join(options.split()).count(name) > 0

"""What the tests of `build` share: running it, packages of a stage, and progress."""

import json
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO

import pytest

from tinygrad_dropout.drills.bundle import files_in
from tinygrad_dropout.drills.grader import grade_in_subprocess
from tinygrad_dropout.drills.interview import own_tests
from tinygrad_dropout.drills.learner.own_framework import OwnFramework
from tinygrad_dropout.drills.learner.progress import changing
from tinygrad_dropout.drills.stage import stages
from tinygrad_dropout.sandbox import Ended

ALL = stages()


@pytest.fixture
def build(run, tmp_path, monkeypatch):
    """Run `build ...` in a folder, with its own progress."""
    monkeypatch.setenv("TINYGRAD_DROPOUT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *arguments: run("build", *arguments)


@pytest.fixture
def begun(build, tmp_path):
    """A folder as `build start` leaves it, made without running the command."""
    own = OwnFramework(tmp_path / "my-framework")
    own.start()
    with changing(tmp_path / "home" / "progress.json") as known:
        known.build_folder = str(own.folder)
    return own.folder


@pytest.fixture
def quick(monkeypatch):
    """Run packages in this process, because starting another one takes half a second each time."""

    def run_here(work, given, bounds):
        module, _, function = work.partition(":")
        messages, printed = [], StringIO()
        with redirect_stdout(printed):
            getattr(import_module(module), function)(lambda **message: messages.append(message), *given)
        return Ended("returned", "", printed.getvalue(), messages)

    for module in (grade_in_subprocess, own_tests):
        monkeypatch.setattr(module, "run", run_here)


def write(folder, files):
    """Write files into the package."""
    for name, text in files.items():
        path = folder / "framework" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")


def write_stage(folder, number, code="solution"):
    """Write our package of a stage, or the wrong one with this mistake code."""
    stage = ALL[number - 1]
    source = stage.solution if code == "solution" else next(one.source for one in stage.wrong if one.name == code)
    write(folder, files_in(source))


def progress(tmp_path):
    return json.loads((tmp_path / "home" / "progress.json").read_text())


def stages_in_progress(tmp_path):
    """The saved progress on the stages of the framework that was started."""
    kept = progress(tmp_path)
    return kept["builds"].get(kept["build_folder"], {})


def solve_in_progress(tmp_path, *numbers):
    """Mark these stages as done in the saved progress."""
    kept = progress(tmp_path)
    known = kept["builds"].setdefault(kept["build_folder"], {})
    for number in numbers:
        done = {"tries": 1, "solved": "2026-01-01T00:00:00", "hints": 0, "solution": "", "last": ""}
        known[ALL[number - 1].slug] = done
    (tmp_path / "home" / "progress.json").write_text(json.dumps(kept))

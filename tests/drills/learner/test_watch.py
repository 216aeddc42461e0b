"""Saved files are checked, keys are handled, and q ends the watch."""

import pytest

from tinygrad_dropout.drills.exercise import exercises, find
from tinygrad_dropout.drills.learner.watch import Watch, watch
from tinygrad_dropout.drills.learner.workspace import Workspace

EXERCISE = find("11_linear_backward")


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path)
    made.start()
    return made


def watched(workspace):
    return Watch(workspace.path, exercises())


def test_each_saved_file_is_detected_once(workspace):
    seen = watched(workspace)
    assert seen.saved() is None
    workspace.path(EXERCISE).write_text("changed")
    assert seen.saved() == EXERCISE
    assert seen.saved() is None


def test_a_file_that_an_editor_replaces_is_detected(workspace):
    seen = watched(workspace)
    other = workspace.folder / "scratch"
    other.write_text("new text")
    workspace.path(EXERCISE).unlink()
    assert seen.saved() is None
    other.replace(workspace.path(EXERCISE))
    assert seen.saved() == EXERCISE


def test_saved_files_are_checked_and_keys_are_handled(workspace):
    checked, acted = [], []

    def pressed(seconds):
        step = next(steps)
        if step == "save":
            workspace.path(EXERCISE).write_text("changed")
            return ""
        return step

    steps = iter(["", "h", "save", "", "q", "never"])
    watch(watched(workspace), check=checked.append, act=lambda key: acted.append(key) or key != "q", pressed=pressed)
    assert checked == [EXERCISE]
    assert acted == ["h", "q"]
    assert next(steps) == "never"


def test_a_package_is_saved_when_one_of_its_files_is(tmp_path):
    (tmp_path / "inner").mkdir()
    file = tmp_path / "inner" / "nn.py"
    file.write_text("")
    seen = Watch(lambda exercise: tmp_path, [EXERCISE])
    (tmp_path / "notes.txt").write_text("no code")
    assert seen.saved() is None
    file.write_text("changed")
    assert seen.saved() == EXERCISE
    assert seen.saved() is None

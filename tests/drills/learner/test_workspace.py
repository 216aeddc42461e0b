"""The learner's folder: the learner's files are never lost."""

import os
from datetime import datetime
from random import Random

import pytest

from tinygrad_dropout.drills.exercise import DrillError, exercises, find
from tinygrad_dropout.drills.grader.grade_in_process import grade
from tinygrad_dropout.drills.learner.workspace import Workspace

NOON = datetime(2026, 11, 25, 12)
EXERCISE = find("11_linear_backward")
HUNT = find("28_")


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path / "drills")
    made.start()
    return made


def test_start_writes_every_exercise_its_task_and_a_readme(workspace):
    slugs = {one.slug for one in exercises()}
    assert {path.stem for path in workspace.folder.glob("*.py")} == slugs
    assert {path.stem for path in (workspace.folder / "tasks").iterdir()} == slugs
    assert "drill check" in (workspace.folder / "README.md").read_text()


def test_a_second_start_leaves_existing_files_alone(workspace):
    workspace.path(EXERCISE).write_text("mine")
    workspace.path(find("18_")).unlink()
    assert workspace.start() == (1, len(exercises()) - 1)
    assert workspace.path(EXERCISE).read_text() == "mine"


def test_an_existing_readme_stays(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    Workspace(tmp_path).start([EXERCISE])
    assert (tmp_path / "README.md").read_text() == "mine"


def test_a_folder_may_have_its_own_readme(tmp_path):
    Workspace(tmp_path, readme="of an interview").start([EXERCISE])
    assert (tmp_path / "README.md").read_text() == "of an interview"


def test_reset_keeps_the_old_file(workspace):
    workspace.path(EXERCISE).write_text("mine")
    kept = workspace.reset(EXERCISE, NOON)
    assert kept.read_text() == "mine"
    assert kept.parent.name == "before-reset"
    assert workspace.path(EXERCISE).read_text() == EXERCISE.starter
    assert workspace.reset(EXERCISE, NOON) is None


def test_reset_writes_a_file_that_was_deleted(workspace):
    workspace.path(EXERCISE).unlink()
    assert workspace.reset(EXERCISE, NOON) is None
    assert workspace.path(EXERCISE).read_text() == EXERCISE.starter


def test_saved_last_is_the_newest_started_exercise(workspace):
    assert workspace.saved_last() is None
    other = find("18_")
    for one, time in ((EXERCISE, 2e9), (other, 1e9)):
        workspace.path(one).write_text("mine")
        os.utime(workspace.path(one), (time, time))
    assert workspace.saved_last() == EXERCISE
    os.utime(workspace.path(other), (3e9, 3e9))
    assert workspace.saved_last() == other


def test_a_file_that_cannot_be_read_as_text_counts_as_started(workspace):
    workspace.path(EXERCISE).write_bytes(b"\xff")
    assert workspace.saved_last() == EXERCISE


def test_a_solution_is_written_next_to_the_answer(workspace):
    path = workspace.write_solution(EXERCISE)
    assert path.read_text(encoding="utf-8") == EXERCISE.solution
    assert path.parent == workspace.folder / "solutions"


def test_a_folder_that_is_a_file_is_reported(tmp_path):
    (tmp_path / "drills").write_text("")
    with pytest.raises(DrillError, match="cannot be created"):
        Workspace(tmp_path / "drills").start()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_pipe_instead_of_a_file_does_not_block(workspace):
    workspace.path(EXERCISE).unlink()
    os.mkfifo(workspace.path(EXERCISE))
    assert not workspace.untouched(EXERCISE)
    assert workspace.saved_last() == EXERCISE


def bug_in(workspace):
    """The bug of the learner's own hunt."""
    mine = workspace.mine(HUNT)
    return mine.hunt.plant(mine.seed).bug


def test_each_learner_gets_a_random_bug(tmp_path):
    drawn = [Workspace(tmp_path / str(number), Random(number)) for number in range(30)]
    for one in drawn:
        one.start([HUNT])
    assert {bug_in(one) for one in drawn} == {plant.bug for plant in HUNT.hunt.plants}
    assert all(one.untouched(HUNT) for one in drawn)
    assert len({one.path(HUNT).read_text() for one in drawn}) > len(HUNT.hunt.plants)


def test_a_reset_keeps_the_bug_unless_another_is_asked_for(tmp_path):
    workspace = Workspace(tmp_path, Random(0))
    workspace.start([HUNT])
    for _ in range(10):
        before = workspace.path(HUNT).read_text()
        workspace.path(HUNT).write_text(before + "x = 1\n")
        workspace.reset(HUNT, NOON)
        assert workspace.path(HUNT).read_text() == before
        bug = bug_in(workspace)
        workspace.reset(HUNT, NOON, another=True)
        assert bug_in(workspace) != bug


def test_a_solution_fits_the_learners_own_bug(tmp_path):
    workspace = Workspace(tmp_path, Random(0))
    workspace.start([HUNT])
    for _ in range(5):
        workspace.reset(HUNT, NOON, another=True)
        text = workspace.write_solution(HUNT).read_text(encoding="utf-8")
        assert f'BUG = "{bug_in(workspace)}"' in text
        assert grade(HUNT, text).solved


def test_other_exercises_are_the_same_for_every_seed(tmp_path):
    assert EXERCISE.drawn(Random(0)) == EXERCISE.drawn(Random(1), another=True) == EXERCISE.of("HUNT = 3") == EXERCISE

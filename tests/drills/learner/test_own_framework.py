"""The folder in which a framework is built: started, found from inside, started again; existing files stay."""

from datetime import datetime

import pytest

from tinygrad_dropout.drills.bundle import files_in
from tinygrad_dropout.drills.exercise import DrillError
from tinygrad_dropout.drills.learner.own_framework import README, OwnFramework
from tinygrad_dropout.drills.stage import stages

ALL = stages()
WHEN = datetime(2026, 11, 25, 12)


@pytest.fixture
def own(tmp_path):
    made = OwnFramework(tmp_path / "deep" / "mine")
    assert made.start()
    return made


def texts(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


def test_it_starts_with_the_tasks_and_the_starter(own):
    assert texts(own.folder) == {
        "README.md": README,
        "framework/__init__.py": files_in(ALL[0].starter)["__init__.py"].rstrip() + "\n",
        **{f"tasks/{one.slug}.md": one.task for one in ALL},
    }


def test_the_commands_in_the_readme_exist(own):
    for command in ("check", "watch", "task", "hint", "list"):
        assert f"tinygrad-dropout build {command} " in README


def test_a_second_start_changes_only_old_tasks(own):
    (own.package / "__init__.py").write_text("x = 1")
    (own.folder / "README.md").write_text("my notes")
    (own.folder / "tasks" / f"{ALL[0].slug}.md").write_text("# Value\n\nAn older version.\n")
    assert not own.start()
    found = texts(own.folder)
    assert (found["framework/__init__.py"], found["README.md"]) == ("x = 1", "my notes")
    assert found[f"tasks/{ALL[0].slug}.md"] == ALL[0].task


def test_the_learners_own_file_among_the_tasks_stays(tmp_path):
    own = OwnFramework(tmp_path)
    task = own.folder / "tasks" / f"{ALL[0].slug}.md"
    task.parent.mkdir()
    task.write_text("my notes")
    own.start()
    assert task.read_text() == "my notes"


@pytest.mark.parametrize(
    ("inside", "found"),
    [(".", True), ("framework", True), ("tasks", False), ("framework/inner", False), ("..", False), ("nowhere", False)],
)
def test_it_is_found_from_its_folder_and_from_its_package(own, inside, found):
    (own.package / "inner").mkdir()
    at = OwnFramework.at((own.folder / inside).resolve())
    assert (at is not None and at.folder == own.folder) == found


def test_a_package_with_another_name_is_not_found(tmp_path):
    (tmp_path / "__init__.py").write_text("")
    assert OwnFramework.at(tmp_path) is None


@pytest.mark.parametrize("stage", ALL, ids=lambda one: one.slug)
def test_all_stages_share_one_package_and_are_the_same_for_all_learners(own, stage):
    assert own.path(stage) == own.package
    assert own.mine(stage) is stage


def test_reset_keeps_every_version(own):
    for number in (1, 2):
        (own.package / "value.py").write_text(f"x = {number}")
        kept = own.reset(WHEN.replace(second=number))
        assert (kept / "value.py").read_text() == f"x = {number}"
        assert not (own.package / "value.py").exists()
    assert len(list((own.folder / "before-reset").iterdir())) == 2


def test_reset_restores_a_missing_package(own):
    own.package.rename(own.folder / "elsewhere")
    assert own.reset(WHEN) is None
    assert (own.package / "__init__.py").exists()


def test_a_package_that_cannot_be_moved_is_reported_and_stays(own):
    own.reset(WHEN)
    (own.folder / "before-reset" / f"framework-{WHEN:%Y%m%d-%H%M%S-%f}" / "more.py").write_text("")
    with pytest.raises(DrillError, match="framework cannot be moved: "):
        own.reset(WHEN)
    assert (own.package / "__init__.py").exists()


def test_a_solution_is_our_package_next_to_the_learners(own):
    folder = own.write_solution(ALL[4])
    assert folder.parent.parent == own.folder / "solutions"
    assert texts(folder) == files_in(ALL[4].solution)
    assert [path.name for path in own.package.iterdir()] == ["__init__.py"]

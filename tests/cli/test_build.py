"""The command `build`, as its users type it: a framework is started, and its stages are checked."""

from pathlib import Path

import pytest

from tests.cli.building import ALL, progress, solve_in_progress, stages_in_progress, write_stage
from tinygrad_dropout import cli
from tinygrad_dropout.cli.drill import solving
from tinygrad_dropout.drills.grader.result import Grade


def test_build_without_a_command_prints_its_help(build):
    code, out, _ = build()
    assert code == 0
    assert "closed-book" in out


def test_start_writes_ten_tasks_and_an_empty_package_and_says_what_to_type(build, tmp_path):
    code, out, err = build("start", "mine")
    assert (code, err) == (0, "")
    assert "ten tasks and an empty package" in out
    assert "tinygrad-dropout build check" in out
    assert progress(tmp_path)["build_folder"] == str(tmp_path / "mine")
    assert len(list((tmp_path / "mine" / "tasks").iterdir())) == 10
    assert [path.name for path in (tmp_path / "mine" / "framework").iterdir()] == ["__init__.py"]


def test_existing_files_are_left_alone(build, tmp_path):
    mine = {"mine/README.md": "my notes", "mine/other.py": "x = 1", "mine/framework/__init__.py": "y = 2"}
    for name, text in mine.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert "your package is unchanged" in build("start", "mine")[1]
    assert {name: (tmp_path / name).read_text() for name in mine} == mine


def test_start_with_a_file_instead_of_a_folder_is_reported(build):
    Path("taken").write_text("")
    code, out, err = build("start", "taken")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "cannot be created" in err


@pytest.mark.parametrize("command", ["check", "reset", "page", "watch", "hint", "task", "solution 1"])
def test_before_start_there_is_no_framework(build, command):
    expected = "tinygrad-dropout: you have no framework yet: run `tinygrad-dropout build start`\n"
    code, _, err = build(*command.split())
    assert (code, err) == (2, expected)


def test_a_missing_folder_is_reported(build, begun, tmp_path):
    begun.rename(tmp_path / "moved")
    code, _, err = build("check")
    assert code == 2
    assert "which no longer exists: run `build start FOLDER`" in err


@pytest.mark.usefixtures("quick")
def test_an_empty_package_is_open_and_does_not_count_as_a_try(build, begun, tmp_path):
    code, out, err = build("check")
    assert (code, err) == (1, "")
    assert "open   Your package has no Value yet." in out
    assert "The task:  tinygrad-dropout build task 1\nYour package: " in out
    assert "build hint" not in out
    assert stages_in_progress(tmp_path)[ALL[0].slug]["tries"] == 0


@pytest.mark.usefixtures("quick")
def test_the_mistake_in_a_package_is_named_and_a_right_package_is_solved(build, begun, tmp_path):
    write_stage(begun, 1, "product-slopes-are-one")
    code, out, _ = build("check")
    assert code == 1
    assert "[product-slopes-are-one]" in out
    assert "build hint 1" in out
    assert "build check 1 --show" in out
    write_stage(begun, 1)
    code, out, _ = build("check")
    assert code == 0
    assert "Solved.\nNext: tinygrad-dropout build task\n" in out
    assert stages_in_progress(tmp_path)[ALL[0].slug]["tries"] == 2
    assert build("check")[1].startswith("2  ")


@pytest.mark.usefixtures("quick")
def test_check_can_be_given_a_stage(build, begun):
    write_stage(begun, 2)
    assert build("check", "2")[1].startswith("2  ")
    assert build("check", "Value")[1].startswith("1  ")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("inside", [".", "framework", "tasks", "../elsewhere"])
def test_the_package_is_found_from_anywhere(build, begun, tmp_path, monkeypatch, inside):
    (tmp_path / "elsewhere").mkdir()
    write_stage(begun, 1)
    monkeypatch.chdir(begun / inside)
    assert cli.main(["build", "check"]) == 0


@pytest.mark.usefixtures("quick")
def test_the_package_in_the_current_folder_comes_first(build, begun, monkeypatch):
    build("start", "other")
    write_stage(begun, 1)
    assert build("check")[0] == 1
    monkeypatch.chdir(begun)
    assert cli.main(["build", "check"]) == 0


def test_after_the_last_stage_the_next_commands_are_named(build, begun, tmp_path, monkeypatch):
    monkeypatch.setattr(solving, "grade_file", lambda *arguments, **options: Grade(("it runs",)))
    solve_in_progress(tmp_path, *range(1, 9))
    assert "All ten stages are done" not in build("check")[1]
    code, out, _ = build("check")
    assert code == 0
    assert "Next: tinygrad-dropout build page" in out
    assert out.endswith(
        "All ten stages are done. See your package next to ours: tinygrad-dropout build page\n"
        "Train it with and without dropout: tinygrad-dropout compare --framework .\n"
    )


MISTAKES = {
    "an unknown stage": (("check", "11"), "there is no stage '11'; expected a number from 1 to 10"),
    "an ambiguous one": (("task", "a"), "'a' fits stage_01_value, stage_"),
    "no stage of this name": (("hint", "cooking"), "there is no stage 'cooking'"),
    "a time limit": (("check", "--time-limit", "0"), "--time-limit: expected"),
    "a seed": (("check", "--seed", "-1"), "--seed: expected at least 0"),
    "out without show": (("check", "--out", "x.html"), "need --show"),
    "an unknown command": (("chek",), "got 'chek'; did you mean 'check'?"),
    "a stage that is missing": (("solution",), "required: N"),
    "an empty name": (("start", ""), "expected the name of a file or folder"),
    "a page that cannot be written": (("page", "--no-open", "--out", "/proc/page.html"), "cannot be"),
}


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize(("arguments", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence(build, arguments, says):
    code, out, err = build(*arguments)
    assert code == 2
    assert says in err
    assert err.count("\n") == 1
    assert "Traceback" not in out + err

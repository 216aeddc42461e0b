"""What `build` does in a learner's folder: tasks, hints, reset, solutions, the page, watch; and what `drill` sees."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest

from tests.cli.building import ALL, progress, solve_in_progress, stages_in_progress, write, write_stage
from tests.lab.comparison.own_framework.packages import write_package
from tinygrad_dropout import cli
from tinygrad_dropout.drills.bundle import files_in


@pytest.mark.usefixtures("begun")
def test_task_shows_the_current_stage(build, tmp_path):
    assert build("task")[1].strip() == ALL[0].task.strip()
    solve_in_progress(tmp_path, 1)
    assert build("task")[1].strip() == ALL[1].task.strip()
    assert build("task", "7")[1].strip() == ALL[6].task.strip()


@pytest.mark.usefixtures("begun")
def test_hints_come_one_by_one_and_then_the_last_repeats(build, tmp_path):
    shown = [build("hint")[1] for _ in range(4)]
    assert [f"hint {n} of 3" in text for n, text in zip((1, 2, 3, 3), shown, strict=True)] == [True] * 4
    assert shown[0] != shown[1] != shown[2] == shown[3]
    assert stages_in_progress(tmp_path)[ALL[0].slug]["hints"] == 3


@pytest.mark.usefixtures("begun")
def test_list_shows_every_stage_and_what_is_done(build, tmp_path):
    solve_in_progress(tmp_path, 1, 2)
    build("hint")
    code, out, _ = build("list")
    assert code == 0
    assert [one.title for one in ALL if one.title not in out] == []
    assert [line.rpartition("minutes")[2].strip() for line in out.splitlines()[:4]] == [
        "solved, 1 try", "solved, 1 try", "1 hint", "",
    ]  # fmt: skip
    assert out.endswith("\n2 of 10 done.\n")


def test_reset_asks_and_keeps_the_old_answer(build, begun, typed, tmp_path):
    write_stage(begun, 1)
    solve_in_progress(tmp_path, 1)
    assert "Nothing was changed." in build("reset")[1]
    typed("n")
    assert build("reset")[0] == 1
    assert (begun / "framework" / "value.py").exists()
    typed("y")
    code, out, _ = build("reset")
    assert code == 0
    assert "the old one is in before-reset" in out
    assert [path.name for path in (begun / "framework").iterdir()] == ["__init__.py"]
    (kept,) = (begun / "before-reset").iterdir()
    assert (kept / "value.py").read_text() == files_in(ALL[0].solution)["value.py"]
    assert "0 of 10 done." in build("list")[1]


@pytest.mark.usefixtures("quick")
def test_an_unearned_solution_needs_a_yes(build, begun, typed, tmp_path, monkeypatch):
    assert "Nothing was written." in build("solution", "1")[1]
    assert not (begun / "solutions").exists()
    typed("yes")
    code, out, _ = build("solution", "1")
    assert code == 0
    assert str(begun / "solutions" / ALL[0].slug / "framework") in out
    assert stages_in_progress(tmp_path)[ALL[0].slug]["solution"]
    assert "solution read" in build("list")[1]
    monkeypatch.chdir(begun / "solutions" / ALL[0].slug)
    assert cli.main(["build", "check", "1"]) == 0


def test_a_solution_is_written_without_a_question_if_it_was_earned_or_with_anyway(build, begun, tmp_path):
    solve_in_progress(tmp_path, 2)
    assert build("solution", "2")[0] == 0
    assert not stages_in_progress(tmp_path)[ALL[1].slug]["solution"]
    assert build("solution", "3", "--anyway")[0] == 0
    assert stages_in_progress(tmp_path)[ALL[2].slug]["solution"]
    assert [path.name for path in sorted((begun / "solutions").iterdir())] == [ALL[1].slug, ALL[2].slug]


def test_the_page_is_written_to_the_folder_or_to_a_given_path(build, begun, tmp_path):
    write_package(begun)
    code, out, err = build("page", "--no-open")
    assert (code, err) == (0, "")
    assert out.startswith(str(begun / "beside-ours.html"))
    assert build("page", "--no-open", "--out", "page.html")[1].startswith("page.html: ")
    pages = [path.read_text(encoding="utf-8") for path in (begun / "beside-ours.html", tmp_path / "page.html")]
    assert pages[0] == pages[1]
    assert "Not found under this name." not in pages[0]


def test_an_unfinished_package_has_a_page_too(build, begun, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    write_stage(begun, 1)
    assert build("page")[0] == 0
    assert opened == [(begun / "beside-ours.html").as_uri()]
    assert "Not found under this name." in (begun / "beside-ours.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "says"), [("x = 1\nx =", "framework/nn.py, line 2: invalid syntax"), ("x = '\0'", "null bytes")]
)
def test_a_file_that_python_cannot_read_has_no_page(build, begun, text, says):
    write(begun, {"nn.py": text})
    code, out, err = build("page", "--no-open")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "cannot make the page: Python cannot parse framework/nn.py" in err
    assert says in err
    assert not (begun / "beside-ours.html").exists()


@pytest.mark.usefixtures("quick")
def test_after_a_mistake_in_a_stage_drill_names_the_stage_and_keeps_its_exercise(run, build, begun, tmp_path):
    run("drill", "start")
    run("drill", "next")
    before = {key: progress(tmp_path)[key] for key in ("current", "chosen", "why", "folder")}
    write_stage(begun, 1, "product-slopes-are-one")
    build("check")
    build("hint")
    assert {key: progress(tmp_path)[key] for key in before} == before
    kept = progress(tmp_path) | {"chosen": ""}
    (tmp_path / "home" / "progress.json").write_text(json.dumps(kept))
    code, out, err = run("drill", "next")
    assert (code, err) == (0, "")
    assert f"after product-slopes-are-one in stage 1, {ALL[0].title}: this one is about " in out
    for command in (("stats",), ("list",), ("plan", "--date", str(date.today() + timedelta(9)))):
        assert run("drill", *command)[0] == 0


@pytest.mark.usefixtures("quick")
def test_watch_checks_the_current_stage_whichever_file_is_saved(build, begun, monkeypatch):
    def end():
        raise KeyboardInterrupt

    saves = [
        lambda: write_stage(begun, 1),
        lambda: None,
        lambda: write(begun, {"more.py": "x = 1"}),
        lambda: (begun / "framework" / "notes.txt").write_text("not Python"),
        lambda: (begun / "framework" / "more.py").write_bytes(b"\xff"),
        lambda: write(begun, {"more.py": "x ="}),
        end,
    ]
    monkeypatch.setattr("sys.stdin", StringIO())
    monkeypatch.setattr("time.sleep", lambda seconds: saves.pop(0)())
    code, out, err = build("watch")
    assert (code, err) == (130, "tinygrad-dropout: interrupted\n")
    first, solved, _open, not_text, not_python = out.split("-" * 40)
    assert first == f"Current stage: 1, Value.\nWatching {begun}.\nCtrl-C stops it.\n\n"
    assert "1  Value" in solved
    assert "Solved." in solved
    assert "2  backward" in _open
    assert "Value has no backward yet" in _open
    assert "more.py cannot be read: expected UTF-8" in not_text
    assert "Python cannot read line 1 of framework/more.py" in not_python


def test_each_folder_has_its_own_progress(build, begun, tmp_path):
    solve_in_progress(tmp_path, 1, 2)
    assert "The first task:" in build("start", str(tmp_path / "second"))[1]
    assert "0 of 10 done." in build("list")[1]
    build("reset", "--yes")
    assert "The next task:  tasks/stage_03_tensor.md" in build("start", str(begun))[1]


def test_stages_that_passed_are_done(build, begun, quick):
    write_stage(begun, 4)
    assert build("check", "4")[0] == 0
    assert "4 of 10 done." in build("list")[1]


def test_a_hint_is_about_the_earlier_stage_that_no_longer_passes(build, begun, quick):
    write_stage(begun, 5)
    text = (begun / "framework" / "value.py").read_text()
    (begun / "framework" / "value.py").write_text(text.replace("self.grad += 1.0", "self.grad += 2.0"))
    code, out, _ = build("check", "5")
    assert code == 1
    assert "build hint 2" in out


def test_a_replay_is_offered_only_if_it_shows_something(build, begun, quick):
    offered = {
        (3, "product-rule-swapped"): True,
        (3, "gradients-share-memory"): False,
        (7, "backward-forgets-the-scale"): True,
        (7, "shared-by-rows"): False,
    }
    for (number, code), is_offered in offered.items():
        write_stage(begun, number, code)
        assert ("--show" in build("check", str(number))[1]) is is_offered

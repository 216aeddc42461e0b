"""The command `build`, as its users type it."""

import json
from contextlib import redirect_stdout
from datetime import date, timedelta
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest

from tests.lab.comparison.own_framework.packages import write_package
from tinygrad_dropout import cli
from tinygrad_dropout.drills.bundle import files_in
from tinygrad_dropout.drills.grader import grade_in_subprocess
from tinygrad_dropout.drills.grader.result import Grade, Rejection
from tinygrad_dropout.drills.learner.own_framework import OwnFramework
from tinygrad_dropout.drills.stage import Stage, stages
from tinygrad_dropout.sandbox import Ended

ALL = stages()


@pytest.fixture
def build(run, tmp_path, monkeypatch):
    """Run `build ...` in a folder, with progress of its own."""
    monkeypatch.setenv("TINYGRAD_DROPOUT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *arguments: run("build", *arguments)


@pytest.fixture
def begun(build, tmp_path):
    build("start")
    return tmp_path / "my-framework"


@pytest.fixture
def quick(monkeypatch):
    """What is run on a package is run in this process; one of its own takes half a second each time."""

    def run_here(work, given, bounds):
        module, _, function = work.partition(":")
        messages, printed = [], StringIO()
        with redirect_stdout(printed):
            getattr(import_module(module), function)(lambda **message: messages.append(message), *given)
        return Ended("returned", "", printed.getvalue(), messages)

    monkeypatch.setattr(grade_in_subprocess, "run", run_here)


@pytest.fixture
def typed(monkeypatch):
    """What is typed at prompts; then the end of the input."""

    def type_these(*lines):
        left = list(lines)

        def read(prompt=""):
            print(prompt, end="")
            if not left:
                raise EOFError
            return left.pop(0)

        monkeypatch.setattr("builtins.input", read)

    type_these()
    return type_these


def write(folder, files):
    """Write files into the package."""
    for name, text in files.items():
        path = folder / "framework" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")


def write_stage(folder, number, code="solution"):
    """Write our package of a stage, or the wrong one of that code."""
    stage = ALL[number - 1]
    source = stage.solution if code == "solution" else next(one.source for one in stage.wrong if one.name == code)
    write(folder, files_in(source))


def progress(tmp_path):
    return json.loads((tmp_path / "home" / "progress.json").read_text())


def solve_in_progress(build, tmp_path, *numbers):
    """Progress in which these stages are done."""
    kept = progress(tmp_path)
    for number in numbers:
        done = {"tries": 1, "solved": "2026-01-01T00:00:00", "hints": 0, "solution": "", "last": ""}
        kept["exercises"][ALL[number - 1].slug] = done
    (tmp_path / "home" / "progress.json").write_text(json.dumps(kept))


# start


def test_build_alone_prints_its_help(build):
    code, out, _ = build()
    assert code == 0
    assert "closed-book" in out


def test_start_writes_ten_tasks_and_an_empty_package_and_says_what_to_type(build, tmp_path):
    code, out, err = build("start", "mine")
    assert (code, err) == (0, "")
    assert "ten tasks, and a package to be filled" in out
    assert "tinygrad-dropout build check" in out
    assert len(list((tmp_path / "mine" / "tasks").iterdir())) == 10
    assert [path.name for path in (tmp_path / "mine" / "framework").iterdir()] == ["__init__.py"]


def test_what_is_there_is_left_alone(build, tmp_path):
    mine = {"mine/README.md": "my notes", "mine/other.py": "x = 1", "mine/framework/__init__.py": "y = 2"}
    for name, text in mine.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert "your package is as it was" in build("start", "mine")[1]
    assert {name: (tmp_path / name).read_text() for name in mine} == mine


def test_start_in_the_place_of_a_file_is_said(build):
    Path("taken").write_text("")
    code, out, err = build("start", "taken")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "cannot be made" in err


# check


@pytest.mark.parametrize("command", ["check", "reset", "page", "watch", "hint", "task", "solution 1"])
def test_before_start_there_is_no_framework(build, command):
    expected = "tinygrad-dropout: there is no framework yet: type `tinygrad-dropout build start`\n"
    code, _, err = build(*command.split())
    assert (code, err) == (2, expected)


def test_a_folder_that_is_gone_is_said(build, begun, tmp_path):
    begun.rename(tmp_path / "moved")
    code, _, err = build("check")
    assert code == 2
    assert "which is not there: type `build start` again" in err


@pytest.mark.usefixtures("quick")
def test_an_empty_package_is_open_and_no_try(build, begun, tmp_path):
    code, out, err = build("check")
    assert (code, err) == (1, "")
    assert "open   Your package has no Value yet." in out
    assert "build hint" not in out
    assert progress(tmp_path)["exercises"][ALL[0].slug]["tries"] == 0


@pytest.mark.usefixtures("quick")
def test_a_wrong_package_is_named_and_a_right_one_is_solved(build, begun, tmp_path):
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
    assert progress(tmp_path)["exercises"][ALL[0].slug]["tries"] == 2
    assert build("check")[1].startswith("2  ")


@pytest.mark.usefixtures("quick")
def test_a_stage_that_is_given_is_checked(build, begun):
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
def test_the_package_one_stands_in_comes_first(build, begun, monkeypatch):
    build("start", "other")
    write_stage(begun, 1)
    assert build("check")[0] == 1
    monkeypatch.chdir(begun)
    assert cli.main(["build", "check"]) == 0


def test_when_the_last_stage_is_solved_it_is_said_what_can_be_done_with_it(build, begun, tmp_path, monkeypatch):
    monkeypatch.setattr(grade_in_subprocess, "grade_file", lambda *arguments, **options: Grade(("it runs",)))
    solve_in_progress(build, tmp_path, *range(1, 9))
    assert "All ten stages are done" not in build("check")[1]
    code, out, _ = build("check")
    assert code == 0
    assert "Next: tinygrad-dropout build page" in out
    assert out.endswith(
        "All ten stages are done. See yours beside ours: tinygrad-dropout build page\n"
        "Train it with and without dropout: tinygrad-dropout compare --framework .\n"
    )


AS_VALUE = "from framework.value import Value\n"
BROKEN = {  # files of the package -> what is said
    "a syntax error": ({"value.py": "x = 1\nx ="}, "Python cannot read line 2 of framework/value.py"),
    "a null byte": ({"value.py": "x = '\0'"}, "Python cannot read"),
    "an error at import": (
        {"value.py": "\nraise ValueError('so it is')"},
        "raised ValueError in line 2 of framework/value.py: so it is",
    ),
    "a circular import": ({"value.py": "import framework.b", "b.py": AS_VALUE}, "(most likely due to a circular"),
    "a name that is not there": ({"value.py": "x = 1"}, "cannot import name 'Value' from 'framework.value'"),
    "a name that is None": ({"value.py": "Value = None"}, "Your package has no Value yet"),
    "torch": ({"value.py": "import torch"}, "framework/value.py imports torch; NumPy and the standard library"),
    "torch by its name": ({"value.py": "__import__('torch')"}, "framework/value.py imports torch"),
    "this package": ({"value.py": "from tinygrad_dropout import Tensor"}, "imports tinygrad_dropout"),
    "an import from above": ({"value.py": "from ..secret import Value"}, "relative import beyond top-level package"),
    "a module that is not there": ({"value.py": "import framework.b"}, "No module named 'framework.b'"),
    "exit": ({"value.py": "exit()"}, "called exit()"),
    "input": ({"value.py": "raise EOFError"}, "waits for input()"),
}  # fmt: skip


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("files", "says"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_with_a_file_is_said_with_its_place(build, begun, files, says):
    write(begun, {"__init__.py": AS_VALUE} | files)
    code, out, err = build("check")
    assert (code, err) == (1, "")
    assert says in " ".join(out.split())


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "files",
    [
        {"__init__.py": "from .inner.value import Value", "inner/__init__.py": "", "inner/value.py": "{value}"},
        {"__init__.py": "from .inner.value import *", "inner/value.py": "{value}"},
        {"__init__.py": "from framework import v\nValue = v.Value", "v.py": "# file of the package: v.py\n{value}"},
        {"__init__.py": "from . import value\nValue = value.Value", "value.py": "\ufeff{value}", "my notes.py": "x ="},
    ],
    ids=["sub-packages", "a folder without __init__.py", "a comment with a name", "a mark of UTF-8"],
)  # fmt: skip
def test_a_package_may_be_divided_in_any_way(build, begun, files):
    value = files_in(ALL[0].solution)["value.py"]
    notes = files.pop("my notes.py", None)
    write(begun, {name: text.format(value=value) for name, text in files.items()})
    assert build("check")[0] == 0
    if notes:  # no module of the package can have such a name; but Python must be able to read it
        write(begun, {"my notes.py": notes})
        assert "framework/my notes.py" in build("check")[1]


def test_a_file_that_is_no_text_is_named(build, begun):
    (begun / "framework" / "image.py").write_bytes(b"x = 1\xff")
    code, out, err = build("check")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "image.py cannot be read: expected UTF-8, and byte 5 is not" in err


@pytest.mark.usefixtures("quick")
def test_a_package_that_was_deleted_is_written_again_by_reset(build, begun):
    (begun / "framework" / "__init__.py").unlink()
    (begun / "framework").rmdir()
    code, _, err = build("check")
    assert code == 2
    assert "my-framework/framework; `build reset` writes it again" in err
    assert build("reset", "--yes") == (0, "The package is empty again\n", "")
    assert "no Value yet" in build("check")[1]


def test_a_package_that_never_ends_is_stopped_and_what_it_prints_is_shown(build, begun):
    write(begun, {"__init__.py": "print('here I am')\nwhile True: pass"})
    code, out, _ = build("check", "--time-limit", "1")
    assert code == 1
    assert "[never-ends]" in out
    assert "not done after 1 s" in out
    assert "here I am" in out


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("number", "code", "place"),
    [
        (1, "product-slopes-are-one", "value.py:"),
        (3, "quotient-without-the-minus", "tensor.py:"),
        (4, "mean-gradient-of-the-sum", "tensor.py:"),
        (5, "gradient-passes-unmasked", "functional.py:"),
        (7, "scale-is-1/p", "your backward"),
    ],
)
def test_show_writes_a_page_and_says_the_step(build, begun, tmp_path, monkeypatch, number, code, place):
    pytest.importorskip("igraph")
    wrong = Grade((), Rejection(code, "It is wrong."))  # found by tests of the stages
    monkeypatch.setattr(grade_in_subprocess, "grade_file", lambda *arguments, **options: wrong)
    write_stage(begun, number, code)
    show = ("--show", "--no-open", "--out", "page.html")
    exit_code, out, err = build("check", str(number), *show)
    assert (exit_code, err) == (1, "")
    assert "page.html: step " in out
    assert place in (tmp_path / "page.html").read_text(encoding="utf-8")
    if number == 1:
        assert "page.html: step " in build("check", "2", *show)[1]


@pytest.mark.usefixtures("quick")
def test_without_a_backward_there_is_no_page_and_it_is_said_why(build, begun, tmp_path, monkeypatch):
    monkeypatch.setattr(grade_in_subprocess, "grade_file", lambda *arguments, **options: Grade(("it runs",)))
    code, _, err = build("check", "6", "--show", "--no-open", "--out", "page.html")
    assert code == 2
    assert err == "tinygrad-dropout: stage 6 is not about one backward, which is what a replay shows\n"
    assert not (tmp_path / "page.html").exists()


# what a learner asks for


@pytest.mark.usefixtures("begun")
def test_task_shows_the_stage_that_is_open(build, tmp_path):
    assert build("task")[1].strip() == ALL[0].task.strip()
    solve_in_progress(build, tmp_path, 1)
    assert build("task")[1].strip() == ALL[1].task.strip()
    assert build("task", "7")[1].strip() == ALL[6].task.strip()


@pytest.mark.usefixtures("begun")
def test_hints_come_one_after_the_other_and_then_the_last_again(build, tmp_path):
    shown = [build("hint")[1] for _ in range(4)]
    assert [f"hint {n} of 3" in text for n, text in zip((1, 2, 3, 3), shown, strict=True)] == [True] * 4
    assert shown[0] != shown[1] != shown[2] == shown[3]
    assert progress(tmp_path)["exercises"][ALL[0].slug]["hints"] == 3


@pytest.mark.usefixtures("begun")
def test_list_shows_every_stage_and_what_is_done(build, tmp_path):
    solve_in_progress(build, tmp_path, 1, 2)
    build("hint")
    code, out, _ = build("list")
    assert code == 0
    assert [one.title for one in ALL if one.title not in out] == []
    assert [line.rpartition("minutes")[2].strip() for line in out.splitlines()[:4]] == [
        "solved, 1 try", "solved, 1 try", "1 hint", "",
    ]  # fmt: skip
    assert out.endswith("\n2 of 10 done.\n")


def test_reset_asks_and_keeps_what_was_there(build, begun, typed, tmp_path):
    write_stage(begun, 1)
    solve_in_progress(build, tmp_path, 1)
    assert "Nothing was changed." in build("reset")[1]
    typed("n")
    assert build("reset")[0] == 1
    assert (begun / "framework" / "value.py").exists()
    typed("y")
    code, out, _ = build("reset")
    assert code == 0
    assert "yours is kept as before-reset" in out
    assert [path.name for path in (begun / "framework").iterdir()] == ["__init__.py"]
    (kept,) = (begun / "before-reset").iterdir()
    assert (kept / "value.py").read_text() == files_in(ALL[0].solution)["value.py"]
    assert "0 of 10 done." in build("list")[1]


@pytest.mark.usefixtures("quick")
def test_a_solution_that_was_not_earned_is_asked_for(build, begun, typed, tmp_path, monkeypatch):
    assert "Nothing was written." in build("solution", "1")[1]
    assert not (begun / "solutions").exists()
    typed("yes")
    code, out, _ = build("solution", "1")
    assert code == 0
    assert str(begun / "solutions" / ALL[0].slug / "framework") in out
    assert progress(tmp_path)["exercises"][ALL[0].slug]["solution"]
    assert "solution read" in build("list")[1]
    monkeypatch.chdir(begun / "solutions" / ALL[0].slug)
    assert cli.main(["build", "check", "1"]) == 0


def test_a_solution_is_written_without_a_question_if_it_was_earned_or_is_wanted_anyway(build, begun, tmp_path):
    solve_in_progress(build, tmp_path, 2)
    assert build("solution", "2")[0] == 0
    assert not progress(tmp_path)["exercises"][ALL[1].slug]["solution"]
    assert build("solution", "3", "--anyway")[0] == 0
    assert progress(tmp_path)["exercises"][ALL[2].slug]["solution"]
    assert [path.name for path in sorted((begun / "solutions").iterdir())] == [ALL[1].slug, ALL[2].slug]


# the page


def test_the_page_is_written_into_the_folder_or_where_it_is_wanted(build, begun, tmp_path):
    write_package(begun)
    code, out, err = build("page", "--no-open")
    assert (code, err) == (0, "")
    assert out.startswith(str(begun / "beside-ours.html"))
    assert build("page", "--no-open", "--out", "page.html")[1].startswith("page.html: ")
    pages = [path.read_text(encoding="utf-8") for path in (begun / "beside-ours.html", tmp_path / "page.html")]
    assert pages[0] == pages[1]
    assert "Not found under this name." not in pages[0]


def test_a_package_that_is_not_finished_has_a_page_too(build, begun, monkeypatch):
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
    assert "the page cannot be made: Python cannot read framework/nn.py" in err
    assert says in err
    assert not (begun / "beside-ours.html").exists()


# beside `drill`


@pytest.mark.usefixtures("quick")
def test_after_a_mistake_in_a_stage_drill_gives_a_true_reason_and_stays_where_it_was(run, build, begun, tmp_path):
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
    assert f"after product-slopes-are-one in {ALL[0].slug}: this one is about " in out
    for command in (("stats",), ("list",), ("plan", "--date", str(date.today() + timedelta(9)))):
        assert run("drill", *command)[0] == 0


# watch


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
    first, solved, _open, no_text, no_python = out.split("-" * 40)
    assert first == f"Watching {begun}.\nCtrl-C ends it.\n\n"
    assert "1  Value" in solved
    assert "Solved." in solved
    assert "2  backward" in _open
    assert "Value has no backward yet" in _open
    assert "more.py cannot be read: expected UTF-8" in no_text
    assert "Python cannot read line 1 of framework/more.py" in no_python


# closed book


@pytest.fixture
def closed_book(build, begun, monkeypatch, quick):
    """Hold it, with what is typed and what is in the file; gives what was shown, and its folder."""

    def hold(typed, source):
        monkeypatch.setattr("sys.stdin", StringIO(typed))
        start = import_module("tinygrad_dropout.drills.interview.closed_book").ClosedBook.start

        def start_with_an_answer(book):
            start(book)
            assert book.file.read_text() == ""
            book.file.write_text(source)

        monkeypatch.setattr("tinygrad_dropout.drills.interview.closed_book.ClosedBook.start", start_with_an_answer)
        code, out, err = build("closed-book")
        assert (code, err) == (0, "")
        (folder,) = (begun / "closed-book").iterdir()
        return out, folder

    return hold


def one_file(number, code="solution"):
    """A package of ours in one file."""
    from tinygrad_dropout.drills.interview.closed_book import flat

    stage = ALL[number - 1]
    return flat(stage.solution if code == "solution" else next(one.source for one in stage.wrong if one.name == code))


def test_nothing_is_graded_before_the_clock_has_stopped(closed_book, run, tmp_path, monkeypatch):
    out, folder = closed_book("c\nt\nd\nd\nbanana\n\n1\nq\n", one_file(1, "product-slopes-are-one"))
    during, _, afterwards = out.partition("Your answer to Value, as it stands:")
    assert "Expected r, t, d, q or ?; got 'c'." in during
    assert "[product-slopes-are-one]" not in during
    assert "[product-slopes-are-one]" in afterwards
    assert "build hint" not in out
    assert "20 minutes, strict" in afterwards
    assert (folder / "summary.txt").read_text() in out
    assert sorted(path.name for path in (folder / "tasks").iterdir()) == [f"{one.slug}.md" for one in ALL[:2]]
    kept = progress(tmp_path)
    (interview,) = kept["interviews"]
    assert interview["exercises"] == [one.slug for one in ALL[:2]]
    assert interview["strict"]
    assert len(interview["answered"]) == 3
    assert kept["mistakes"][0]["code"] == "product-slopes-are-one"
    code, out, err = run("drill", "stats")
    assert (code, err) == (0, "")
    assert "20 strict" in out


def test_own_tests_are_run_and_scored(closed_book, monkeypatch):
    monkeypatch.setattr(Stage, "wrong", ALL[0].wrong[:1])  # each takes a process
    test = "\ndef test_product():\n    assert (Value(2) * 3).slopes == (3, 2)\n"
    out, _ = closed_book("r\nd\nd\nq\n", one_file(2) + test)
    during, _, afterwards = out.partition("Your answer to Value, as it stands:")
    assert "test_product" in during
    assert "Your tests" in afterwards
    assert afterwards.count("Solved.") == 2


def test_what_is_solved_from_memory_is_not_done_in_the_learners_package(closed_book, build, tmp_path):
    out, _ = closed_book("d\nd\nq\n", one_file(2))
    assert out.count("Solved.") == 2
    assert all(attempt["solved"] for attempt in progress(tmp_path)["interviews"][0]["attempts"])
    assert "0 of 10 done." in build("list")[1]
    assert build("check")[1].startswith("1  ")


MISTAKES = {
    "an unknown stage": (("check", "11"), "there is no stage '11'; expected a number from 1 to 10"),
    "an ambiguous one": (("task", "a"), "'a' may be stage_"),
    "no stage of this name": (("hint", "cooking"), "there is no stage 'cooking'"),
    "a time limit": (("check", "--time-limit", "0"), "--time-limit: expected"),
    "a seed": (("check", "--seed", "-1"), "--seed: expected at least 0"),
    "out without show": (("check", "--out", "x.html"), "belong to --show"),
    "an unknown command": (("cheque",), "invalid choice"),
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


def test_a_folder_that_is_no_framework_is_none(tmp_path):
    assert OwnFramework.at(tmp_path) is None
    write_package(tmp_path)
    assert OwnFramework.at(tmp_path).folder == tmp_path
    assert OwnFramework.at(tmp_path / "framework").folder == tmp_path
    assert OwnFramework.at(tmp_path / "other") is None

"""The command `drill`, as its users type it."""

import json
import os
import signal
import sys
import time
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Timer

import filelock
import pytest

from tinygrad_dropout import cli
from tinygrad_dropout.cli.drill import asking, solving
from tinygrad_dropout.cli.drill.session import DrillSession
from tinygrad_dropout.drills.exercise import exercises, find
from tinygrad_dropout.drills.grader.result import Grade, Rejection
from tinygrad_dropout.drills.interview.follow_ups import FOLLOW_UPS
from tinygrad_dropout.drills.learner.workspace import Workspace
from tinygrad_dropout.drills.quiz.cards import load
from tinygrad_dropout.lab import errors

LINEAR = find("11_linear_backward")
COUNT = len(exercises())


@pytest.fixture
def drill(run, tmp_path, monkeypatch):
    """Run `drill ...` in a folder, with its own progress."""
    monkeypatch.setenv("TINYGRAD_DROPOUT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *arguments: run("drill", *arguments)


@pytest.fixture
def begun(drill, tmp_path):
    drill("start")
    return tmp_path / "drills"


@pytest.fixture
def ungraded(monkeypatch):
    """Skip the grading, which starts a process, in tests about which answer is graded."""
    open_ = Grade((), Rejection("not-written", ""))
    monkeypatch.setattr(solving, "grade_file", lambda *arguments, **options: open_)


def answer(folder, code):
    """Write an answer: the solution, or the wrong one with this mistake code."""
    source = LINEAR.solution if code == "solution" else next(one.source for one in LINEAR.wrong if one.name == code)
    (folder / f"{LINEAR.slug}.py").write_text(source)


def progress(tmp_path):
    return json.loads((tmp_path / "home" / "progress.json").read_text())


def test_start_writes_the_exercises_and_says_what_to_type(drill, tmp_path):
    code, out, err = drill("start", "mine")
    assert (code, err) == (0, "")
    assert f"{COUNT} exercises written." in out
    assert "drill check" in out
    assert len(list((tmp_path / "mine").glob("*.py"))) == COUNT
    code, out, _ = drill("start", "mine")
    assert f"0 exercises written; {COUNT} existed and are unchanged." in out


def test_before_start_there_is_nothing_to_check(drill):
    assert drill("check", "11") == (
        2, "", "tinygrad-dropout: you have no exercises yet: run `tinygrad-dropout drill start`\n",
    )  # fmt: skip


def test_a_missing_folder_is_reported(drill, begun, tmp_path):
    begun.rename(tmp_path / "moved")
    code, _, err = drill("check", "11")
    assert code == 2
    assert "which no longer exists: run `drill start` again" in err


def test_an_untouched_exercise_is_open(drill, begun):
    code, out, err = drill("check", "11")
    assert (code, err) == (1, "")
    assert "open   This is not written yet" in out
    assert f"tinygrad-dropout drill task 11\nYour file: {begun / '11_linear_backward.py'}\n" in out


def test_the_mistake_in_an_answer_is_named_and_a_right_answer_is_solved(drill, begun, tmp_path):
    answer(begun, "bias-gradient-averaged")
    code, out, _ = drill("check", "11")
    assert code == 1
    assert "[bias-gradient-averaged]" in out
    assert "drill hint 11" in out
    assert "drill check 11 --show" in out
    answer(begun, "solution")
    code, out, _ = drill("check", "11")
    assert code == 0
    assert "Solved." in out
    assert progress(tmp_path)["exercises"][LINEAR.slug]["tries"] == 2


def test_without_a_number_the_file_that_was_saved_last_is_checked(drill, begun, ungraded):
    answer(begun, "solution")
    assert "11  Linear backward" in drill("check")[1]


@pytest.mark.parametrize(
    "name", ["11", "011", "linear_back", "11_linear_backward", "11_linear_backward.py", "drills/11_linear_backward.py"]
)
def test_an_exercise_is_found_by_any_of_its_names(drill, begun, ungraded, name):
    assert "11  Linear backward" in drill("check", name)[1]


def test_the_current_folder_comes_first(drill, begun, tmp_path, monkeypatch):
    drill("start", "other")
    answer(begun, "solution")
    assert drill("check", "11")[0] == 1
    monkeypatch.chdir(begun)
    assert cli.main(["drill", "check", "11"]) == 0


def test_a_traceback_is_shown_only_with_v(drill, begun):
    answer(begun, "raises")
    assert "Traceback" not in drill("check", "11")[1]
    _, out, err = drill("check", "11", "-v")
    assert "Traceback" in out
    assert "Traceback" not in err


def test_untouched_exercises_are_open_and_do_not_count_as_tries(drill, tmp_path, monkeypatch):
    """Three exercises, each graded in a separate process."""
    monkeypatch.setattr(DrillSession, "everything", lambda session: exercises()[:3])
    drill("start")
    code, out, _ = drill("check", "--all")
    assert code == 1
    assert out.count("not-written") == 3
    assert "0 of 3 solved." in out
    assert all(one["tries"] == 0 for one in progress(tmp_path)["exercises"].values())
    assert progress(tmp_path)["current"] == ""


def test_hints_come_one_by_one_and_are_counted(drill, begun, tmp_path):
    shown = [drill("hint", "11")[1] for _ in range(4)]
    assert [f"hint {n} of 3" in text for n, text in zip((1, 2, 3, 3), shown, strict=True)] == [True] * 4
    assert shown[0] != shown[1] != shown[2] == shown[3]
    assert progress(tmp_path)["exercises"][LINEAR.slug]["hints"] == 3


def test_list_shows_every_exercise_and_what_is_solved(drill, begun):
    answer(begun, "solution")
    drill("check", "11")
    drill("hint", "11")
    code, out, _ = drill("list")
    assert code == 0
    assert all(one.title in out for one in exercises())
    assert "solved, 1 try <" in out
    assert f"1 of {COUNT} solved." in out


def test_next_says_why(drill, begun):
    code, out, _ = drill("next")
    assert code == 0
    assert "the first that is not solved yet" in out
    assert str(begun) in out


def test_the_exercise_from_next_is_the_default_until_another_file_is_saved(drill, begun, ungraded):
    answer(begun, "solution")
    os.utime(begun / f"{LINEAR.slug}.py", (1e9, 1e9))
    assert "11  Linear backward" in drill("check")[1]
    drill("next")
    assert "1  Shape prediction" in drill("check")[1]
    answer(begun, "solution")
    os.utime(begun / f"{LINEAR.slug}.py", (3e9, 3e9))
    assert "11  Linear backward" in drill("check")[1]


def test_a_task_is_shown_unchanged_in_a_pipe(drill, begun):
    assert drill("task", "11")[1].strip() == LINEAR.task.strip()


def test_reset_asks_and_keeps_the_old_answer(drill, begun, typed):
    answer(begun, "solution")
    assert "Nothing was changed." in drill("reset", "11")[1]
    typed("n")
    assert drill("reset", "11")[0] == 1
    typed("y")
    code, out, _ = drill("reset", "11")
    assert code == 0
    assert "your file is now before-reset" in out
    assert (begun / f"{LINEAR.slug}.py").read_text() == LINEAR.starter
    assert [path.read_text() for path in (begun / "before-reset").iterdir()] == [LINEAR.solution]


def test_reset_all_with_yes_does_not_ask(drill, begun, typed):
    answer(begun, "solution")
    assert drill("reset", "--all", "--yes")[0] == 0
    assert (begun / f"{LINEAR.slug}.py").read_text() == LINEAR.starter
    assert "Nothing to reset" in drill("reset", "--all")[1]


def test_a_solution_is_written_when_it_was_earned(drill, begun):
    answer(begun, "solution")
    drill("check", "11")
    code, out, _ = drill("solution", "11")
    assert code == 0
    assert "grad.T @ x" in out
    assert (begun / "solutions" / f"{LINEAR.slug}.py").exists()


def test_an_unearned_solution_needs_a_yes_and_is_recorded(drill, begun, typed, tmp_path):
    assert "Nothing was written." in drill("solution", "11")[1]
    typed("yes")
    assert drill("solution", "11")[0] == 0
    assert progress(tmp_path)["exercises"][LINEAR.slug]["solution"]
    assert "solution read" in drill("list")[1]


def test_resetting_a_solved_hunt_plants_another_bug(drill, begun):
    hunt = find("28_")
    path = begun / f"{hunt.slug}.py"
    bug = hunt.of(path.read_text())
    drill("reset", "28", "--yes")
    assert path.read_text() == bug.starter
    assert bug.hints[0].split()[-1] in drill("hint", "28")[1]
    path.write_text(bug.solution)
    assert "Solved" in drill("check", "28")[1]
    assert drill("solution", "28")[1].endswith(f"{bug.solution}\n")
    assert "started over, with another bug" in drill("reset", "28", "--yes")[1]
    another = hunt.of(path.read_text())
    assert another.hunt.plant(another.seed) != bug.hunt.plant(bug.seed)


def test_a_replay_is_not_offered_for_a_file_that_cannot_be_run(drill, begun):
    (begun / "11_linear_backward.py").write_text("def linear_backward(grad, x, weight)\n")
    assert "--show" not in drill("check", "11")[1]


def test_show_writes_the_replay(drill, begun, tmp_path):
    pytest.importorskip("igraph")
    answer(begun, "bias-gradient-averaged")
    code, out, _ = drill("check", "11", "--show", "--no-open", "--out", "page.html")
    assert code == 1
    assert "page.html: step 2 of 5" in out
    assert "--show" not in out  # it was already given
    assert (tmp_path / "page.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_the_quiz_asks_and_saves_after_each_card(drill, typed, tmp_path):
    typed("", "r", "", "w")
    code, out, _ = drill("quiz", "--count", "3")
    assert code == 0
    assert "2 of 3 cards rated: 1 right, 1 wrong." in out
    today = datetime.now().date()
    due = [datetime.fromisoformat(card["due"]).date() - today for card in progress(tmp_path)["cards"].values()]
    assert due == [timedelta(days=2), timedelta(days=1)]
    code, out, _ = drill("quiz", "--list")
    assert out.count("\nnew  ") == len(load()) - 2
    assert f"\n{today + timedelta(days=2)}    100%        2.3  {load()[0].question}\n" in out


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone cannot be set")
@pytest.mark.parametrize("zone", ["Etc/GMT-14", "Etc/GMT+12"])  # at any hour, one of them has another date than UTC
def test_the_quiz_counts_the_learners_days(drill, typed, tmp_path, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        typed("", "r")
        before = date.today()
        drill("quiz", "--count", "1")
        (card,) = progress(tmp_path)["cards"].values()
        due = date.fromisoformat(card["due"][:10])
        assert before + timedelta(days=2) <= due <= date.today() + timedelta(days=2)
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


def test_a_quiz_over_midnight_rates_each_card_on_its_day(drill, typed, tmp_path, monkeypatch):
    days = iter([date(2026, 11, 25), date(2026, 11, 25), date(2026, 11, 26)])
    monkeypatch.setattr(asking, "today", lambda: next(days))
    typed("", "r", "", "r")
    drill("quiz", "--count", "2")
    assert [card["due"][:10] for card in progress(tmp_path)["cards"].values()] == ["2026-11-27", "2026-11-28"]


def test_a_rating_builds_on_the_ones_before(drill, typed, tmp_path, monkeypatch):
    for day, due in (date(2026, 11, 25), "2026-11-27"), (date(2026, 11, 27), "2026-12-08"):
        monkeypatch.setattr(asking, "today", lambda day=day: day)
        typed("", "r")
        drill("quiz", "--count", "1")
        (card,) = progress(tmp_path)["cards"].values()
        assert card["due"][:10] == due


def test_the_quiz_says_which_cards_are_damaged_and_asks_them_as_new(drill, typed, tmp_path):
    first = load()[0].id
    (tmp_path / "home").mkdir()
    path = tmp_path / "home" / "progress.json"
    path.write_text(json.dumps({"version": 2, "cards": {first: {"due": "soon"}}}))
    typed("", "r")
    code, out, err = drill("quiz", "--count", "1")
    assert code == 0
    assert f"damaged, so they count as new: {first}\n" in err
    assert "1 of 1 card rated" in out
    assert drill("quiz", "--list")[2] == ""


def test_the_quiz_says_when_nothing_is_due(drill, typed):
    topic = load()[0].topic
    count = sum(card.topic == topic for card in load())
    typed(*["", "r"] * count)
    drill("quiz", "--topic", topic, "--count", "1000")
    assert "Nothing is due today; the next card is due on 20" in drill("quiz", "--topic", topic)[1]


def test_the_quiz_writes_a_deck(drill, tmp_path):
    code, out, _ = drill("quiz", "--export", "anki", "--out", "deck.txt")
    assert code == 0
    assert f"{len(load())} cards" in out
    assert (tmp_path / "deck.txt").read_text(encoding="utf-8").startswith("#separator:tab")


def test_follow_ups_are_listed(drill):
    code, out, _ = drill("interview", "--list-follow-ups")
    assert code == 0
    assert "your code: the mask is stored as floats, or includes the scale\n    Your mask holds floats" in out


@pytest.fixture
def interviewed(drill, begun, tmp_path, monkeypatch):
    """Hold an interview about the linear layer, with a wrong answer in the file; returns the output."""
    monkeypatch.setattr(asking, "for_interview", lambda *arguments: [find("11_linear_backward")])
    start = Workspace.start

    def start_with_an_answer(workspace, chosen):
        start(workspace, chosen)
        answer(workspace.folder, "bias-gradient-averaged")

    monkeypatch.setattr(Workspace, "start", start_with_an_answer)

    def hold(typed, *options):
        monkeypatch.setattr("sys.stdin", StringIO(typed))
        code, out, _ = drill("interview", *options)
        assert code == 0
        return out

    return hold


def test_a_hunt_in_an_interview_asks_for_no_tests(drill, begun, monkeypatch):
    monkeypatch.setattr(asking, "for_interview", lambda *arguments: [find("27_")])
    monkeypatch.setattr("sys.stdin", StringIO("r\nq\nq\n"))
    out = drill("interview")[1]
    assert "A bug hunt needs no tests of your own" in out
    assert "Your file has no tests yet" not in out


def test_an_interview_is_saved_with_its_answers_and_its_summary_is_written(interviewed, begun, drill, tmp_path):
    out = interviewed("r\nc\nq\ny\nthe mean over the batch\n\n1\nbanana\n\n\ns\nall\nq\n")
    assert "Your file has no tests yet." in out
    assert "[bias-gradient-averaged]" in out
    assert "1 of 5  (you made this mistake: 1/N" in out
    (kept,) = progress(tmp_path)["interviews"]
    first, second, third, fourth, fifth = kept["answered"]
    assert (first["answer"], first["rating"], first["made"]) == ("the mean over the batch", "partly", [1])
    assert second["rating"] == "wrong"
    assert (third["asked"], third["answer"], third["rating"]) == (True, "", "")
    assert fourth["spoken"]
    assert not fifth["asked"]
    assert kept["attempts"][0]["tests"]["count"] == 0
    (folder,) = (begun / "interviews").iterdir()
    assert (folder / "summary.txt").read_text() in out
    assert "`11_linear_backward.py`: Linear backward" in (folder / "README.md").read_text()
    assert "0 of 1  none " in drill("stats")[1]


def test_next_gives_the_exercise_that_the_scorecard_names(interviewed, drill):
    out = interviewed("c\nq\ny\nq\n")
    promised = out.partition("`drill next` gives ")[2].partition(":")[0]
    assert promised
    assert drill("next")[1].startswith(promised.replace(" ", "  ", 1))


def test_a_wrong_answer_puts_the_card_on_the_same_subject_into_the_schedule(interviewed, drill, tmp_path):
    interviewed("c\nq\ny\nbanana\n\nq\n")
    (card,) = progress(tmp_path)["cards"]
    assert card == next(one.card for one in FOLLOW_UPS if one.because == "made: averaging")
    assert f"{date.today() + timedelta(1)}    " in drill("quiz", "--list")[1]


def test_in_a_strict_interview_the_grade_and_its_mistake_come_at_the_end(interviewed, drill, tmp_path):
    out = interviewed("c\nd\nq\n", "--strict")
    before, _, afterwards = out.partition("Your answer to Linear backward as it is now:")
    assert "Expected r, t, d, q or ?; got 'c'." in before
    assert "[bias-gradient-averaged]" not in before
    assert "[bias-gradient-averaged]" in afterwards
    assert progress(tmp_path)["mistakes"][0]["code"] == "bias-gradient-averaged"


def test_a_plan_uses_the_progress(drill, begun, monkeypatch):
    monkeypatch.setattr(asking, "today", lambda: date(2026, 11, 29))
    answer(begun, "bias-gradient-averaged")
    drill("check", "11")
    code, out, _ = drill("plan", "--date", "2026-12-02", "--minutes", "30")
    assert code == 0
    assert out.startswith("Until your interview on Wed 2026-12-02: 3 days, 30 minutes a day.")
    assert "(after bias-gradient-averaged in" in " ".join(out.split())


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a signal")
def test_watch_needs_no_keyboard_and_ctrl_c_ends_it(drill, begun):
    command = [sys.executable, "-u", "-m", "tinygrad_dropout", "drill", "watch"]
    with Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, text=True) as watching:
        time_limit = Timer(30, watching.kill)
        time_limit.start()
        assert "Watching" in watching.stdout.readline()
        assert watching.stdout.readline() == "Ctrl-C stops it.\n"
        answer(begun, "solution")
        assert any("Solved." in line for line in watching.stdout)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 130
        time_limit.cancel()
        assert watching.stderr.read() == "tinygrad-dropout: interrupted\n"


def test_stats_say_what_to_do_next(drill, begun):
    assert "next: 1 " in drill("stats")[1]


MISTAKES = {
    "an unknown exercise": (("check", "99"), "there is no exercise '99'; expected a number from 1 to"),
    "an ambiguous one": (("check", "_b"), ": choose one"),
    "reset of nothing": (("reset",), "expected an exercise or --all"),
    "reset of both": (("reset", "11", "--all"), "expected an exercise or --all"),
    "a topic": (("quiz", "--topic", "cooking"), "--topic: expected one of"),
    "a count": (("quiz", "--count", "0"), "--count: expected at least 1"),
    "a count in words": (("quiz", "--count", "ten"), "--count: expected a whole number"),
    "out without export": (("quiz", "--out", "x"), "--out needs --export"),
    "an unknown export": (("quiz", "--export", "word"), "--export: expected anki, got 'word'"),
    "minutes": (("interview", "--minutes", "30"), "--minutes: expected 20 or 40, got 30"),
    "no date": (("plan",), "--date"),
    "a date": (("plan", "--date", "soon"), "--date: expected a day such as 2027-01-15, got 'soon'"),
    "minutes a day": (
        ("plan", "--date", str(date.today() + timedelta(9)), "--minutes", "5"),
        "--minutes: expected",
    ),
    "all and one": (("check", "11", "--all"), "--all grades every exercise"),
    "all and show": (("check", "--all", "--show"), "--all grades every exercise"),
    "a time limit": (("check", "11", "--time-limit", "0"), "--time-limit: expected more than 0"),
    "a seed": (("check", "11", "--seed", "-1"), "--seed: expected at least 0"),
    "out without show": (("check", "11", "--out", "x.html"), "need --show"),
    "an unknown command": (("chek",), "got 'chek'; did you mean 'check'?"),
    "an exercise that is missing": (("solution",), "required: N"),
    "a deck that cannot be written": (("quiz", "--export", "anki", "--out", "/proc/deck.txt"), "cannot be"),
}


@pytest.mark.parametrize(("arguments", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence(drill, begun, arguments, says):
    code, out, err = drill(*arguments)
    assert code == 2
    assert says in err
    assert err.count("\n") == 1
    assert "Traceback" not in out + err


def test_start_with_a_file_instead_of_a_folder_is_reported(drill, tmp_path):
    Path("taken").write_text("")
    code, _, err = drill("start", "taken")
    assert code == 2
    assert "cannot be created" in err


def test_progress_that_cannot_be_saved_does_not_hide_the_grade(drill, begun, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    answer(begun, "solution")
    monkeypatch.setattr(os, "fsync", full)
    code, out, err = drill("check", "11")
    assert code == 0
    assert "Solved." in out
    assert "could not be written: No space left on device" in err


@pytest.mark.parametrize(("command", "says"), [("hint", "hint 1 of 3"), ("check", "open   This is not written")])
def test_a_folder_that_cannot_be_written_hides_nothing(drill, begun, monkeypatch, command, says):
    def refuse(lock):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    _, out, err = drill(command, "11")
    assert says in out
    assert "could not be written: Read-only file system" in err


def test_progress_that_cannot_be_read_is_reported(drill, begun, tmp_path):
    (tmp_path / "home" / "progress.json").unlink()
    (tmp_path / "home" / "progress.json").mkdir()
    code, _, err = drill("check", "11")
    assert code == 2
    assert "cannot be read" in err


def test_a_missing_package_is_reported_with_the_command_to_type(drill, monkeypatch):
    monkeypatch.setattr(errors, "find_spec", lambda name: None if name == "filelock" else object())
    code, _, err = drill("list")
    assert code == 2
    assert "tinygrad-dropout drill needs packages that are not installed, filelock: type `pip install filelock`" in err


def test_drill_without_a_command_prints_its_help(drill):
    code, out, _ = drill()
    assert code == 0
    assert "interview" in out

"""Progress is saved: two processes lose nothing, a damaged file is set aside, a full disk changes nothing."""

import json
import multiprocessing
import os
from datetime import date, datetime

import filelock
import pytest

from tinygrad_dropout.drills.exercise import DrillError
from tinygrad_dropout.drills.grader.result import Grade, Rejection
from tinygrad_dropout.drills.learner import progress as module
from tinygrad_dropout.drills.learner.progress import Progress, changing, load, state_file
from tinygrad_dropout.drills.quiz.scheduling import due_day, rate, stability, to_json

NOON = datetime(2026, 11, 25, 12)
WRONG = Grade((), Rejection("scale-missing", "The scale is missing.", kind="rescaling"))
SLUG = "18_inverted_dropout_forward"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "progress.json"


def test_a_new_learner_has_no_progress(path):
    assert load(path).as_json() == {
        "version": 2, "folder": "", "build_folder": "", "builds": {}, "current": "", "chosen": "", "why": "",
        "exercises": {}, "cards": {}, "interviews": [], "mistakes": [],
    }  # fmt: skip


def test_changes_are_saved(path):
    with changing(path) as progress:
        progress.folder = "somewhere"
        progress.record(SLUG, WRONG, NOON)
        progress.record(SLUG, Grade(), NOON)
    again = load(path)
    assert again.folder == "somewhere"
    assert again.of(SLUG) == {"tries": 2, "solved": "2026-11-25T12:00:00", "hints": 0, "solution": "", "last": ""}
    assert again.mistakes == [
        {"code": "scale-missing", "kind": "rescaling", "exercise": SLUG, "when": "2026-11-25T12:00:00"}
    ]


def test_it_is_plain_text(path):
    with changing(path) as progress:
        progress.folder = "Übungen"
    assert '"folder": "Übungen"' in path.read_text(encoding="utf-8")


def test_the_same_mistake_twice_in_a_row_counts_once_and_later_again():
    progress = Progress({})
    for grade in (WRONG, WRONG, Grade(), WRONG):
        progress.record(SLUG, grade, NOON)
    assert progress.bugs() == {"scale-missing": 2}
    assert progress.of(SLUG)["tries"] == 3  # tries after it was solved do not count


def test_an_unwritten_answer_is_not_a_try():
    progress = Progress({})
    progress.record(SLUG, Grade((), Rejection("not-written", "")), NOON)
    assert progress.of(SLUG)["tries"] == 0
    assert progress.current == SLUG


def test_solved_stays_solved():
    progress = Progress({})
    progress.record(SLUG, Grade(), NOON)
    progress.record(SLUG, WRONG, NOON)
    assert progress.solved(SLUG)


def test_an_error_while_changing_saves_nothing(path):
    with changing(path) as progress:
        progress.folder = "before"
    with pytest.raises(ZeroDivisionError), changing(path) as progress:
        progress.folder = str(1 / 0)
    assert load(path).folder == "before"


def add_tries(path, slug, count):
    """In a separate process: record tries, one at a time."""
    for _ in range(count):
        with changing(path) as progress:
            progress.of(slug)["tries"] += 1
            progress.of("both")["tries"] += 1


def test_two_processes_at_once_lose_nothing(path):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=add_tries, args=(path, slug, 40)) for slug in ("one", "other")]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    found = load(path).exercises
    assert [found[slug]["tries"] for slug in ("one", "other", "both")] == [40, 40, 80]


def test_waiting_too_long_is_reported(path, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    path.parent.mkdir()
    with (
        filelock.FileLock(path.with_suffix(".lock")),
        pytest.raises(DrillError, match="in use by another process"),
        changing(path),
    ):
        pass


DAMAGED = {
    "cut off": '{"version": 1, "folder": "x',
    "empty": "",
    "not an object": "[]",
    "no version": '{"folder": "x"}',
    "a version that is not a number": '{"version": "1"}',
    "exercises of the wrong type": '{"version": 1, "exercises": []}',
    "mistakes of the wrong type": '{"version": 1, "mistakes": [3]}',
    "cards of the wrong type": '{"version": 2, "cards": []}',
    "cards of the wrong type in version 1": '{"version": 1, "cards": []}',
    "mistakes of the wrong type in version 2": '{"version": 2, "mistakes": [3]}',
    "an exercise of the wrong type": '{"version": 1, "exercises": {"18": {"tries": "many"}}}',
    "an interview of the wrong type": '{"version": 1, "interviews": [{}]}',
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_set_aside_with_a_message(path, text, capsys):
    path.parent.mkdir()
    path.write_text(text)
    assert load(path).exercises == {}
    assert path.with_name("progress.damaged-1.json").read_text() == text
    assert not path.exists()
    assert "was damaged; it is kept as progress.damaged-1.json" in capsys.readouterr().err


OLD = {
    "version": 1, "folder": "drills", "current": SLUG, "chosen": "", "why": "", "kept_by": "another version",
    "exercises": {SLUG: {"tries": 2, "solved": "2026-11-24T12:00:00", "hints": 1, "solution": "", "last": ""}},
    "cards": {"why-the-same-mask": {"box": 4, "due": "2026-11-28"}, "spoilt": {"box": 9, "due": "2026-11-28"}},
    "interviews": [],
    "mistakes": [
        {"code": "scale-missing", "theme": "rescaling", "exercise": SLUG, "when": "2026-11-23T12:00:00"},
        {"code": "global-seed", "kind": "randomness", "exercise": SLUG, "when": "2026-11-24T12:00:00"},
    ],
}  # fmt: skip


def test_a_file_of_version_1_is_converted(path, capsys):
    path.parent.mkdir()
    path.write_text(json.dumps(OLD))
    progress = load(path)
    (known,) = progress.schedule().values()
    assert (due_day(known), stability(known)) == (date(2026, 11, 28), 9)
    assert [mistake["kind"] for mistake in progress.mistakes] == ["rescaling", "randomness"]
    assert not any("theme" in mistake for mistake in progress.mistakes)
    assert json.loads(path.read_text()) == OLD  # reading writes nothing
    with changing(path) as progress:
        progress.folder = "elsewhere"
    kept = json.loads(path.read_text())
    unchanged = OLD.keys() - {"version", "folder", "cards", "mistakes"}
    assert {name: kept[name] for name in unchanged} == {name: OLD[name] for name in unchanged}
    assert (kept["version"], kept["folder"]) == (2, "elsewhere")
    assert kept["cards"]["spoilt"] == OLD["cards"]["spoilt"]
    assert load(path).as_json() == kept
    assert capsys.readouterr().err == ""


def test_a_damaged_card_costs_only_its_own_schedule(path, capsys):
    with changing(path) as progress:
        progress.cards = {"good-card": to_json(rate(None, "right", NOON.date())), "spoilt": {"due": "soon"}}
    again = load(path)
    assert again.schedule().keys() == {"good-card"}
    assert again.cards["spoilt"] == {"due": "soon"}
    assert capsys.readouterr().err == ""


def test_a_second_damaged_file_does_not_overwrite_the_first(path):
    path.parent.mkdir()
    for text in ("first", "second"):
        path.write_text(text)
        load(path)
    assert [path.with_name(f"progress.damaged-{n}.json").read_text() for n in (1, 2)] == ["first", "second"]


def test_bytes_that_are_not_text_are_damage(path):
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    assert load(path).folder == ""


def test_a_newer_version_is_left_alone(path):
    path.parent.mkdir()
    text = '{"version": 3, "exercises": "in a later format"}'
    path.write_text(text)
    with pytest.raises(DrillError, match="made by a newer version"):
        load(path)
    assert path.read_text() == text


def test_unknown_entries_are_kept(path):
    path.parent.mkdir()
    path.write_text('{"version": 1, "theme_of_the_week": "mask"}')
    with changing(path) as progress:
        progress.folder = "x"
    assert json.loads(path.read_text())["theme_of_the_week"] == "mask"


def test_a_full_disk_leaves_the_file_unchanged(path, monkeypatch):
    with changing(path) as progress:
        progress.folder = "before"

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DrillError, match="could not be written: No space left"), changing(path) as progress:
        progress.folder = "after"
    assert load(path).folder == "before"
    assert {file.name for file in path.parent.iterdir()} <= {"progress.json", "progress.lock"}


def test_a_folder_that_cannot_be_created_is_reported(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DrillError, match="could not be written"), changing(tmp_path / "file" / "progress.json"):
        pass


def test_the_environment_names_another_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("TINYGRAD_DROPOUT_HOME", str(tmp_path))
    assert state_file() == tmp_path / "progress.json"
    monkeypatch.delenv("TINYGRAD_DROPOUT_HOME")
    assert state_file().parent.name == "tinygrad_dropout"


def test_a_reset_exercise_starts_with_its_first_hint_and_stays_solved():
    progress = Progress({})
    progress.record(SLUG, Grade(), NOON)
    progress.of(SLUG).update(hints=3, solution="then")
    progress.begin_again(SLUG)
    progress.begin_again("never tried")
    assert progress.solved(SLUG)
    assert (progress.of(SLUG)["hints"], progress.of(SLUG)["solution"]) == (0, "")
    assert list(progress.exercises) == [SLUG]

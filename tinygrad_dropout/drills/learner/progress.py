"""A learner's progress: a JSON file in their data folder, which several terminals can use at the same time."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinygrad_dropout.drills.exercise import DrillError
from tinygrad_dropout.drills.grader.result import Grade
from tinygrad_dropout.drills.learner.schema import SCHEMA, matches_schema
from tinygrad_dropout.saving._atomic import write_safely

if TYPE_CHECKING:
    from tinygrad_dropout.drills.quiz.scheduling import Rating, Schedule

VERSION = 2  # 1 had boxes for cards, and called a mistake's kind its theme
HOME = "TINYGRAD_DROPOUT_HOME"  # the environment variable that names another folder
BEGUN_AGAIN = "begun-again"  # takes the place of the code of the last mistake
MAX_MISTAKES = 1000  # the number of mistakes to remember
PATIENCE = 10.0  # seconds to wait for another process


def state_file() -> Path:
    """The path of the progress file."""
    import platformdirs

    home = os.environ.get(HOME) or platformdirs.user_data_dir("tinygrad_dropout", appauthor=False)
    return Path(home) / "progress.json"


class Progress:
    """What a learner has done.

    Args:
        state: the content of the file; {} for a new learner.

    Attributes:
        folder: the folder of their exercises; "" before `start`.
        build_folder: the folder of their own framework; "" before `build start`.
        current: the name of the exercise that they are working on; "" for none.
        chosen: when `next` chose it; "" if it did not, or if an exercise was checked since.
        why: the reason for that choice.
        builds: folder of a framework -> the records of its stages, like those of exercises.
        cards: question card -> its state, as `quiz.scheduling` writes it.
        interviews: the saved results of interviews.
        mistakes: each with `code`, `kind`, `exercise` and `when`, the latest last.
    """

    def __init__(self, state: Mapping[str, Any]) -> None:
        self.state = dict(state)
        self.folder: str = state.get("folder", "")
        self.build_folder: str = state.get("build_folder", "")
        self.current: str = state.get("current", "")
        self.chosen: str = state.get("chosen", "")
        self.why: str = state.get("why", "")
        self.builds: dict[str, dict[str, Any]] = state.get("builds", {})
        self.exercises: dict[str, dict[str, Any]] = state.get("exercises", {})
        self.cards: dict[str, Any] = state.get("cards", {})
        self.interviews: list[dict[str, Any]] = state.get("interviews", [])
        self.mistakes: list[dict[str, str]] = state.get("mistakes", [])

    def as_json(self) -> dict[str, Any]:
        """The content of the file; entries that we do not know are kept."""
        known = ("folder", "build_folder", "builds", "current", "chosen", "why", "exercises", "cards", "interviews")
        mistakes = self.mistakes[-MAX_MISTAKES:]
        return {**self.state, "version": VERSION, **{key: getattr(self, key) for key in known}, "mistakes": mistakes}

    def of_framework(self, folder: Path) -> Progress:
        """A view of the same progress with the stages of one framework instead of the exercises."""
        view = copy(self)
        view.exercises = self.builds.setdefault(str(folder), {})
        return view

    def of(self, slug: str) -> dict[str, Any]:
        """The record of an exercise: tries, solved, hints, solution, last."""
        return self.exercises.setdefault(slug, {"tries": 0, "solved": "", "hints": 0, "solution": "", "last": ""})

    def solved(self, slug: str) -> bool:
        """Whether an exercise was ever solved."""
        return bool(self.exercises.get(slug, {}).get("solved"))

    def begin_again(self, slug: str) -> None:
        """Record that an exercise was reset: hints start with the first one, and solving it counts again."""
        if slug in self.exercises:
            self.exercises[slug].update(hints=0, solution="", last=BEGUN_AGAIN)

    def record(self, slug: str, grade: Grade, when: datetime, *, chosen: bool = True) -> None:
        """Record a try and its mistake.

        Args:
            slug: the name of the exercise, or of a stage.
            grade: the grade of the try.
            when: the time of grading.
            chosen: whether this becomes the current exercise.
        """
        known = self.of(slug)
        if chosen:
            self.current, self.chosen, self.why = slug, "", ""
        code = grade.rejection.code if grade.rejection else ""
        if grade.unfinished:
            return
        known["tries"] += not known["solved"]  # after it was solved, tries no longer count
        if grade.rejection is None:
            if known["last"] or not known["solved"]:  # else nothing was changed since it was solved
                known["solved"] = stamp(when)
        elif code != known["last"]:  # the same mistake twice in a row counts once
            mistake = {"code": code, "kind": grade.rejection.kind, "exercise": slug, "when": stamp(when)}
            self.mistakes.append(mistake)
        known["last"] = code

    def schedule(self) -> Schedule:
        """The state of each question card. A damaged entry is left out, so its card counts as new."""
        from tinygrad_dropout.drills.quiz.scheduling import from_json

        return from_json(self.cards)

    def rate(self, card: str, rating: Rating, today: date) -> None:
        """Record how well a question card was answered today."""
        from tinygrad_dropout.drills.quiz.scheduling import rate, to_json

        self.cards[card] = to_json(rate(self.schedule().get(card), rating, today))

    def bugs(self) -> Counter[str]:
        """How often each mistake was made."""
        return Counter(mistake["code"] for mistake in self.mistakes)


def stamp(when: datetime) -> str:
    """A time as text, for the file."""
    return when.isoformat(timespec="seconds")


def load(path: Path) -> Progress:
    """Read the file; a new learner has none. A damaged file is renamed, with a message on standard error.

    Raises:
        DrillError: it was made by a newer version, or cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Progress({})
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise DrillError(f"the progress in {path} cannot be read: {error.strerror}") from error
    try:
        state = json.loads(text)
        version = state["version"]
        if not isinstance(version, int):
            raise TypeError
        if version > VERSION:
            raise DrillError(
                f"{path} was made by a newer version of tinygrad_dropout; expected version {VERSION}, got {version}"
            )
        progress = Progress(convert_version_1(state) if version < VERSION else state)
        if not matches_schema(progress.as_json(), SCHEMA):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError):
        set_aside(path)
        return Progress({})
    return progress


def convert_version_1(state: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the content of a version 1 file. It is saved when the progress next changes."""
    from tinygrad_dropout.drills.quiz.scheduling import from_box

    return {
        **state,
        "cards": {card_id: from_box(entry) for card_id, entry in state.get("cards", {}).items()},
        "mistakes": [
            {"kind" if name == "theme" else name: value for name, value in mistake.items()}
            for mistake in state.get("mistakes", [])
        ],
    }


def set_aside(path: Path) -> None:
    """Keep a damaged file under another name."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}.json")).exists():
        number += 1
    with suppress(FileNotFoundError):  # another terminal was faster
        os.replace(path, aside)
        print(
            f"tinygrad-dropout: {path} was damaged; it is kept as {aside.name}, and your progress starts again from "
            "zero",
            file=sys.stderr,
        )


class NotKept(DrillError):
    """Progress could not be written; the file is unchanged."""


@contextmanager
def changing(path: Path) -> Iterator[Progress]:
    """Give the progress, to change it inside a `with`; it is saved if the block raises no error. Other processes wait.

    Raises:
        NotKept: another process has locked the file, or it cannot be written.
        DrillError: as for `load`.
    """
    import filelock

    lock = filelock.FileLock(path.with_suffix(".lock"), timeout=PATIENCE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout as error:
        raise NotKept(f"the progress in {path} is in use by another process, and was not changed") from error
    except OSError as error:
        raise NotKept(f"the progress in {path} could not be written: {error.strerror}") from error
    try:
        progress = load(path)
        yield progress
        try:
            write(path, progress)
        except OSError as error:
            raise NotKept(f"the progress in {path} could not be written: {error.strerror}") from error
    finally:
        lock.release()


def write(path: Path, progress: Progress) -> None:
    """Write the file; a reader sees the old one or the new one."""
    text = json.dumps(progress.as_json(), indent=1, ensure_ascii=False)
    write_safely(path, lambda file: file.write(text.encode()))

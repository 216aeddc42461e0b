"""Read a folder of results, and write its page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tinygrad_dropout.lab.errors import LabError
from tinygrad_dropout.lab.page.page import BEGINNING, Refused, Shown, page_of
from tinygrad_dropout.lab.trials import Experiment, Tell
from tinygrad_dropout.lab.trials.folder import RESULTS, Folder
from tinygrad_dropout.lab.trials.merging import read
from tinygrad_dropout.saving._atomic import write_safely

PAGE = "report.html"


def write_page(
    folder: str | Path, experiments: Sequence[Experiment], out: str | Path | None = None, *, tell: Tell
) -> Path:
    """Write the page of a folder, and return the file.

    Args:
        folder: contains a results.json, or folders that contain one.
        experiments: the experiments that the results can come from.
        out: the file to write: a new one, or an earlier page. Default: report.html in the folder.
        tell: called with a sentence about each of several folders whose results cannot be read. The page shows this
            sentence instead of the results.

    Raises:
        LabError: there are no results, none can be read, or the file cannot be written.
    """
    folder = Path(folder)
    file = folder / PAGE if out is None else Path(out)
    found = read_outcomes(folder, experiments)
    for one in found:
        if isinstance(one, Refused):
            tell(f"Left out: {one.problem}")
    # some file systems allow names that are not valid text; such bytes become question marks
    page = page_of(folder.resolve().name or "results", found).encode(errors="replace")
    try:
        if file.is_file() and not is_page(file):
            raise LabError(f"{file}: expected a new file or an earlier report to replace, got a different kind of file")
        write_safely(file, lambda written: written.write(page))
    except OSError as error:
        raise LabError(f"{file}: the page cannot be written: {error.strerror}") from error
    return file


def is_page(file: Path) -> bool:
    """Whether a file is an earlier page, or empty."""
    with file.open("rb") as opened:
        return opened.read(len(BEGINNING)) in (b"", BEGINNING.encode())


def read_outcomes(folder: Path, experiments: Sequence[Experiment]) -> list[Shown | Refused]:
    """The outcome in the folder, or those in the folders inside it, in the order of their names."""
    try:
        if (folder / RESULTS).exists():
            return [read_one(folder, experiments)]
        inside = sorted(each for each in folder.iterdir() if (each / RESULTS).exists())
    except OSError as error:
        raise LabError(f"{folder}: the folder cannot be read: {error.strerror}") from error
    if not inside:
        raise LabError(f"{folder}: expected {RESULTS} in this folder or in folders inside it, got neither")
    found = [read_or_refuse(each, experiments) for each in inside]
    if all(isinstance(one, Refused) for one in found):
        read_one(inside[0], experiments)  # raises the error
    return found


def read_or_refuse(path: Path, experiments: Sequence[Experiment]) -> Shown | Refused:
    """The outcome in one of several folders, or why it cannot be shown."""
    try:
        return read_one(path, experiments)
    except LabError as error:
        return Refused(path.name, str(error))


def read_one(path: Path, experiments: Sequence[Experiment]) -> Shown:
    """A folder's outcome and its pictures. If a picture is missing, all are drawn again."""
    folder = Folder(path)
    outcome = read(folder, experiments)
    if outcome.figures is None or not folder.has_pictures(outcome.experiment):
        return Shown(path.resolve().name, outcome, outcome.pictures())
    try:
        pictures = {name: (path / name).read_bytes() for name in outcome.experiment.pictures}
    except OSError as error:
        raise LabError(f"{path}: a picture cannot be read: {error.strerror}") from error
    return Shown(path.resolve().name, outcome, pictures)

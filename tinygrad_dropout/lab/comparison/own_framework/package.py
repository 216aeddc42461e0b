"""Find, read and import the user's package, and report anything missing before training starts."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tinygrad_dropout.lab.errors import LabError, OptionError
from tinygrad_dropout.sandbox import import_package

NAME = "framework"  # the name by which its own files import it
#: the names that a comparison needs from it
NAMES = ("Tensor", "Module", "Sequential", "Dropout", "mlp", "cross_entropy", "SGD", "Adam")


def sources_of(folder: str) -> dict[str, str]:
    """Read the source files of the package.

    Args:
        folder: the folder that contains `framework/`, or that folder itself.

    Returns:
        path inside the package -> text.

    Raises:
        OptionError: there is no package, or it cannot be read.
    """
    package = next((one for one in (Path(folder) / NAME, Path(folder)) if (one / "__init__.py").is_file()), None)
    if package is None:
        problem = (
            f"expected a folder with the package {NAME}/, as `tinygrad-dropout build start` makes it, got {folder!r}"
        )
        raise OptionError(NAME, problem)
    try:
        paths = [path for path in package.rglob("*.py") if path.is_file()]
        return {path.relative_to(package).as_posix(): path.read_bytes().decode("utf-8-sig") for path in sorted(paths)}
    except OSError as error:
        raise OptionError(NAME, f"{package} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise OptionError(NAME, f"expected files in UTF-8 in {package}: {error}") from error


def imported(sources: dict[str, str]) -> Any:
    """Import the package; returns an object with the needed names as attributes.

    Raises:
        LabError: the package cannot be imported, or lacks a name that the comparison needs.
    """
    try:
        names = import_package(NAME, sources)
    except (Exception, SystemExit) as error:
        raise LabError(f"your framework cannot be imported: {said(error)}") from error
    missing = [name for name in NAMES if names.get(name) is None]
    if missing:
        raise LabError(
            f"your framework has no {', '.join(missing)} yet: the comparison needs all ten stages of "
            "`tinygrad-dropout build`"
        )
    return SimpleNamespace(**{name: names[name] for name in NAMES})


def said(error: BaseException) -> str:
    """Describe an error in the user's code: `ValueError in framework/nn.py, line 12: no rng`."""
    place, step = "", error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if file.startswith(f"{NAME}/"):
            place = f" in {file}, line {step.tb_lineno}"
        step = step.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        place = f" in {error.filename}, line {error.lineno}"
    text = error.msg if isinstance(error, SyntaxError) else " ".join(str(error).split())
    return f"{type(error).__name__}{place}: {text}"

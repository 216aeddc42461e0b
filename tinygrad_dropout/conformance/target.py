"""Loads the class or function of `path/to/file.py:Name` or `package.module:Name`, or two of `...:forward,backward`."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from tinygrad_dropout.sandbox import described, printable


class TargetError(Exception):
    """The target does not exist or cannot be loaded. The message is one printable sentence."""

    def __init__(self, problem: str) -> None:
        super().__init__(printable(problem))


Callables = Callable[..., Any] | tuple[Callable[..., Any], Callable[..., Any]]


def load(target: str) -> Callables:
    """Load the class or function that `target` names, or the two functions of `:forward,backward`.

    Raises:
        TargetError: the target does not exist or cannot be loaded.
    """
    place, colon, names = target.rpartition(":")
    if not colon or not place or not all(names.split(",")) or names.count(",") > 1:
        raise TargetError(
            f"expected path/to/file.py:ClassName or package.module:ClassName, got {target!r}; "
            "for two functions, write path/to/file.py:forward,backward"
        )
    module = loaded_file(Path(place)) if place.endswith(".py") else loaded_module(place)
    first, *second = (member(module, place, name.strip()) for name in names.split(","))
    return (first, second[0]) if second else first


def member(module: ModuleType, place: str, name: str) -> Callable[..., Any]:
    """The class or function of a module with this name."""
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        classes = sorted(key for key, value in vars(module).items() if isinstance(value, type))
        there = f"; the file's classes: {', '.join(classes)}" if classes else ""
        problem = f"{place} has no {name}" if found is None else f"{name} in {place} is neither a class nor a function"
        raise TargetError(f"{problem}{there}")
    return found  # type: ignore[no-any-return]


def loaded_file(path: Path) -> ModuleType:
    """Load a file as a module, which can import the other modules in its folder."""
    require_a_file(path)
    sys.path.append(str(path.resolve().parent))
    name = f"examined_{path.stem}"  # differs from the name of any other module
    spec = spec_from_file_location(name, path)
    assert spec is not None, "a name that ends in .py has a loader"
    module = module_from_spec(spec)
    sys.modules[name] = module
    loader: Any = spec.loader
    run(str(path), lambda: loader.exec_module(module))
    return module


def require_a_file(path: Path) -> None:
    """Raise TargetError if the path does not exist or is not a regular file, such as a directory or a pipe."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise TargetError(f"there is no file {path}") from None
    except OSError as error:
        raise TargetError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise TargetError(f"{path} cannot be read: {error}") from error
    if stat.S_ISDIR(mode):
        raise TargetError(f"expected a file, but {path} is a directory")
    if not stat.S_ISREG(mode):
        raise TargetError(f"expected a file, but {path} is a pipe or a device")


def loaded_module(name: str) -> ModuleType:
    """Import a module, which may be in the current folder."""
    if "/" in name or "\\" in name:
        raise TargetError(f"expected a file whose name ends in .py, or package.module, got {name!r}")
    sys.path.insert(0, "")
    module: ModuleType = run(name, lambda: import_module(name))
    return module


def run(place: str, load_it: Callable[[], Any]) -> Any:
    """Load a module; any error in it becomes a TargetError of one sentence."""
    try:
        return load_it()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        problem = error.msg if isinstance(error, SyntaxError) else described(error)
        raise TargetError(f"{place}{line} cannot be loaded: {problem}") from error

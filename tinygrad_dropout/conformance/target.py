"""`path/to/file.py:Name` or `package.module:Name`: the class or the function that is meant; or `:forward,backward`."""

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
    """What was named is not there, or cannot be loaded; the message is one sentence, and printable."""

    def __init__(self, problem: str) -> None:
        super().__init__(printable(problem))


Callables = Callable[..., Any] | tuple[Callable[..., Any], Callable[..., Any]]


def load(target: str) -> Callables:
    """The class or the function that `target` names, or the two functions of `:forward,backward`.

    Raises:
        TargetError: says what is missing.
    """
    place, colon, names = target.rpartition(":")
    if not colon or not place or not all(names.split(",")) or names.count(",") > 1:
        raise TargetError(
            f"expected path/to/file.py:ClassName or package.module:ClassName, got {target!r}; "
            "two functions are named as in path/to/file.py:forward,backward"
        )
    module = loaded_file(Path(place)) if place.endswith(".py") else loaded_module(place)
    first, *second = (named(module, place, name.strip()) for name in names.split(","))
    return (first, second[0]) if second else first


def named(module: ModuleType, place: str, name: str) -> Callable[..., Any]:
    """What a module calls so."""
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        classes = sorted(key for key, value in vars(module).items() if isinstance(value, type))
        there = f"; its classes: {', '.join(classes)}" if classes else ""
        raise TargetError(f"{place} has {'no' if found is None else 'nothing to call as'} {name}{there}")
    return found  # type: ignore[no-any-return]


def loaded_file(path: Path) -> ModuleType:
    """The module that a file holds; what lies beside it can be imported by it."""
    refuse_what_is_no_file(path)
    sys.path.append(str(path.resolve().parent))
    name = f"examined_{path.stem}"  # not the name of a module that somebody else imports
    spec = spec_from_file_location(name, path)
    assert spec is not None, "a name that ends in .py has a loader"
    module = module_from_spec(spec)
    sys.modules[name] = module
    loader: Any = spec.loader
    run(str(path), lambda: loader.exec_module(module))
    return module


def refuse_what_is_no_file(path: Path) -> None:
    """Raise TargetError for what is not there, and for what Python would wait for or choke on."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise TargetError(f"there is no file {path}") from None
    except OSError as error:
        raise TargetError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise TargetError(f"{path} cannot be read: {error}") from error
    if stat.S_ISDIR(mode):
        raise TargetError(f"expected a file, and {path} is a directory")
    if not stat.S_ISREG(mode):
        raise TargetError(f"expected a file, and {path} is a pipe or a device")


def loaded_module(name: str) -> ModuleType:
    """An importable module, also one in the current folder."""
    if "/" in name or "\\" in name:
        raise TargetError(f"expected a file whose name ends in .py, or package.module, got {name!r}")
    sys.path.insert(0, "")
    module: ModuleType = run(name, lambda: import_module(name))
    return module


def run(place: str, load_it: Callable[[], Any]) -> Any:
    """Load a module; whatever happens in it is said in one sentence."""
    try:
        return load_it()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        problem = error.msg if isinstance(error, SyntaxError) else described(error)
        raise TargetError(f"{place}{line} cannot be loaded: {problem}") from error

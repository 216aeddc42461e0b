"""`path/to/file.py:ClassName` or `package.module:ClassName`: the class that somebody means."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from tinygrad_dropout.conformance.report import described


class TargetError(Exception):
    """What was named is not there, or cannot be loaded; the message is one sentence."""


def load(target: str) -> Callable[..., Any]:
    """The class that `target` names.

    Raises:
        TargetError: says what is missing.
    """
    place, colon, name = target.rpartition(":")
    if not colon or not place or not name:
        raise TargetError(f"expected path/to/file.py:ClassName or package.module:ClassName, got {target!r}")
    module = loaded_file(Path(place)) if place.endswith(".py") else loaded_module(place)
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
    if not path.is_file():
        raise TargetError(f"there is no file {path}")
    sys.path.append(str(path.resolve().parent))
    name = f"examined_{path.stem}"  # not the name of a module that somebody else imports
    spec = spec_from_file_location(name, path)
    assert spec is not None, "a name that ends in .py has a loader"
    module = module_from_spec(spec)
    sys.modules[name] = module
    loader: Any = spec.loader
    run(str(path), lambda: loader.exec_module(module))
    return module


def loaded_module(name: str) -> ModuleType:
    """An importable module, also one in the current folder."""
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

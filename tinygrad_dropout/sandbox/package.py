"""Imports a user's package from given source texts, since the files on disk may change in the meantime."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Any


class SourceFinder(MetaPathFinder, Loader):
    """Finds the modules of one package in its source texts.

    Attributes:
        codes: module -> its compiled code.
        packages: the modules that are folders.
    """

    def __init__(self) -> None:
        self.codes: dict[str, Any] = {}
        self.packages: set[str] = set()

    def hold(self, name: str, sources: Mapping[str, str | ast.Module]) -> None:
        """Replace the package held before."""
        nothing = compile("", name, "exec")
        self.codes, self.packages = {name: nothing}, {name}
        for path, source in sources.items():
            parts = [name, *path.removesuffix(".py").split("/")]
            if parts[-1] == "__init__":
                parts.pop()
                self.packages.add(".".join(parts))
            for end in range(2, len(parts)):  # a folder without `__init__.py` is also a package
                self.packages.add(folder := ".".join(parts[:end]))
                self.codes.setdefault(folder, nothing)
            self.codes[".".join(parts)] = compile(source, f"{name}/{path}", "exec")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of the package; None for all other modules."""
        if fullname not in self.codes:
            return None
        spec = spec_from_loader(
            fullname, self, origin=self.codes[fullname].co_filename, is_package=fullname in self.packages
        )
        assert spec is not None, "a loader is given"
        spec.has_location = True  # otherwise Python does not report circular imports as such
        return spec

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        exec(self.codes[module.__name__], vars(module))


FINDER = SourceFinder()


def import_package(name: str, sources: Mapping[str, str | ast.Module]) -> dict[str, Any]:
    """Import a package, discarding any earlier import; return the names in its `__init__.py`. Later imports work, too.

    Args:
        name: the name of the package.
        sources: path inside the package -> the text of the file, or its parsed tree.

    Raises:
        SyntaxError, ValueError: a file is not valid Python.
        Exception: any exception in the package's code.
    """
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        del sys.modules[module]
    FINDER.hold(name, sources)
    if FINDER not in sys.meta_path:
        sys.meta_path.insert(0, FINDER)
    return vars(import_module(name))

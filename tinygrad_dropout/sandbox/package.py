"""Import a package of someone else's from its texts: what is on the disk may change meanwhile."""

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


class Files(MetaPathFinder, Loader):
    """Finds the modules of one package among its texts.

    Attributes:
        codes: module -> its compiled code.
        packages: those of the modules that are folders.
    """

    def __init__(self) -> None:
        self.codes: dict[str, Any] = {}
        self.packages: set[str] = set()

    def hold(self, name: str, sources: Mapping[str, str | ast.Module]) -> None:
        """Take the place of whatever was held before."""
        nothing = compile("", name, "exec")
        self.codes, self.packages = {name: nothing}, {name}
        for path, source in sources.items():
            parts = [name, *path.removesuffix(".py").split("/")]
            if parts[-1] == "__init__":
                parts.pop()
                self.packages.add(".".join(parts))
            for end in range(2, len(parts)):  # a folder without an `__init__.py` is a package, too
                self.packages.add(folder := ".".join(parts[:end]))
                self.codes.setdefault(folder, nothing)
            self.codes[".".join(parts)] = compile(source, f"{name}/{path}", "exec")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A module of the package; none of anything else's."""
        if fullname not in self.codes:
            return None
        spec = spec_from_loader(
            fullname, self, origin=self.codes[fullname].co_filename, is_package=fullname in self.packages
        )
        assert spec is not None, "it is made from what is given"
        spec.has_location = True  # without which Python does not say that an import is circular
        return spec

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        exec(self.codes[module.__name__], vars(module))


FILES = Files()


def import_package(name: str, sources: Mapping[str, str | ast.Module]) -> dict[str, Any]:
    """Import a package anew; returns what its `__init__.py` defines or imports. What it imports later is found, too.

    Args:
        name: under which it is imported.
        sources: path inside the package -> the text of the file, or what it was parsed to.

    Raises:
        SyntaxError, ValueError: a file is no Python.
        Exception: whatever its code raises.
    """
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        del sys.modules[module]
    FILES.hold(name, sources)
    if FILES not in sys.meta_path:
        sys.meta_path.insert(0, FILES)
    return vars(import_module(name))
